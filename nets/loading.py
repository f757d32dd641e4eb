"""Running a Python file of the user's."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType


def load_module(path: Path) -> ModuleType:
    """Run a user's Python file, and return it as a module; its folder may be imported from.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no Python file, or cannot be run.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: there is no such file")
    spec = importlib.util.spec_from_file_location(f"checked_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path}: expected a Python file, whose name ends in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module
    sys.path.append(str(path.parent.resolve()))  # last, so that a layers.py there hides nothing
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise ValueError(f"{path}: cannot be run: {type(error).__name__}: {error}") from error
    finally:
        sys.path.pop()
    return module
