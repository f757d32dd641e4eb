"""Python files of the user: run one as a module, and use its layers in a net."""

from __future__ import annotations

import importlib.util
import inspect
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from layers import Dropout, FullyConnected
from nets.sequential import Sequential

HOME = Path(__file__).resolve().parents[2]  # the folder that holds the packages of this library
PACKAGES = ("layers", "nets", "optimizers")


def load_module(path: Path) -> ModuleType:
    """Run a user's Python file, and return it as a module.

    The file imports from its own folder first, as where Python runs it, and so from a
    ``layers.py`` beside it rather than from this library. Only where the file is itself called
    ``layers.py``, ``import layers`` in it leads to this library.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not a Python file, or cannot be run.
    """
    _require_python_file(path)
    spec = importlib.util.spec_from_file_location(f"checked_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path}: expected a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module
    folder, hidden = path.parent.resolve(), _hidden(path)
    try:
        with _imports_from(folder, hidden):
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[module.__name__]
        raise ValueError(f"{path}: cannot be run: {_reason(error, path, hidden)}") from error
    return module


def _require_python_file(path: Path) -> None:
    if path.is_dir():
        raise ValueError(f"{path}: expected a Python file, got a folder; give a file in it")
    if not path.is_file():
        where = "" if path.is_absolute() else f" in {Path.cwd()}"
        raise FileNotFoundError(f"{path}: there is no such file{where}")
    if path.suffix != ".py":
        raise ValueError(f"{path}: expected a Python file, with a name that ends in .py")


def _hidden(path: Path) -> list[str]:
    """The packages of this library that modules beside the file hide from it."""
    folder = path.parent.resolve()
    if folder == HOME:
        return []
    return [
        name
        for name in PACKAGES
        if name != path.stem
        and ((folder / f"{name}.py").is_file() or (folder / name / "__init__.py").is_file())
    ]


@contextmanager
def _imports_from(folder: Path, hidden: list[str]) -> Iterator[None]:
    """Let imports find `folder` first, and `hidden` there, though this library is loaded."""
    ours = _remove_modules(hidden)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        if str(folder) in sys.path:  # unless the file has changed the path itself
            sys.path.remove(str(folder))
        _remove_modules(hidden)
        sys.modules.update(ours)


def _remove_modules(packages: list[str]) -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name.partition(".")[0] in packages]
    return {name: sys.modules.pop(name) for name in names}


def _reason(error: BaseException, path: Path, hidden: list[str]) -> str:
    """What happened, in which line, and what to do where that is known."""
    lines = [
        line
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == str(path)
    ]
    where = f" (line {lines[-1]})" if lines else ""
    text = f"{type(error).__name__}: {error}".removesuffix(": ") + where
    if isinstance(error, SystemExit):
        return f'{text}; put what must not run on import under if __name__ == "__main__":'
    if isinstance(error, ImportError) and hidden:
        beside = " and ".join(hidden)
        return f"{text}; {beside} beside this file hides the package of that name of handgrad"
    return text


def with_own_layers(net: Sequential, path: Path, rng: Any = None) -> Sequential:
    """The same net with the classes of a file in place of the layers of the same name.

    A class gets what the library's would: the two sizes for FullyConnected, p for Dropout, and
    ``rng`` where its constructor takes it.

    Raises
    ------
    ValueError
        If the file has no class of the name of a layer in the net.
    """
    module = load_module(path)
    names = list(dict.fromkeys(type(layer).__name__ for layer in net))
    found = [name for name in names if hasattr(module, name)]
    if not found:
        raise ValueError(f"{path}: expected a class with one of the names {', '.join(names)}")
    print(f"from {path}: {', '.join(found)}")
    return Sequential(*(_swapped(layer, module, rng) for layer in net))


def _swapped(layer: Any, module: Any, rng: Any) -> Any:
    kind = getattr(module, type(layer).__name__, None)
    if kind is None:
        return layer
    takes_rng = "rng" in inspect.signature(kind).parameters
    return kind(*_arguments(layer), **({"rng": rng} if takes_rng else {}))


def _arguments(layer: Any) -> tuple[Any, ...]:
    if isinstance(layer, FullyConnected):
        return layer.in_features, layer.out_features
    return (layer.p,) if isinstance(layer, Dropout) else ()
