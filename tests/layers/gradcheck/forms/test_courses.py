"""Every form that courses use, in a file of its own: correct as it is, and caught when made wrong.

A line that ends in ``# wrong: expression`` is made wrong by putting that expression in place of
what is assigned or returned there.
"""

import functools
import json
import re
from pathlib import Path

import pytest

from layers import gradcheck
from nets.cli.main import main

COURSES = Path(__file__).parent / "courses"
FILES = sorted(
    path
    for path in COURSES.rglob("*")
    if path.suffix in (".py", ".ipynb") and "# wrong:" in path.read_text()
)
KEPT = re.compile(r'\s*("(?=\s))?\s*(return |[\w., \[\]]+ [-+]?= |)')  # and in a notebook's source
DEFINED = re.compile(r'(?:    ")?(?:class|def) (\w+)')


def check(path, capsys):
    code = main(["check", str(path), "--json"])
    out, err = capsys.readouterr()
    assert err == ""
    return code, json.loads(out)["checked"]


MISTAKES = [
    pytest.param(path, number, id=f"{path.name}:{number + 1}")
    for path in FILES
    for number, line in enumerate(path.read_text().splitlines())
    if "# wrong:" in line
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_correct_layer_in_any_form_is_correct(path, capsys):
    code, checked = check(path, capsys)
    assert {layer["name"]: layer["findings"] for layer in checked if layer.get("findings")} == {}
    unchecked = [layer["reason"] for layer in checked if layer["right"] is None]
    assert set(unchecked) <= {"a base class"}
    assert code == 0


@pytest.mark.parametrize(("path", "number"), MISTAKES)
def test_a_mistake_in_any_form_is_caught(path, number, tmp_path, capsys, monkeypatch):
    unexplained = functools.partial(gradcheck, explain=False)  # the verdict is the same
    monkeypatch.setattr("nets.cli.layer_trials.gradcheck", unexplained)
    lines = path.read_text().splitlines()
    name = next(match[1] for line in lines[number::-1] if (match := DEFINED.match(line)))
    lines[number] = wrong(lines[number])
    for beside in path.parent.glob("*.py"):
        (tmp_path / beside.name).write_text(beside.read_text())
    (tmp_path / path.name).write_text("\n".join(lines))
    assert check(f"{tmp_path / path.name}:{name}", capsys)[0] == 1


def wrong(line):
    """A line with its wrong expression in place of the correct one."""
    start, _, instead = line.partition("  # wrong: ")
    return KEPT.match(start)[0] + instead


def test_the_log_names_every_file():
    log = (COURSES.parent / "README.md").read_text()
    assert [path.name for path in FILES if f"`{path.name}`" not in log] == []
