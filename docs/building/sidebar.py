"""The contents at the side, open where the reader is.

The theme would put every page of the site into every page, most of what there is to build.
"""

from __future__ import annotations

from typing import Any


def narrow(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Let the theme ask for the branch of this page alone."""
    whole = context["toctree"]
    context["toctree"] = lambda **options: whole(**{**options, "collapse": True})


def setup(app: Any) -> dict[str, bool]:
    """Come before the theme, which has 500."""
    app.connect("html-page-context", narrow, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
