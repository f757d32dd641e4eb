"""The picture of the packages, whose arrows are the imports that the files really have."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).parents[2]
HOUSES = ("layers", "nets", "optimizers")


class Box(NamedTuple):
    """Where a package stands in the picture, and what is said of it."""

    x: int
    y: int
    width: int
    height: int
    about: str


def _rooms(y: int, **about: str) -> dict[str, Box]:
    places = {name: 26 + 142 * column for column, name in enumerate(about)}
    return {f"nets.{name}": Box(x, y, 134, 46, about[name]) for name, x in places.items()}


BOXES = {
    "nets": Box(10, 10, 740, 190, "Sequential, Graph, and what one does with a net"),
    **_rooms(
        66,
        recipes="nets in one call",
        text="words, windows",
        datasets="digits, MNIST, yours",
        trace="every step, kept",
        plots="pictures",
    ),
    **_rooms(
        130,
        differentiation="other ways to do it",
        interop="saving and loading",
        homework="set and graded",
        show="how things look",
        training="fit, callbacks",
    ),
    "layers": Box(10, 260, 420, 110, "one layer a file; base.py is the contract"),
    "layers.gradcheck": Box(26, 314, 388, 42, "backward against numbers that only need forward"),
    "optimizers": Box(490, 260, 260, 110, "one rule a file"),
    "optimizers.schedules": Box(506, 314, 228, 42, "learning rates that change"),
    "numpy": Box(10, 430, 740, 40, ""),
}
# Where an arrow crosses from one box to another, from left to right.
CROSSINGS = {
    ("nets", "layers"): 220,
    ("nets", "numpy"): 460,
    ("layers", "numpy"): 220,
    ("optimizers", "numpy"): 620,
    ("nets.training", "optimizers"): 661,
}


def imports() -> set[tuple[str, str]]:
    """Which package imports which house or NumPy; a room counts where its house does not."""
    found = {
        (package, target)
        for house in HOUSES
        for path in (ROOT / house).rglob("*.py")
        for package in [".".join(path.relative_to(ROOT).parent.parts[:2])]
        for target in _targets(path)
        if target in (*HOUSES, "numpy") and target != house
    }
    return {
        (package, target)
        for package, target in found
        if package in HOUSES or (package.split(".")[0], target) not in found
    }


def rooms() -> set[str]:
    """The packages right inside the houses."""
    return {
        f"{house}.{p.parent.name}" for house in HOUSES for p in ROOT.glob(f"{house}/*/__init__.py")
    }


def picture() -> str:
    """The SVG; it is refused where it would not be true."""
    drawn = {name for name in BOXES if "." in name}
    if drawn != rooms():
        raise ValueError(f"docs/building/packages.py: BOXES and packages differ: {drawn ^ rooms()}")
    if set(CROSSINGS) != imports():
        differ = set(CROSSINGS) ^ imports()
        raise ValueError(f"docs/building/packages.py: CROSSINGS and imports differ: {differ}")
    return (
        '<svg class="packages" viewBox="0 0 760 480" role="img" '
        'aria-label="nets imports layers, nets.training imports optimizers, all import NumPy">'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>'
        f"{''.join(map(_box, BOXES))}{''.join(map(_arrow, CROSSINGS))}</svg>"
    )


def _targets(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def _box(name: str) -> str:
    x, y, width, height, about = BOXES[name]
    room = "." in name
    kind = "room" if room else "house"
    title = f'<text class="name" x="{x + 10}" y="{y + (19 if room else 25)}">{name}</text>'
    words = f'<text x="{x + 10}" y="{y + (36 if room else 45)}">{about}</text>'
    drawn = f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="5"/>'
    return f"<g>{drawn}{title}{words}</g>"


def _arrow(pair: tuple[str, str]) -> str:
    source, target = pair
    x, start, stop = CROSSINGS[pair], BOXES[source].y + BOXES[source].height, BOXES[target].y
    return f'<path class="arrow" data-imports="{source} {target}" d="M{x} {start}V{stop}"/>'


class Packages(SphinxDirective):
    """``packages``, without arguments."""

    def run(self) -> list[nodes.Node]:
        """Draw them as they are now."""
        return [nodes.raw("", f'<figure class="packages">{picture()}</figure>', format="html")]


def setup(app: Any) -> dict[str, bool]:
    """Offer the directive to Sphinx."""
    app.add_directive("packages", Packages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
