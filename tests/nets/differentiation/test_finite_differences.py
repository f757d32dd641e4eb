import re

import numpy as np
import pytest

from nets.differentiation import centred_difference, complex_step, forward_difference
from tests.nets.differentiation.functions import FUNCTIONS, X, assert_gradient, net

WAYS = [(forward_difference, 1e-6), (centred_difference, 1e-9), (complex_step, 1e-14)]
over_ways = pytest.mark.parametrize(("way", "tolerance"), WAYS)


@over_ways
@pytest.mark.parametrize("kind", FUNCTIONS)
def test_the_gradient_is_the_exact_one(kind, way, tolerance):
    f, xs, correct = FUNCTIONS[kind]
    assert_gradient(way(f, *xs), correct(*xs), tolerance)


@over_ways
def test_the_inputs_stay_as_they_are(way, tolerance):
    x = X.copy()
    x.flags.writeable = False
    way(net, x)
    assert np.array_equal(x, X)


@over_ways
def test_integers_in_arrays_are_passed_through(way, tolerance):
    labels = np.array([1, 0, 1])

    def f(x, labels):
        assert labels.dtype.kind == "i"
        return np.sum(x[np.arange(3), labels] ** 2)

    dx, dlabels = way(f, X, labels)
    expected = np.zeros_like(X)
    expected[np.arange(3), labels] = 2 * X[np.arange(3), labels]
    np.testing.assert_allclose(dx, expected, atol=1e-6)
    assert dlabels is None


@pytest.mark.parametrize(
    ("way", "count"), [(forward_difference, 7), (centred_difference, 12), (complex_step, 6)]
)
def test_evaluations_are_as_many_as_the_docstring_says(way, count):
    calls = []

    def f(x):
        calls.append(1)
        return net(x)

    way(f, X)
    assert len(calls) == count


def test_errors_fall_with_h_as_the_theory_says():
    def error(way, h):
        return abs(way(np.exp, 1.0, h=h) - np.e)

    assert error(forward_difference, 1e-3) == pytest.approx(1e-3 * np.e / 2, rel=1e-2)
    assert error(centred_difference, 1e-3) == pytest.approx(1e-6 * np.e / 6, rel=1e-2)
    assert error(complex_step, 1e-3) == pytest.approx(1e-6 * np.e / 6, rel=1e-2)
    assert error(forward_difference, 1e-15) > 1e-3
    assert error(complex_step, 1e-200) < 1e-15


def test_a_function_that_drops_the_imaginary_part_is_reported():
    sentence = (
        "complex_step: expected a complex number from a complex input, got float64: the function "
        "drops the imaginary part"
    )
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)}$"):
        complex_step(np.abs, 1.0)


@over_ways
def test_a_function_of_several_outputs_is_reported(way, tolerance):
    sentence = (
        rf"^{way.__name__}: expected the function to return one number, got shape \(3, 2\); add "
        r"the entries up, or give it weights with number_of\(layer, dout\)$"
    )
    with pytest.raises(ValueError, match=sentence):
        way(np.exp, X)


@over_ways
@pytest.mark.parametrize("wrong", ["text", None, [[1.0], [2.0, 3.0]], 1j])
def test_inputs_that_are_not_numbers_are_refused(way, tolerance, wrong):
    with pytest.raises((TypeError, ValueError), match=rf"^{way.__name__}: expected input 0 to be"):
        way(np.sin, wrong)


BY_STEP = [forward_difference, centred_difference, complex_step]


@pytest.mark.parametrize("way", BY_STEP)
@pytest.mark.parametrize("h", [0, 0.0, -1e-5, np.nan, np.inf, 1e-320, "x", None, True, [1e-5]])
def test_an_invalid_step_is_refused(way, h):
    with pytest.raises(ValueError, match=f"^{way.__name__}: expected .*h"):
        way(np.sin, 1.0, h=h)


@pytest.mark.parametrize("way", BY_STEP[:2])
def test_a_step_that_moves_nothing_is_refused(way):
    with pytest.raises(ValueError, match=r"input 1 has 1000000.0, to which 1e-12 adds nothing"):
        way(lambda x, y: x * y, 1.0, 1e6, h=1e-12)


@pytest.mark.parametrize("way", BY_STEP)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, ">f8"])
def test_narrow_inputs_are_moved_in_float64(way, dtype):
    x = np.array([1.0, 2.0], dtype)
    np.testing.assert_allclose(way(lambda x: (x**2).sum(), x), [2, 4], rtol=1e-6)


UNFIT = [3, None, "sin", len, print, lambda: 0.0, lambda x: "a", lambda x: [x]]


@pytest.mark.parametrize("way", BY_STEP)
@pytest.mark.parametrize("f", UNFIT)
def test_a_function_of_other_inputs_is_refused(way, f):
    with pytest.raises(TypeError, match=f"^{way.__name__}: "):
        way(f, 1.0)
