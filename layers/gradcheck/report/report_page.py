"""A report in a notebook: a table, the findings, and a picture of each wrong tensor."""

from __future__ import annotations

from collections.abc import Sequence

from layers.core.notebook import Html, table, text


def page(
    name: str,
    verdict: str,
    rows: Sequence[tuple[str, ...]],
    findings: Sequence[Sequence[str]],
    pictures: str,
    remarks: Sequence[str],
) -> str:
    """A report as HTML, without script and without colours except in the pictures.

    Parameters
    ----------
    name, verdict : str
        What was checked, and the result in one word.
    rows : sequence of tuple of str
        The header of the table, and a row for each tensor.
    findings : sequence of sequence of str
        The lines of each finding; the first begins with the name of the mistake.
    pictures : str
        The pictures of wrong tensors, as HTML.
    remarks : sequence of str
        What comes last: the advice.
    """
    header, *body = rows
    wrong = Html("<strong>WRONG</strong>")
    cells = [[wrong if cell == "WRONG" else cell for cell in row] for row in body]
    tensors = table(header, cells, left=len(header)) if body else ""
    items = "".join(f"<li>{_finding(lines)}</li>" for lines in findings)
    return (
        '<div style="overflow-x:auto">'
        f"<p>gradient check of {text(name)}: <strong>{verdict}</strong></p>"
        f"{tensors}{f'<ol>{items}</ol>' if items else ''}{pictures}"
        f"{''.join(f'<p>{text(remark)}</p>' for remark in remarks)}</div>"
    )


def _finding(lines: Sequence[str]) -> str:
    first, *others = (text(line.strip()) for line in lines)
    name, colon, evidence = first.partition(":")
    return f"<strong>{name}</strong>{colon}{evidence}" + "".join(
        f"<br/><em>{line}</em>" for line in others
    )
