"""Cells run one after the other, and a cell that raises ends there."""

import json
from types import ModuleType

import pytest

from nets.homework.isolation.run_notebook import run_notebook
from tests.nets.homework import zoo


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)

    def run(text):
        path, module = tmp_path / "dense.ipynb", ModuleType("dense")
        path.write_text(text, encoding="utf-8")
        return run_notebook(path, module, repr), vars(module)

    return run


def test_what_is_defined_stays_defined(run):
    raised, names = run(zoo.NOTEBOOKS["notebook, scratch"])
    assert [text.partition("(")[0] for text in raised] == [
        "ZeroDivisionError",
        "SyntaxError",
        "SystemExit",
    ]
    assert names["y"] == 1
    assert names["ReLU"]


def test_magics_run_python_and_no_programs(run, tmp_path):
    (tmp_path / "more.py").write_text("b = 2\n")
    cells = [
        "a = %time 1 + 1\n%time c = 3",
        "%run more.py",
        "%%capture out\nd = 4",
        "%%writefile e.py\ne = 5",
        "from e import e",
        "f = !touch g",
        "get_ipython().anything('at all')",
    ]
    code = [{"cell_type": "code", "source": [cell]} for cell in cells]
    raised, names = run(json.dumps({"cells": code}))
    assert raised == []
    assert [names[name] for name in "abcdef"] == [2, 2, 3, 4, 5, []]
    assert not (tmp_path / "g").exists()


@pytest.mark.parametrize("text", ["", "{}", '{"cells": 3}', "x = 1"])
def test_a_file_that_is_not_a_notebook(run, text):
    with pytest.raises(ValueError, match=r"dense.ipynb: expected a notebook, and cannot read it"):
        run(text)
