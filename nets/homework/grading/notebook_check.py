"""One test on the names of a notebook, run in the notebook's own process.

Students check themselves with it; `nets.homework.grading.grade` grades.
"""

from __future__ import annotations

import importlib.util
import inspect
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from nets.homework.grading.credit import Credit, scored
from nets.homework.grading.results import Question, Score, title_of

# The variable with the messages of all tests, where otter runs a notebook in place of a submission.
MESSAGES = "handgrad_messages"


class Notebook:
    """The names of a notebook, as a module has them."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names

    def __getattr__(self, name: str) -> Any:
        try:
            return self._names[name]
        except KeyError:
            raise AttributeError(f"the notebook defines no {name}") from None


def check(identity: str, names: dict[str, Any], folder: Path | None = None) -> None:
    """Run one test on the names of a notebook, and raise its messages.

    Parameters
    ----------
    identity : str
        The test: ``test_public.py::test_forward``.
    names : dict
        What the notebook defines.
    folder : path, optional
        Where the tests are, if not in the working folder.

    Raises
    ------
    AssertionError
        If points are lost, with the messages for the student.
    """
    messages = names.get(MESSAGES, {})
    output = (
        messages[identity] if identity in messages else score_of(identity, names, folder).output
    )
    if output:
        raise AssertionError(output)


def score_of(
    identity: str,
    names: dict[str, Any],
    folder: Path | None = None,
    parts: Mapping[str, float] = MappingProxyType({}),
) -> Score:
    """The score of a notebook for a test that is worth one point, with the solution's parts."""
    file, _, test = identity.partition("::")
    name, _, parameter = test.rstrip("]").partition("[")
    function = _function((folder or Path.cwd()) / file, name)
    credit, error = Credit(), None
    given = {"submission": Notebook(names), "credit": credit, **_parameter(function, parameter)}
    try:
        function(**{key: given[key] for key in inspect.signature(function).parameters})
    except Exception as raised:
        error, credit.finished = raised, False
    if credit.lost and error is None:
        error = AssertionError()
    return scored(
        Question(identity, title_of(function, test), 1.0, "visible", dict(parts)), credit, error
    )


def _function(path: Path, name: str) -> Callable[..., None]:
    if not path.is_file():
        raise FileNotFoundError(f"{path}: expected the tests of this homework beside the notebook")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    with warnings.catch_warnings():  # pytest knows the marker for points in its own runs only
        warnings.simplefilter("ignore")
        spec.loader.exec_module(module)
    function: Callable[..., None] = getattr(module, name)
    return function


def _parameter(function: Any, parameter: str) -> dict[str, Any]:
    """The argument of a parametrized test, from the text in its name."""
    for mark in getattr(function, "pytestmark", []):
        if mark.name == "parametrize":
            name, values = mark.args
            return {name: next(value for value in values if str(value) == parameter)}
    return {}
