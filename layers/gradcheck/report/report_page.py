"""A report in a notebook: a table, the findings, and a picture of each wrong tensor."""

from __future__ import annotations

import html
from collections.abc import Sequence

LEFT = 'style="text-align:left"'


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
        What comes last: the sampling and the notes.
    """
    items = "".join(f"<li>{_finding(lines)}</li>" for lines in findings)
    return (
        '<div style="overflow-x:auto">'
        f"<p>gradient check of {html.escape(name)}: <strong>{verdict}</strong></p>"
        f"{_table(rows)}{f'<ol>{items}</ol>' if items else ''}{pictures}"
        f"{''.join(f'<p>{html.escape(remark)}</p>' for remark in remarks)}</div>"
    )


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    if len(rows) < 2:
        return ""
    head = "".join(f"<th {LEFT}>{cell}</th>" for cell in rows[0])
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows[1:])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(text: str) -> str:
    shown = html.escape(text)
    return f"<td {LEFT}>{f'<strong>{shown}</strong>' if text == 'WRONG' else shown}</td>"


def _finding(lines: Sequence[str]) -> str:
    first, *others = (html.escape(line.strip()) for line in lines)
    name, colon, evidence = first.partition(":")
    return f"<strong>{name}</strong>{colon}{evidence}" + "".join(
        f"<br/><em>{line}</em>" for line in others
    )
