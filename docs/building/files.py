"""Files that every build generates, written only where they change."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def fill(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make a folder contain exactly these files, given by path.

    Unchanged files are not written, so that Sphinx reads only what has changed.
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
