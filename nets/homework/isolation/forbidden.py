"""Parts of this library that an assignment asks students to write themselves."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

PACKAGES = ("layers", "nets", "optimizers")
FREE = (
    "layers.core.",
    "layers.gradcheck",
    "layers.initializers",
    "optimizers.optimizer",
    "optimizers.schedules",
)
WORKING = ("__init__", "forward", "backward", "predict", "step")


def resolve(name: str) -> Any:
    """What a name of this library stands for: ``layers.ReLU``.

    Raises
    ------
    ValueError
        If there is no such name.
    """
    package, _, attribute = name.rpartition(".")
    try:
        if package.partition(".")[0] in PACKAGES:
            return getattr(importlib.import_module(package), attribute)
    except (ImportError, AttributeError):
        pass
    raise ValueError(
        f"forbidden: expected names of this library, such as layers.ReLU; there is no {name}"
    )


def imported_by(source: str) -> list[str]:
    r"""What a file takes of this library by name.

    Examples
    --------
    >>> imported_by("import layers\nfrom layers import ReLU\nnet = [ReLU(), layers.Tanh()]\n")
    ['layers.ReLU', 'layers.Tanh']
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            found += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.append(f"{node.value.id}.{node.attr}")
    return sorted({name for name in found if _is_there(name)})


def _is_there(name: str) -> bool:
    with suppress(ValueError):
        return name.partition(".")[0] in PACKAGES and resolve(name) is not None
    return False


def withhold(forbidden: Iterable[str], allowed: Iterable[str]) -> list[str]:
    """Make what is forbidden unusable in this process, and what can stand in for it.

    A class keeps its name, and loses its methods, so that there is no way around by a subclass or
    another import. With a layer, all layers are withheld but those that are allowed and those that
    they are made of; a LeakyReLU with a slope of 0 is a ReLU. The same goes for optimizers. What is
    not a class loses its name.

    Returns
    -------
    list of str
        The files of the classes, which must not be read.
    """
    found = {name: resolve(name) for name in forbidden}
    kept = set(_with_parts(resolve(name) for name in allowed)) - set(found.values())
    packages = {name.partition(".")[0] for name in found} - {"nets"}
    for package in packages:
        module = importlib.import_module(package)
        found |= {f"{package}.{name}": getattr(module, name) for name in module.__all__}
    named = set(forbidden)
    files = []
    for name, value in found.items():
        if isinstance(value, type):
            withheld = [one for one in value.__mro__ if one not in kept and not _is_free(one)]
            for one in withheld:
                _empty(one)
        elif name in named:
            withheld = [value]
            _unname(value, name.rpartition(".")[2])
        else:
            continue
        files += [str(sys.modules[one.__module__].__file__) for one in withheld]
    return files


def _is_free(value: type) -> bool:
    module = value.__module__
    return module.startswith(FREE) or module.split(".")[0] not in PACKAGES


def _with_parts(classes: Iterable[Any]) -> Iterator[type]:
    """Classes, their bases, and the classes of this library that their modules use."""
    waiting, seen = list(classes), set()
    while waiting:
        value = waiting.pop()
        module = getattr(value, "__module__", None) or ""
        if id(value) in seen or module.split(".")[0] not in PACKAGES:
            continue
        seen.add(id(value))
        waiting += vars(sys.modules[module]).values()
        if isinstance(value, type):
            yield value
            waiting += value.__mro__


def _empty(value: type) -> None:
    def refuse(_: Any, *args: Any, **options: Any) -> None:
        raise PermissionError(f"the assignment asks you to do without {value.__name__}")

    for method in WORKING:
        setattr(value, method, refuse)


def _unname(value: Any, attribute: str) -> None:
    for key, module in list(sys.modules.items()):
        if key.split(".")[0] in PACKAGES and vars(module).get(attribute) is value:
            delattr(module, attribute)
