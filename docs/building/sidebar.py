"""The contents in the sidebar, expanded only around the current page.

By default the theme lists every page on every page, which is most of the work of a build.
"""

from __future__ import annotations

from typing import Any


def narrow(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Make the theme list only the branch of this page."""
    whole = context["toctree"]
    context["toctree"] = lambda **options: whole(**{**options, "collapse": True})


def setup(app: Any) -> dict[str, bool]:
    """Run before the theme, which has priority 500."""
    app.connect("html-page-context", narrow, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
