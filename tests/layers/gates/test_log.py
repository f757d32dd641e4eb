import math
import re

import numpy as np
import pytest

from layers import Exp, Log, assert_gradients


def test_by_hand():
    log = Log()
    y = log.forward([[1.0, math.e], [0.25, 1e300]])
    np.testing.assert_allclose(y, [[0.0, 1.0], [-math.log(4), 300 * math.log(10)]], rtol=1e-15)
    dx, grads = log.backward([[3.0, math.e], [1.0, 1e300]])
    np.testing.assert_allclose(dx, [[3.0, 1.0], [4.0, 1.0]], rtol=1e-15)
    assert grads == {}


def test_it_undoes_exp():
    x = np.linspace(-5, 5, 11)
    np.testing.assert_allclose(Log().forward(Exp().forward(x)), x, atol=1e-14)


@pytest.mark.parametrize("wrong", [0.0, -0.0, -1.0, -np.inf, -5e-324])
def test_the_logarithm_of_0_and_below_is_refused(wrong):
    log = Log()
    message = f"Log: expected x above 0, where the logarithm is defined, got {wrong}"
    for verb in (log.forward, log.predict):
        with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
            verb(wrong)
        with pytest.raises(ValueError, match="^" + re.escape(f"{message} at [1, 0]") + "$"):
            verb([[1.0, 2.0], [wrong, wrong]])
    with pytest.raises(RuntimeError, match="before forward"):
        log.backward(1.0)


def test_a_forward_that_was_refused_leaves_the_one_before():
    log = Log()
    log.forward(2.0)
    with pytest.raises(ValueError, match="expected x above 0"):
        log.forward(-1.0)
    assert log.backward(1.0)[0] == 0.5


def test_infinity_and_nan_stay_visible():
    y = Log().forward([np.inf, np.nan])
    assert y[0] == np.inf
    assert np.isnan(y[1])


def test_the_gradient_is_correct_close_to_0_and_far_away():
    assert_gradients(Log(), np.array([1e-9, 1e-3, 0.5, 1e4, 1e9]))
