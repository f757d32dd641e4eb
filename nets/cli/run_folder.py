"""The folder of a run: a fresh one for each, so that no file of another is lost or mixed in."""

from __future__ import annotations

import tempfile
from itertools import count
from pathlib import Path

WRITTEN = {
    "weights.safetensors",
    "run.json",
    "classes.json",
    "vocabulary.json",
    "history.csv",
    "sample.txt",
    "curves.png",
    "test-images.png",
}


def fresh_folder(wanted: Path) -> Path:
    """Make the folder for a run: `wanted`, or one beside it if that holds an earlier run.

    Raises
    ------
    ValueError
        If it is a file, or a folder with files that no run writes.
    OSError
        If it cannot be made or written to.
    """
    folder = wanted if _is_free(wanted) else _beside(wanted)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass  # to learn now, and not after the training, that nothing can be written there
    if folder != wanted:
        print(f"{wanted} holds an earlier run; this one goes into {folder}")
    return folder


def _is_free(folder: Path) -> bool:
    """Whether a folder is empty or not there; raise if what is there is not from a run."""
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
    return next(path for path in beside if not path.exists() or not _holds_anything(path))


def _holds_anything(path: Path) -> bool:
    return not path.is_dir() or any(path.iterdir())
