"""Files that are made anew with every build, and touched only where they change."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def fill(folder: Path, files: Mapping[str, bytes]) -> None:
    """Leave in a folder these files, by their paths, and no others.

    What is there already stays untouched, so that Sphinx reads again only what has changed.
    """
    for path, content in files.items():
        target = folder / path
        if not target.exists() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    for found in sorted(folder.rglob("*"), reverse=True):
        if found.is_dir():
            if not any(found.iterdir()):
                found.rmdir()
        elif found.relative_to(folder).as_posix() not in files:
            found.unlink()
