"""The folder of a run: a fresh one for each run, and the JSON files in it."""

from __future__ import annotations

import json
import tempfile
from itertools import count
from pathlib import Path
from typing import Any

from nets.interop.atomic import atomic_write

WRITTEN = {
    "weights.safetensors",
    "run.json",
    "classes.json",
    "vocabulary.json",
    "history.csv",
    "sample.txt",
    "curves.png",
    "test-images.png",
    "filters.png",
}


def fresh_folder(path: Path) -> Path:
    """Make the folder for a run: `path`, or one beside it if that holds an earlier run.

    Raises
    ------
    ValueError
        If it is a file, or a folder with files that no run writes.
    OSError
        If it cannot be made or written to.
    """
    folder = path if _is_free(path) else _beside(path)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass  # fails now, and not after the training, if nothing can be written there
    if folder != path:
        print(f"{path} holds an earlier run; this one goes into {folder}")
    return folder


def _is_free(folder: Path) -> bool:
    """Whether a folder is empty or missing; raise if it holds anything but a run."""
    if not folder.exists():
        return True
    if not folder.is_dir():
        raise ValueError(f"--out {folder}: expected a folder, got a file; choose another name")
    found = {path.name for path in folder.iterdir() if not path.name.endswith(".tmp")}
    if other := sorted(found - WRITTEN):
        raise ValueError(
            f"--out {folder}: expected a new or empty folder, or one with an earlier run, got one "
            f"with other files, such as {other[0]}; choose another name"
        )
    return not found


def _beside(folder: Path) -> Path:
    """The first of folder-2, folder-3, ... that is free."""
    beside = (folder.with_name(f"{folder.resolve().name}-{n}") for n in count(2))
    return next(
        path for path in beside if not path.exists() or (path.is_dir() and not any(path.iterdir()))
    )


def write_json(path: Path, value: Any) -> Path:
    """Write a value, one entry a line, and return the path."""
    with atomic_write(path) as file:
        # A lone surrogate, as in a name from a damaged text, has no UTF-8: it is escaped.
        text = json.dumps(value, ensure_ascii=False, indent=0)
        file.write(text.encode("utf-8", "backslashreplace"))
    return path


def read_json(path: Path, kind: type) -> Any:
    """Read a list or a dict.

    Raises
    ------
    ValueError
        If the file is missing or damaged, or holds a value of another type.
    """
    try:
        value = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise ValueError(
            f"{path}: there is no such file; expected the folder of a run of handgrad train"
        ) from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: is damaged ({error}); train again") from None
    if not isinstance(value, kind):
        raise ValueError(
            f"{path}: expected a {kind.__name__}, got a {type(value).__name__}; train again"
        )
    return value
