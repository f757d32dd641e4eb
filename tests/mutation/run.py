"""Whether a test fails when a file is replaced by a wrong version of it."""

from __future__ import annotations

import ast
import multiprocessing
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("layers", "nets", "optimizers", "tests")
SECONDS = 180  # a version that runs for longer does not end
LAWS = {
    "layers": ("tests/layers/test_laws.py", "tests/layers/test_oracle.py"),
    "optimizers": (
        "tests/optimizers/test_optimizer_laws.py",
        "tests/optimizers/test_optimizer_oracle.py",
    ),
}
QUICK = ["-x", "-q", "-n", "0", "-m", "", "-p", "no:cacheprovider"]
QUICK += ["-W", "ignore:Module already imported"]  # it was imported before the fork
# Every version runs in a process forked from one that has imported what takes long.
SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(["pytest", "numpy", "hypothesis.extra.numpy", "torch", "numba"])


def workplace(folder: Path) -> Path:
    """A copy of the packages and their tests, in which files may be broken.

    Python and pytest compile once what every version imports.
    """
    for name in PACKAGES:
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "setup.cfg", folder)
    collect = [sys.executable, "-m", "pytest", *QUICK, "--collect-only", "tests/layers"]
    kept = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    subprocess.run([*collect, "tests/optimizers"], cwd=folder, env=kept, capture_output=True)
    return folder


def is_killed(place: Path, file: str, text: str) -> bool:
    """Whether a test fails, or does not end, once the file of a workplace holds `text`."""
    with _replaced(place / file, text):
        process = SERVER.Process(target=_run_tests, args=(place, file))
        process.start()
        process.join(SECONDS)
        if process.is_alive():
            process.kill()
            process.join()
        return process.exitcode != 0


@contextmanager
def _replaced(path: Path, text: str) -> Iterator[None]:
    original = path.read_text()
    path.write_text(text)
    try:
        yield
    finally:
        path.write_text(original)


def _run_tests(place: Path, file: str) -> None:
    """Exit with 0 if a file's own tests, or those of its folder, and the laws pass."""
    import pytest

    for name in [name for name in sys.modules if name.partition(".")[0] == "tests"]:
        del sys.modules[name]  # those of the workplace are to be imported
    os.chdir(place)
    sys.path.insert(0, str(place))
    sys.dont_write_bytecode = True
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with open(os.devnull, "w") as silent:
        for descriptor in (1, 2):
            os.dup2(silent.fileno(), descriptor)
    path = Path(file)
    own = Path("tests", path.parent, f"test_{path.name}")
    classes = " or ".join(classes_of(file))
    first = own if own.exists() else own.parent  # a base is tested by what is built on it
    for run in [[str(first)], [*LAWS[path.parts[0]], "-k", classes]]:
        if pytest.main([*QUICK, *run]) not in (0, 5):  # 5: no test was chosen
            os._exit(1)
    os._exit(0)


def classes_of(file: str) -> list[str]:
    """The classes whose rows concern a file: those in it, or in its folder where it has none."""
    path = ROOT / file
    return _public(path) or [
        n for other in sorted(path.parent.glob("*.py")) for n in _public(other)
    ]


def _public(path: Path) -> list[str]:
    nodes = ast.parse(path.read_text()).body
    return [n.name for n in nodes if isinstance(n, ast.ClassDef) and not n.name.startswith("_")]
