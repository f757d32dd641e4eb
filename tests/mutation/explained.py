"""Wrong versions that compute the same as the formula, and why no test can tell them apart."""

from __future__ import annotations

# (file, line before, line after): why it makes no difference
EXPLAINED: dict[tuple[str, str, str], str] = {}
