import sys

import numpy as np
import pytest
import sympy

from nets.differentiation import derivatives, symbolic
from tests.nets.differentiation.functions import FUNCTIONS, X, assert_gradient, quiz


@pytest.mark.parametrize("kind", FUNCTIONS)
def test_the_gradient_is_the_exact_one(kind):
    f, xs, correct = FUNCTIONS[kind]
    assert_gradient(symbolic(f, *xs), correct(*xs), 1e-14)


def test_derivatives_are_formulas_to_read():
    x, z = sympy.symbols("x z")
    y = sympy.exp(x * z) + x * z / sympy.log(x) + sympy.sin(sympy.log(x)) / (x * z)
    assert derivatives(quiz, "x", "z") == [sympy.diff(y, x), sympy.diff(y, z)]
    assert derivatives(lambda x: 3 - x**2 / 2 + 2 / x, "x") == [-x - 2 / x**2]


def test_every_operation_has_its_mirror():
    def f(x):
        return 1.0 + x + 2.0 * x * 3.0 - x - (4.0 - x) + x / 2.0 + 1.0 / x + x**2.0 - (-x)

    assert symbolic(f, 2.0) == pytest.approx(1 + 6 - 1 + 1 + 0.5 - 0.25 + 4 + 1)


def test_integers_in_arrays_are_passed_through():
    dx, none = symbolic(lambda x, i: x[i[0]] ** 2, np.array([1.0, 2.0]), np.array([1]))
    assert dx.tolist() == [0.0, 4.0]
    assert none is None


def test_an_operation_that_is_not_known_is_reported():
    with pytest.raises(TypeError, match="arctan"):
        symbolic(np.arctan, 1.0)


@pytest.mark.parametrize("f", [lambda x: np.maximum(x, 0.0), lambda x: x if x > 0 else 0.0])
def test_a_maximum_and_a_comparison_have_no_formula(f):
    with pytest.raises(TypeError, match=r"^symbolic: there is no formula for a maximum"):
        symbolic(f, 1.0)


def test_a_function_of_several_outputs_is_reported():
    with pytest.raises(ValueError, match=r"^symbolic: expected the function to return one number"):
        symbolic(np.exp, X)


def test_without_sympy_a_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sympy", None)
    message = r'^symbolic derivatives need SymPy: pip install "handgrad\[symbolic\]"$'
    for call in (lambda: symbolic(np.sin, 1.0), lambda: derivatives(np.sin, "x")):
        with pytest.raises(ImportError, match=message):
            call()
