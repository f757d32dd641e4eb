import math

import numpy as np
import pytest

from layers import Exp


def test_by_hand():
    exp = Exp()
    y = exp.forward([[0.0, math.log(2)], [-math.log(4), 1.0]])
    np.testing.assert_allclose(y, [[1.0, 2.0], [0.25, math.e]], rtol=1e-15)
    dx, grads = exp.backward([[3.0, -3.0], [8.0, 0.0]])
    np.testing.assert_allclose(dx, [[3.0, -6.0], [2.0, 0.0]], rtol=1e-15)
    assert grads == {}


def test_what_is_too_large_for_a_float_is_infinite_and_numpy_warns():
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert Exp().forward(1000.0) == np.inf
    assert Exp().forward(-1000.0) == 0.0
