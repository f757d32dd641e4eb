"""A new layer is its own file, its name in `layers`, and its row in the table: nothing else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COPIED = ("layers", "nets", "optimizers", "docs/building", "tests/layers")
CODE = '''"""The square of every entry."""

from __future__ import annotations

from typing import Any

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.params import Array


class Square(Layer):
    """The square, elementwise: y = x**2, dx = 2 x dout.

    Examples
    --------
    >>> Square().forward([2.0, 3.0])
    array([4., 9.])
    """

    _x = Cached[Array]()

    def forward(self, x: Any) -> Array:
        """Square each entry."""
        self._x = checks.floating(self, "x", x)
        return self._x**2

    def backward(self, dout: Any) -> tuple[Array, Grads]:
        """The gradient of x."""
        dout = checks.upstream(self, dout, self._x.shape, self._x.dtype)
        return 2 * self._x * dout, {}
'''
AFTERWARDS = """
import layers
from nets import Sequential
Sequential(layers.Square()).save("net.safetensors")
assert repr(Sequential.load("net.safetensors")[0]) == "Square()"
from docs.building import api
page = api.index(layers)
assert page.index("Activations") < page.index("layers.Square>") < page.index("Core\\n")
"""


def insert(path, marker, line):
    """Add a line before the first that starts with a marker."""
    text = path.read_text()
    assert marker in text
    path.write_text(text.replace(marker, f"{line}\n{marker}", 1))


@pytest.mark.slow
def test_a_layer_is_added_in_three_files(tmp_path):
    pytest.importorskip("docutils", reason="pip install handgrad[docs]")
    ignored = shutil.ignore_patterns("__pycache__", "*.npz", "*.txt")
    for name in COPIED:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    for package in ("docs", "tests"):
        (tmp_path / package / "__init__.py").touch()

    (tmp_path / "layers/activations/square.py").write_text(CODE)
    public, table = tmp_path / "layers/__init__.py", tmp_path / "tests/layers/table.py"
    insert(public, "from layers.activations.tanh", "from layers.activations.square import Square")
    insert(public, '    "Tanh",', '    "Square",')
    insert(table, "    Tanh,", "    Square,")
    insert(table, '    Row("Tanh", Tanh', '    Row("Square", Square, normal(6, 5)),')

    def run(*arguments):
        environment = {
            **os.environ,
            "PYTHONPATH": str(tmp_path),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        }
        done = subprocess.run(
            [sys.executable, *arguments],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=environment,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    plain = ("-m", "pytest", "-q", "-c", os.devnull, "-p", "no:cacheprovider")
    ran = run(
        *plain,
        "tests/layers/test_laws.py",
        "tests/layers/core/test_base.py",
        "-k",
        "Square or table",
    )
    assert " passed" in ran
    run(*plain, "--doctest-modules", "layers/activations/square.py")
    run("-c", AFTERWARDS)
