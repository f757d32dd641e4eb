"""Formulas as MathML, which browsers draw without scripts or a network."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from docutils import nodes
from docutils.utils.math import latex2mathml
from sphinx.util import logging

SYNONYMS = {r"\dots": r"\ldots", r"\textstyle": ""}  # docutils knows only the latter
PLAIN = {
    ' xmlns="http://www.w3.org/1998/Math/MathML"': "",
    "&ApplyFunction;": "\N{FUNCTION APPLICATION}",
}
BRACES = ("\N{BOTTOM CURLY BRACKET}", "\N{BOTTOM PARENTHESIS}")


def mathml(tex: str, block: bool = False) -> str:
    r"""A formula in LaTeX as MathML.

    >>> mathml(r"\sigma").split()[1:-1]
    ['<mi>σ</mi>']
    """
    for command, known in SYNONYMS.items():
        tex = re.sub(rf"{re.escape(command)}(?![A-Za-z])", lambda _, known=known: known, tex)
    written = latex2mathml.tex2mathml(tex, as_block=block)
    for word, plain in PLAIN.items():
        written = written.replace(word, plain)
    tree = ElementTree.fromstring(written)
    for element in tree.iter():
        _mend(element)
    return ElementTree.tostring(tree, encoding="unicode", short_empty_elements=False)


def _mend(element: ElementTree.Element) -> None:
    """Set an element as TeX would."""
    if element.tag == "mtable" and element.get("class") == "ams-align":
        element.set("displaystyle", "true")
    if element.tag == "msub" and (element[0].findtext("mo") or "").strip() in BRACES:
        element.tag = "munder"  # words below a brace


def _write(translator: Any, node: nodes.Element, block: bool) -> None:
    try:
        formula = mathml(node.astext(), block)
    except (SyntaxError, ValueError) as error:  # the former before docutils 0.22
        logging.getLogger(__name__).warning("formula: %s", error, location=node)
        formula = f"<code>{translator.encode(node.astext())}</code>"
    translator.body.append(f'<div class="math">{formula}</div>\n' if block else formula)
    raise nodes.SkipNode


def inline(translator: Any, node: nodes.Element) -> None:
    """Write a formula in a line."""
    _write(translator, node, block=False)


def block(translator: Any, node: nodes.Element) -> None:
    """Write a formula in a paragraph of its own."""
    _write(translator, node, block=True)


def setup(app: Any) -> dict[str, bool]:
    """Register the renderer ``mathml``."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
