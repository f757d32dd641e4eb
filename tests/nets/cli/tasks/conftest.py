import re
from itertools import count
from types import SimpleNamespace

import pytest


@pytest.fixture
def train(tmp_path, run):
    """Run `handgrad train`: gives its exit code, what it printed, its results and its files."""

    runs = count()

    def call(*arguments):
        out = tmp_path / f"out{next(runs)}"
        code, printed, error = run("train", *arguments, "--out", out)
        results = dict(re.findall(r"^(\w+ \w+) +(\d[\d.,]*)", printed, re.MULTILINE))
        written = re.findall(r"wrote (.+)", printed)
        return SimpleNamespace(
            code=code,
            printed=printed,
            error=error,
            results={name: float(value.rstrip(",")) for name, value in results.items()},
            out=out,
            written=[path.removeprefix(f"{out}/") for path in written],
        )

    return call


@pytest.fixture
def file(tmp_path):
    def write(text, name="mine.txt"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write
