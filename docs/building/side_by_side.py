"""Two ways to write the same thing side by side, from a file that the tests run.

The file is cut at its lines ``# %% title``. A part called ``handgrad`` and the next one are shown
side by side; other parts have the whole width.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

OURS = "handgrad"


def parts(text: str) -> list[tuple[str, str]]:
    r"""The titles and the code of a file's parts.

    >>> parts("# %% both\nx = 1\n\n# %% the same\nassert x\n")
    [('both', 'x = 1'), ('the same', 'assert x')]
    """
    _, *found = re.split(r"^# %% (.+)\n", text, flags=re.MULTILINE)
    return [(title, code.strip()) for title, code in zip(found[::2], found[1::2], strict=True)]


class SideBySide(SphinxDirective):
    """``side-by-side FILE``, relative to the page."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Show all parts in order."""
        relative, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(relative)
        with open(path, encoding="utf-8") as file:
            rest = parts(file.read())
        shown: list[nodes.Node] = []
        while rest:
            many = 2 if rest[0][0] == OURS else 1
            kind = "side-by-side" if many == 2 else "whole"
            shown.append(nodes.container("", *map(_part, rest[:many]), classes=[kind]))
            rest = rest[many:]
        return shown


def _part(part: tuple[str, str]) -> nodes.container:
    title, code = part
    said = nodes.paragraph("", title, classes=["part"])
    return nodes.container("", said, nodes.literal_block(code, code, language="python"))


def setup(app: Any) -> dict[str, bool]:
    """Offer the directive to Sphinx."""
    app.add_directive("side-by-side", SideBySide)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
