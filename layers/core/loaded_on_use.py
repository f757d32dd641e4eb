"""Package names that load their modules when they are first used (PEP 562)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def loaded_on_use(
    package: str, modules: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return the ``__getattr__`` and ``__dir__`` of a package that loads its names on first use.

    The modules inside the package are found in the same way, as if they had been imported.

    Parameters
    ----------
    package : str
        The ``__name__`` of the package.
    modules : mapping of str to str
        The module of each name.

    Examples
    --------
    >>> getattr_, dir_ = loaded_on_use("nets", {"Sequential": "nets.sequential"})
    >>> getattr_("Sequential")
    <class 'nets.sequential.Sequential'>
    >>> getattr_("Sequentail")
    Traceback (most recent call last):
    AttributeError: module 'nets' has no attribute 'Sequentail'
    """

    def load(name: str) -> Any:
        if name in modules:
            found = getattr(import_module(modules[name]), name)
        else:
            found = _module_inside(package, name)
        setattr(sys.modules[package], name, found)  # so that later look-ups find it
        return found

    def names() -> list[str]:
        there = vars(sys.modules[package])
        return sorted({*there, *there["__all__"]})

    return load, names


def _module_inside(package: str, name: str) -> Any:
    path = f"{package}.{name}"
    try:
        if not name.startswith("_"):
            return import_module(path)
    except ModuleNotFoundError as error:
        if error.name != path:
            raise
    raise AttributeError(f"module {package!r} has no attribute {name!r}")
