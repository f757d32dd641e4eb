"""Which tests fail when a file is replaced by a wrong version of it."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPIED = ("layers", "nets", "optimizers", "tests", "setup.cfg")
SECONDS = 120  # a version that runs for longer does not end


def workplace(folder: Path) -> Path:
    """A copy of the packages and their tests, whose files may be broken."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return folder


def tests_of(file: str) -> list[str]:
    """What pytest is asked to run for a file: its own tests, and the laws for its classes."""
    path = Path(file)
    own = Path("tests", path.parent, f"test_{path.name}")
    found = [str(own)] if (ROOT / own).exists() else []
    return [*found, *(str(law) for law in _laws(path.parts[0]))]


def _laws(package: str) -> list[Path]:
    names = {
        "layers": ("layers/test_laws.py", "layers/test_oracle.py"),
        "optimizers": ("optimizers/test_optimizer_laws.py", "optimizers/test_optimizer_oracle.py"),
    }
    return [Path("tests", name) for name in names[package]]


def classes(file: str) -> list[str]:
    """The classes whose rows concern a file: those in it, or in its folder where it has none."""
    path = ROOT / file
    found = _public(path)
    if not found:
        found = [name for other in sorted(path.parent.glob("*.py")) for name in _public(other)]
    return found


def _public(path: Path) -> list[str]:
    nodes = ast.parse(path.read_text()).body
    return [n.name for n in nodes if isinstance(n, ast.ClassDef) and not n.name.startswith("_")]


def is_killed(place: Path, file: str, text: str) -> bool:
    """Whether a test fails once the file says `text`."""
    target = place / file
    original = target.read_text()
    target.write_text(text)
    try:
        return _fails(place, file)
    finally:
        target.write_text(original)


def _fails(place: Path, file: str) -> bool:
    own, *laws = tests_of(file)
    chosen = " or ".join(classes(file))
    runs = [[own], ["--deselect", own, *laws, "-k", chosen]] if laws else [[own]]
    return any(_pytest(place, run) for run in runs)


def _pytest(place: Path, arguments: list[str]) -> bool:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--no-cov"]
    settings = {"OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [*command, *arguments],
            cwd=place,
            env={**os.environ, **settings},
            capture_output=True,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        return True
    return done.returncode not in (0, 5)  # 5: no test fits
