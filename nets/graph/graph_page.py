"""A graph in a notebook: its picture, or a table where that would be too large."""

from __future__ import annotations

from typing import Any

from layers.core.notebook import cut, table, text, title
from nets.display.summary import total
from nets.display.text import ends

MOST = 24  # nodes that a picture can show


def graph_page(graph: Any) -> str:
    """The picture with the numbers of the last passes; of a larger graph, a table of nodes."""
    inside = _picture(graph) if len(graph) <= MOST else _table(graph)
    return f"<div><b>{text(graph.label)}</b>, {text(total(graph))}</div>{inside}"


def _picture(graph: Any) -> str:
    return f'<div style="overflow-x:auto">{graph.draw().svg}</div>'


def _table(graph: Any) -> str:
    first, hidden, last = ends(list(graph.nodes.items()), MOST)
    rows = [
        (cut(name), title(layer), cut(", ".join(sources)))
        for name, (layer, *sources) in first + last
    ]
    if hidden:
        rows.insert(len(first), (f"… {hidden} more", "", ""))
    return table(("node", "layer", "takes"), rows, left=3)
