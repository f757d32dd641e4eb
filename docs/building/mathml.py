"""Formulas as MathML, which browsers draw by themselves: no script, no network."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from docutils import nodes
from docutils.utils.math import latex2mathml
from sphinx.util import logging

SYNONYMS = {r"\dots": r"\ldots", r"\textstyle": ""}  # docutils does not know those to the left
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
    """What docutils writes, as TeX would set it."""
    if element.tag == "mtable" and element.get("class") == "ams-align":
        element.set("displaystyle", "true")
    if element.tag == "msub" and (element[0].findtext("mo") or "").strip() in BRACES:
        element.tag = "munder"  # words stand below a brace


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
    """Write a formula that stands by itself."""
    _write(translator, node, block=True)


def setup(app: Any) -> dict[str, bool]:
    """Offer this way of writing formulas to Sphinx, as ``mathml``."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
