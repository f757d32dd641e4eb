import operator

import numpy as np
import pytest

from nets.differentiation import Dual, forward_mode
from nets.differentiation.dual import RULES
from tests.nets.differentiation.functions import FUNCTIONS, W, X, assert_gradient, net


@pytest.mark.parametrize("kind", FUNCTIONS)
def test_the_gradient_is_the_exact_one(kind):
    f, xs, correct = FUNCTIONS[kind]
    assert_gradient(forward_mode(f, *xs), correct(*xs), 1e-14)


@pytest.mark.parametrize("ufunc", RULES, ids=lambda ufunc: ufunc.__name__)
def test_each_rule_is_the_slope_of_its_operation(ufunc):
    values = (1.3, 0.7)[: ufunc.nin]
    for i, value in enumerate(values):

        def along(x, i=i):
            return ufunc(*values[:i], x, *values[i + 1 :])

        numeric = (along(value + 1e-6) - along(value - 1e-6)) / 2e-6
        found = along(Dual(value, 2.0))
        assert found.value == ufunc(*values)
        assert found.slope == pytest.approx(2 * numeric, rel=1e-8, abs=1e-8)


def test_both_factors_of_a_product_of_matrices_may_be_dual():
    rng = np.random.default_rng(0)
    A, dA, B, dB = rng.normal(size=(4, 3, 3))
    found = Dual(A, dA) @ Dual(B, dB)
    np.testing.assert_allclose(found.value, A @ B)
    np.testing.assert_allclose(found.slope, dA @ B + A @ dB)
    np.testing.assert_allclose((X @ Dual(W, W)).slope, X @ W)


def test_sums_entries_and_comparisons():
    x = Dual(np.array([[1.0, 2.0], [3.0, 4.0]]), np.eye(2))
    assert np.sum(x).slope == 2.0
    assert x.sum(axis=0).value.tolist() == [4.0, 6.0]
    assert x[1].slope.tolist() == [0.0, 1.0]
    for compare in (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne):
        assert np.array_equal(compare(x, 2.5), compare(x.value, 2.5))


def test_at_a_kink_the_slope_of_a_maximum_is_0():
    assert forward_mode(lambda x: np.maximum(x, 0.0), 0.0) == 0.0


def test_one_evaluation_for_each_number():
    calls = []

    def f(x):
        calls.append(1)
        return net(x)

    forward_mode(f, X)
    assert len(calls) == X.size


@pytest.mark.parametrize(
    "f", [np.arctan, lambda x: np.add.reduce(x), lambda x: np.exp(x, where=True)]
)
def test_an_operation_without_a_rule_is_reported(f):
    with pytest.raises(TypeError, match=r"^Dual: there is no rule for np\.\w+, only for add, sub"):
        forward_mode(f, X)


def test_integers_in_arrays_are_passed_through():
    dx, none = forward_mode(lambda x, i: x[i[0]], np.array([1.0, 2.0]), np.array([1]))
    assert dx.tolist() == [0.0, 1.0]
    assert none is None
