"""A test on what a notebook defines, as the student's own check."""

from pathlib import Path

import pytest

from nets.homework.grading.notebook_check import check
from tests.nets.homework import zoo

ADAM = Path(__file__).parents[4] / "notebooks" / "homework" / "5-adam"


pytestmark = pytest.mark.usefixtures("points_marker")


def names_of(text):
    names = {}
    exec(compile(text, "notebook", "exec"), names)
    return names


def test_check_runs_one_test_on_what_a_notebook_defines(built):
    names = names_of(zoo.WRONG["bias averaged"])
    check("test_public.py::test_relu_backward", names, built[0])
    with pytest.raises(AssertionError, match="the gradient of b is wrong"):
        check("test_public.py::test_fully_connected_backward", names, built[0])
    with pytest.raises(AssertionError, match="AttributeError: the notebook defines no ReLU"):
        check("test_public.py::test_relu_forward", {}, built[0])


def test_check_says_what_the_grader_has_said():
    check("a", {"handgrad_messages": {"a": "", "b": "no"}})
    with pytest.raises(AssertionError, match="no"):
        check("b", {"handgrad_messages": {"a": "", "b": "no"}})


def test_a_parametrized_test_gets_its_argument():
    names = names_of((ADAM / "rules.py").read_text())
    check("test_hidden.py::test_path[RMSProp]", names, ADAM)
    with pytest.raises(AssertionError, match="RMSProp, the parameter W"):
        check("test_hidden.py::test_path[RMSProp]", {**names, "RMSProp": names["Adagrad"]}, ADAM)


def test_no_tests_beside_it(tmp_path):
    with pytest.raises(FileNotFoundError, match="expected the tests of this homework beside"):
        check("test_public.py::test_relu_backward", {}, tmp_path)
