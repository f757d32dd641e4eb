import re

import numpy as np
import pytest

from layers import MultiplyConstant


def test_by_hand():
    multiply = MultiplyConstant(-2)
    assert multiply.forward([[1.0, -2.0]]).tolist() == [[-2.0, 4.0]]
    dx, grads = multiply.backward([[5.0, -6.0]])
    assert dx.tolist() == [[-10.0, 12.0]]
    assert grads == {}


@pytest.mark.parametrize("a", ["1", None, True, np.nan, np.inf, np.ones(3), [1.0], 1j, 10**400])
def test_the_constant_is_a_number(a):
    message = f"MultiplyConstant: expected a to be a finite number, got {a!r}"
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        MultiplyConstant(a)


def test_repr():
    assert repr(MultiplyConstant(2)) == "MultiplyConstant(2.0)"
