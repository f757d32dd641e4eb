"""Running a Python file of the user's."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

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
        raise ValueError(f"{path}: cannot be run: {_told(error, path, hidden)}") from error
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
    ours = _taken_out(hidden)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        if str(folder) in sys.path:  # unless the file has changed the path itself
            sys.path.remove(str(folder))
        _taken_out(hidden)
        sys.modules.update(ours)


def _taken_out(packages: list[str]) -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name.partition(".")[0] in packages]
    return {name: sys.modules.pop(name) for name in names}


def _told(error: BaseException, path: Path, hidden: list[str]) -> str:
    """What happened, in which line, and what to do where that is known."""
    lines = [
        line
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == str(path)
    ]
    where = f" (line {lines[-1]})" if lines else ""
    text = f"{type(error).__name__}: {error}".removesuffix(": ") + where
    if isinstance(error, SystemExit):
        return f'{text}; put what is not to be run on import under if __name__ == "__main__":'
    if isinstance(error, ImportError) and hidden:
        beside = " and ".join(hidden)
        return f"{text}; {beside} beside this file hides the package of that name of handgrad"
    return text
