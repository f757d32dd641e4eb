"""A `layers.py` in the working folder, which Python finds before the package of that name."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]


def require_own_packages() -> None:
    """Raise unless the names `layers` and `optimizers` lead to the packages beside this one.

    Raises
    ------
    ImportError
        If another module of that name comes first.
    """
    for name in ("layers", "optimizers"):
        found = getattr(find_spec(name), "origin", None)
        if found and Path(found).resolve().parents[1] != HOME:
            raise ImportError(
                f"expected `import {name}` to find the package of handgrad, got {found}, "
                "which is not handgrad's; rename it, or run the command handgrad, or Python "
                "elsewhere"
            )


require_own_packages()
