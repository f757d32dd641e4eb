"""A chain of layers as boxes with the shapes between them, in HTML that wraps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from layers.core.local_derivative import Curve, curve
from layers.core.notebook import cut, text, title
from nets.display.colours import BLUE_RGB, GREY_RGB, VERMILION, VERMILION_RGB
from nets.display.output_shapes import is_chain, output, shape_text, taken
from nets.display.text import ends
from nets.known import is_known

MOST = 14  # layers of a net; of more, the first and the last are shown
DEEPEST = 2  # nets inside nets that are opened
LETTERS = 28
REACH = 4.0  # of the curve in the box of an activation
GLYPH = (44.0, 26.0)

ROW = "display:flex;flex-wrap:wrap;align-items:center;row-gap:0.6em;margin:0.3em 0"
BOX = "border-radius:6px;padding:0.3em 0.8em;text-align:center;line-height:1.35"
SMALL = "font-size:85%;opacity:0.8"
ARROW = (
    '<svg aria-hidden="true" width="40" height="10" style="display:block;margin:auto">'
    '<path d="M1 5H36M31 1l5 4l-5 4" fill="none" stroke="currentColor" opacity="0.7"/></svg>'
)


def diagram(net: object) -> str:
    """The layers of a `Sequential` as boxes, in the order of the forward pass."""
    return f'<div style="{ROW}">{"".join(_chain(net, None, ""))}</div>'


def _chain(net: Any, batch: Any, before: str) -> Iterator[str]:
    """Boxes and arrows; `before` is the prefix of their names, such as "2."."""
    named, batches = net.named_layers(), [batch]
    for _, layer in named:
        batches.append(output(layer, batches[-1]))
    first, hidden, last = ends(range(len(named)), MOST)
    if named:
        yield _arrow(taken(named[0][1], batch))
    for place in first + last:
        if hidden and place == last[0]:
            yield f"<div>… {hidden} more layers …</div>{_arrow(batches[place])}"
        name, layer = named[place]
        box = _net if is_chain(layer) and before.count(".") < DEEPEST else _box
        yield box(f"{before}{name}", layer, batches[place]) + _arrow(batches[place + 1])


def _net(name: str, net: object, batch: object) -> str:
    look = f"border:1px dashed rgba({GREY_RGB},0.8);{BOX}"
    inside = "".join(_chain(net, batch, f"{name}."))
    return (
        f'<div style="{look}"><div style="{SMALL}">{text(name)} {text(type(net).__name__)}</div>'
        f'<div style="{ROW}">{inside}</div></div>'
    )


def _box(name: str, layer: Any, _: Any) -> str:
    kind, _, arguments = title(layer).partition("(")
    shape = curve(layer, REACH) if is_known(layer) else None
    size = sum(map(np.size, layer.params.values()))
    lines = [f'<span style="{SMALL}">{text(name)}</span> <b>{text(cut(kind, LETTERS))}</b>']
    if shape:
        lines.append(_glyph(shape))
    if arguments not in ("", ")"):
        lines.append(f'<span style="{SMALL}">({text(cut(arguments, LETTERS))}</span>')
    if size:
        lines.append(f'<span style="{SMALL}">{size:,} parameters</span>')
    colour = BLUE_RGB if size else VERMILION_RGB if shape else GREY_RGB
    look = f"border:1px solid rgba({colour},0.7);background:rgba({colour},0.12);{BOX}"
    words = "".join(f"<div>{line}</div>" for line in lines)
    return f'<div style="{look}" title="{text(title(layer))}">{words}</div>'


def _arrow(batch: object) -> str:
    return (
        f'<div style="padding:0 0.3em;text-align:center;{SMALL}">{shape_text(batch)}{ARROW}'
        '<div style="visibility:hidden">·</div></div>'
    )


def _glyph(shape: Curve) -> str:
    """The curve of an activation, with its axes."""
    width, height = GLYPH
    x = (shape.x / REACH + 1) / 2 * (width - 4) + 2
    low, high = min(shape.y.min(), 0.0), max(shape.y.max(), 0.0)
    y = 2 + (high - shape.y) / (high - low) * (height - 4)
    zero = 2 + high / (high - low) * (height - 4)
    path = "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x[::4], y[::4], strict=True))
    axes = f"M2 {zero:.1f}H{width - 2}M{width / 2} 2V{height - 2}"
    return (
        f'<svg aria-hidden="true" width="{width:.0f}" height="{height:.0f}" '
        'style="display:block;margin:0.15em auto">'
        f'<path d="{axes}" stroke="currentColor" opacity="0.3"/>'
        f'<path d="M{path}" fill="none" stroke="{VERMILION}" stroke-width="2"/></svg>'
    )
