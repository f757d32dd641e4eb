import math

import numpy as np

from layers import Exp, Reciprocal


def test_by_hand():
    exp = Exp()
    y = exp.forward([[0.0, math.log(2)], [-math.log(4), 1.0]])
    np.testing.assert_allclose(y, [[1.0, 2.0], [0.25, math.e]], rtol=1e-15)
    dx, grads = exp.backward([[3.0, -3.0], [8.0, 0.0]])
    np.testing.assert_allclose(dx, [[3.0, -6.0], [2.0, 0.0]], rtol=1e-15)
    assert grads == {}


def test_what_is_too_large_is_infinite_without_a_warning():
    assert Exp().forward(1e4) == np.inf
    assert Reciprocal().forward(5e-324) == np.inf
