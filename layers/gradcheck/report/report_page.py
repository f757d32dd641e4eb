"""A report in a notebook: a table, the findings, and a picture of each wrong tensor."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from layers.gradcheck.report.finding import Finding
from layers.gradcheck.report.heatmap import heatmap

if TYPE_CHECKING:
    from layers.gradcheck.report.report import GradientReport

HEADER = ("tensor", "shape", "compared", "worst error", "verdict")
PICTURES = 6  # of more wrong tensors, only these many are drawn
LEFT = 'style="text-align:left"'


def page(report: GradientReport) -> str:
    """A report as HTML, without script and without colours of its own but those of the tiles."""
    wrong = [tensor for tensor in report.tensors if not tensor]
    wrong.sort(key=lambda tensor: tensor.victim)
    pictures = [
        heatmap(tensor.name, tensor.analytic, tensor.numeric)
        for tensor in wrong[:PICTURES]
        if tensor.analytic is not None and tensor.numeric is not None and tensor.analytic.size
    ]
    verdict = "right" if report else "WRONG"
    return (
        '<div style="overflow-x:auto">'
        f"<p>gradient check of {html.escape(report.name)}: <strong>{verdict}</strong></p>"
        f"{_table([tensor.row() for tensor in report.tensors])}"
        f"{_findings(report.findings)}"
        f"{''.join(pictures)}"
        f"{_sentences(report)}</div>"
    )


def _table(rows: list[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    head = "".join(f"<th {LEFT}>{cell}</th>" for cell in HEADER)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(text: str) -> str:
    shown = html.escape(text)
    return f"<td {LEFT}>{f'<strong>{shown}</strong>' if text == 'WRONG' else shown}</td>"


def _findings(findings: list[Finding]) -> str:
    if not findings:
        return ""
    items = "".join(f"<li>{_finding(finding)}</li>" for finding in findings)
    return f"<ol>{items}</ol>"


def _finding(finding: Finding) -> str:
    first, *others = (html.escape(line.strip()) for line in finding.lines())
    name = html.escape(finding.mistake)
    return f"<strong>{name}</strong>{first.removeprefix(name)}" + "".join(
        f"<br/><em>{line}</em>" for line in others
    )


def _sentences(report: GradientReport) -> str:
    """What was sampled, and the notes."""
    lines = [tensor.sampling.sentence(tensor.name) for tensor in report.tensors if tensor.sampling]
    lines += [f"note: {note.mistake}: {note.evidence}" for note in report.notes]
    return "".join(f"<p>{html.escape(line)}</p>" for line in lines)
