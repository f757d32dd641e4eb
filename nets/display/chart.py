"""Curves as a small picture inside a page, in the colours of its text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from layers.core.notebook import Html, text, typeset
from nets.display.colours import SKY, VERMILION

WIDTH, HEIGHT = 340.0, 190.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 12.0, 30.0, 26.0  # room for words around the curves
POINTS = 300  # of a curve; more are not seen, only paid for
STYLES = (f'stroke="{SKY}"', f'stroke="{VERMILION}" stroke-dasharray="6 3"')


class Line(NamedTuple):
    """A curve and what it is called."""

    name: str
    x: Sequence[float]
    y: Sequence[float]


class Frame(NamedTuple):
    """What part of the plane is shown."""

    left: float
    right: float
    low: float
    high: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        """The place of a point in the picture."""
        across = (x - self.left) / (self.right - self.left)
        up = (y - self.low) / (self.high - self.low)
        return (
            LEFT + across * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - up * (HEIGHT - BOTTOM - TOP),
        )


def chart(
    title: str, lines: Sequence[Line], x_label: str, x_range: tuple[float, float] | None = None
) -> Html:
    """At most two curves below a title; what is not finite is left out."""
    frame = _frame(lines, x_range)
    pieces = [_words(LEFT, 14, title, 'font-weight="bold"')]
    if frame:
        pieces += [_grid(frame, height) for height in ticks(frame.low, frame.high)]
        pieces += [_curve(frame, line, style) for line, style in zip(lines, STYLES, strict=False)]
        for x, anchor in ((frame.left, "start"), (frame.right, "end")):
            place = f'text-anchor="{anchor}"'
            pieces.append(_words(frame.at(x, frame.low)[0], HEIGHT - 8, typeset(x), place))
    middle = (LEFT + WIDTH - RIGHT) / 2
    pieces.append(_words(middle, HEIGHT - 8, x_label, 'text-anchor="middle"'))
    pieces += _legend(lines) if len(lines) > 1 else []
    return Html(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" '
        f'width="{WIDTH:.0f}" height="{HEIGHT:.0f}" role="img" fill="currentColor" font-size="12" '
        f'font-family="sans-serif"><title>{text(title)}</title>{"".join(pieces)}</svg>'
    )


def ticks(low: float, high: float) -> list[float]:
    """Two to five round numbers from low to high.

    Examples
    --------
    >>> ticks(0.13, 2.4), ticks(0.0, 1.0)
    ([0.5, 1.0, 1.5, 2.0], [0.0, 0.5, 1.0])
    """
    power = 10.0 ** math.floor(math.log10(high - low))
    steps = (power * factor for factor in (0.2, 0.5, 1.0, 2.0, 5.0))
    step = next(s for s in steps if math.floor(high / s) - math.ceil(low / s) < 5)
    whole = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    return [round(n * step, 12) if step > 1e-9 else n * step for n in whole]


def _frame(lines: Sequence[Line], x_range: tuple[float, float] | None) -> Frame | None:
    points = [p for line in lines for p in zip(line.x, line.y, strict=True) if math.isfinite(p[1])]
    if not points:
        return None
    xs, ys = zip(*points, strict=True)
    left, right = x_range or (min(xs), max(xs))
    low, high = min(ys), max(ys)
    if high - low <= 1e-9 * max(abs(low), abs(high)):  # a level line, in the middle
        low, high = low - (abs(low) or 1.0) / 2, high + (abs(high) or 1.0) / 2
    return Frame(left, right if right > left else left + 1, low, high)


def _curve(frame: Frame, line: Line, style: str) -> str:
    every = max(1, math.ceil(len(line.x) / POINTS))
    points = list(zip(line.x, line.y, strict=True))
    kept = points[::every] + ([points[-1]] if (len(points) - 1) % every else [])
    path, pen, drawn = [], "M", 0
    for x, y in kept:
        if math.isfinite(y):
            across, down = frame.at(x, y)
            path.append(f"{pen}{across:.1f} {down:.1f}")
            drawn, last = drawn + 1, (across, down)
        pen = "L" if math.isfinite(y) else "M"
    dot = ""
    if drawn == 1:  # a single point makes no line
        dot = f'<circle cx="{last[0]:.1f}" cy="{last[1]:.1f}" r="3" {style} stroke-width="2"/>'
    return f'<path d="{"".join(path)}" fill="none" stroke-width="2" {style}/>{dot}'


def _grid(frame: Frame, height: float) -> str:
    _, y = frame.at(frame.left, height)
    level = f"M{LEFT:.0f} {y:.1f}H{WIDTH - RIGHT:.0f}"
    line = f'<path d="{level}" stroke="currentColor" opacity="0.2"/>'
    return line + _words(LEFT - 6, y + 4, typeset(height), 'text-anchor="end"')


def _legend(lines: Sequence[Line]) -> list[str]:
    pieces, x = [], WIDTH - RIGHT
    for line, style in reversed(list(zip(lines, STYLES, strict=False))):
        pieces.append(_words(x, 14, line.name, 'text-anchor="end"'))
        x -= 6.4 * len(line.name) + 30
        pieces.append(f'<path d="M{x:.0f} 10h24" fill="none" stroke-width="2" {style}/>')
        x -= 12
    return pieces


def _words(x: float, y: float, words: str, how: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {how}>{text(words)}</text>'
