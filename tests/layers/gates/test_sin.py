import math

import numpy as np

from layers import Sin


def test_by_hand():
    sin = Sin()
    y = sin.forward([[0.0, math.pi / 6], [math.pi / 2, -math.pi / 3]])
    np.testing.assert_allclose(y, [[0.0, 0.5], [1.0, -math.sqrt(3) / 2]], rtol=1e-15)
    dx, grads = sin.backward([[3.0, 2.0], [1.0, 4.0]])
    np.testing.assert_allclose(dx, [[3.0, math.sqrt(3)], [0.0, 2.0]], rtol=1e-14, atol=1e-15)
    assert grads == {}
