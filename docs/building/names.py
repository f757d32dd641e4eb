"""The public names: what the packages list in ``__all__``, each under its shortest path."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from types import ModuleType
from typing import Any, NamedTuple

import layers
import nets
import optimizers


class Name(NamedTuple):
    """A public name: its package, and its value."""

    package: str
    name: str
    value: Any

    @property
    def path(self) -> str:
        """The import path, such as ``layers.ReLU``."""
        return f"{self.package}.{self.name}"

    @property
    def page(self) -> str:
        """The document about it."""
        return f"api/{self.package}/{self.name}"

    @property
    def summary(self) -> str:
        """The first paragraph of its docstring; for a constant, of its class."""
        paragraph = (inspect.getdoc(self.value) or "").split("\n\n")[0]
        return " ".join(paragraph.split())


def packages() -> list[ModuleType]:
    """The packages with public names: the three, and those directly inside them."""
    found = []
    for package in (layers, nets, optimizers):
        inside = pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
        paths = [package.__name__, *(module.name for module in inside if module.ispkg)]
        found += [module for module in map(importlib.import_module, paths) if _listed(module)]
    return found


def names() -> list[Name]:
    """Every public name once, under the shortest path if several packages list it."""
    found: dict[int, Name] = {}
    for package in packages():
        for name in _listed(package):
            value = getattr(package, name)
            if not isinstance(value, ModuleType):
                found.setdefault(id(value), Name(package.__name__, name, value))
    return list(found.values())


def of(package: ModuleType) -> list[Name]:
    """The names of one package, some of which may be documented in another."""
    home = {id(name.value): name for name in names()}
    return [
        home[id(getattr(package, name))]
        for name in sorted(_listed(package), key=str.lower)
        if not isinstance(getattr(package, name), ModuleType)
    ]


def _listed(module: ModuleType) -> list[str]:
    return getattr(module, "__all__", [])
