"""Gradescope's bundle, run in a folder that is laid out like theirs."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.nets.homework import zoo

ROOT = Path(__file__).parents[4]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "points"),
    [("solution", 20), ("os exit at import", 0)],
)
def test_run_autograder(built, tmp_path, name, points):
    root = tmp_path / "autograder"
    for folder in ("source", "submission"):
        (root / folder).mkdir(parents=True)
    with zipfile.ZipFile(built[0].parent / "gradescope.zip") as bundle:
        assert {"setup.sh", "run_autograder"} <= set(bundle.namelist())
        bundle.extractall(root / "source")
    (root / "submission" / "dense.py").write_text({**zoo.RIGHT, **zoo.HOSTILE}[name])
    setting = {"AUTOGRADER_ROOT": str(root), "PYTHON": sys.executable, "PYTHONPATH": str(ROOT)}
    subprocess.run(
        ["bash", str(root / "source" / "run_autograder")],
        env={"PATH": os.environ["PATH"], **setting},
        check=True,
        capture_output=True,
        cwd=tmp_path,
    )
    found = json.loads((root / "results" / "results.json").read_text())
    assert found["score"] == points
    assert len(found["tests"]) == 10
