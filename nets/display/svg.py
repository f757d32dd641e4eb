"""The pieces of an SVG image, in colours for light and for dark pages."""

from __future__ import annotations

from collections.abc import Sequence

from layers.core import notebook

Point = tuple[float, float]

FONT = 14  # the height of letters
LETTER = 8.0  # their average width
LONGEST = 28  # letters of a name; longer ones are cut
PAGE = 880  # pixels across a notebook: wider images shrink to them
LEAST = 0.6  # but not below this scale, at which letters are still legible
# The colours on light and on dark pages. Blue and orange suit colour-blind readers, and gradients
# are set in italics as well.
COLOURS = {
    "page": ("#ffffff", "#1c1c20"),
    "box": ("#f0f0f4", "#34343c"),
    "line": ("#6b6b75", "#a6a6b2"),
    "name": ("#17171a", "#f0f0f2"),
    "symbol": ("#17171a", "#f0f0f2"),
    "value": ("#00629b", "#6cc0f5"),
    "gradient": ("#b34a00", "#f5a04a"),
}


def image(width: float, height: float, title: str, pieces: Sequence[str]) -> str:
    """A whole image on a background of its own.

    Every piece has its light colour, for programs without style sheets; browsers with a dark theme
    take the others.
    """
    dark = "".join(f".hg-{kind}{{fill:{colour}}}" for kind, (_, colour) in COLOURS.items())
    dark += f".hg-stroke{{stroke:{COLOURS['line'][1]}}}"
    scale = max(min(1.0, PAGE / width), LEAST)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" '
            f'width="{scale * width:.0f}" height="{scale * height:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}" role="img" font-size="{FONT}" '
            'font-family="Helvetica, Arial, DejaVu Sans, sans-serif">',
            f"<title>{notebook.text(title)}</title>",
            f"<style>@media (prefers-color-scheme: dark) {{{dark}}}</style>",
            f'<rect width="100%" height="100%" rx="8" {_fill("page")}/>',
            *filter(None, pieces),
            "</svg>\n",
        ]
    )


def text(x: float, y: float, words: str, kind: str, anchor: str = "middle") -> str:
    """Words with the start, middle or end of their base line at a point; "" for no words."""
    if not words:
        return ""
    style = {"name": ' font-weight="bold"', "gradient": ' font-style="italic"'}.get(kind, "")
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{style} {_fill(kind)}>'
        f"{notebook.text(notebook.cut(words, LONGEST))}</text>"
    )


def box(x: float, y: float, width: float, height: float, corner: float, title: str) -> str:
    """A box around a point, with a tooltip."""
    return (
        f'<rect x="{x - width / 2:.1f}" y="{y - height / 2:.1f}" width="{width:.1f}" '
        f'height="{height:.1f}" rx="{corner:.1f}" {_fill("box")} stroke="none">'
        f"<title>{notebook.text(title)}</title></rect>"
    )


def arrow(points: Sequence[Point]) -> str:
    """An arrow through pairs of points, level within a pair and curved between two."""
    path = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for i, (x, y) in enumerate(points[1:]):
        before_x, before_y = points[i]
        middle = (before_x + x) / 2
        bend = f"C{middle:.1f} {before_y:.1f} {middle:.1f} {y:.1f} " if i % 2 else "L"
        path.append(f"{bend}{x:.1f} {y:.1f}")
    x, y = points[-1]
    line = f'class="hg-stroke" stroke="{COLOURS["line"][0]}" stroke-width="1.6" fill="none"'
    tip = f"M{x:.1f} {y:.1f}l-9 -4.5v9z"
    return f'<path d="{"".join(path)}" {line}/><path d="{tip}" {_fill("line")}/>'


def width_of(words: str) -> float:
    """The approximate width of words."""
    return LETTER * min(len(words), LONGEST)


def _fill(kind: str) -> str:
    return f'class="hg-{kind}" fill="{COLOURS[kind][0]}"'
