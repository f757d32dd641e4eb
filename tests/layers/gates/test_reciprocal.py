import re

import numpy as np
import pytest

from layers import Reciprocal, assert_gradients


def test_by_hand():
    reciprocal = Reciprocal()
    assert reciprocal.forward([[2.0, -4.0], [0.5, 1.0]]).tolist() == [[0.5, -0.25], [2.0, 1.0]]
    dx, grads = reciprocal.backward([[4.0, 16.0], [-1.0, 3.0]])
    assert dx.tolist() == [[-1.0, -1.0], [4.0, -3.0]]
    assert grads == {}


@pytest.mark.parametrize("zero", [0.0, -0.0, 0])
def test_0_has_no_reciprocal(zero):
    reciprocal = Reciprocal()
    message = f"Reciprocal: expected x other than 0, which has no reciprocal, got {float(zero)}"
    for verb in (reciprocal.forward, reciprocal.predict):
        with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
            verb(zero)
        with pytest.raises(ValueError, match="^" + re.escape(f"{message} at [2]") + "$"):
            verb([1.0, 2.0, zero])
    with pytest.raises(RuntimeError, match="before forward"):
        reciprocal.backward(1.0)


def test_infinity_and_nan_stay_visible():
    y = Reciprocal().forward([np.inf, np.nan])
    assert y[0] == 0.0
    assert np.isnan(y[1])


def test_the_gradient_is_correct_close_to_0_and_far_away():
    assert_gradients(Reciprocal(), np.array([1e-6, -1e-3, 0.5, -1e4]))
