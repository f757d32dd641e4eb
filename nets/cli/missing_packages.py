"""Packages that a user's file imports and that are not installed."""

from __future__ import annotations

import sys
from inspect import isfunction
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

LEVELS = 5  # how far up a package of the file's own may lie


class MissingName:
    """Something from a package that is not installed: it may be named and called, but not used.

    As a decorator it changes nothing, so that what it decorates can still be checked.
    """

    def __init__(self, package: str) -> None:
        self.__package = package

    def __getattr__(self, name: str) -> MissingName:
        if name.startswith("__"):
            raise AttributeError(name)
        return MissingName(self.__package)

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ModuleNotFoundError(f"it needs {self.__package}, which is not installed")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Something else that is missing; a decorator returns its function as it is."""
        return args[0] if len(args) == 1 and isfunction(args[0]) else MissingName(self.__package)

    __getitem__ = __iter__ = __mro_entries__ = __array__ = _refuse


class MissingPackage(ModuleType):
    """A package that is not installed."""

    def __getattr__(self, name: str) -> MissingName:
        if name.startswith("__"):
            raise AttributeError(name)
        return MissingName(self.__name__.partition(".")[0])


def provide(name: str, folder: Path) -> None:
    """Let a module be imported that was not found: from a folder above, or as a missing package."""
    first = name.partition(".")[0]
    above = [folder, *folder.parents[:LEVELS]]
    packages = [parent for parent in above if (parent / first).is_dir()]
    modules = [parent for parent in above if (parent / f"{first}.py").is_file()]
    for parent in (*packages, *modules):
        if str(parent) not in sys.path and name == first:
            sys.path.append(str(parent))
            return
    sys.modules[name] = MissingPackage(name)
