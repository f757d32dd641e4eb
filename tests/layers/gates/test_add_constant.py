import re

import numpy as np
import pytest

from layers import AddConstant


def test_by_hand():
    add = AddConstant(10)
    assert add.forward([[1.0, -2.0]]).tolist() == [[11.0, 8.0]]
    dx, grads = add.backward([[5.0, -6.0]])
    assert dx.tolist() == [[5.0, -6.0]]
    assert grads == {}


@pytest.mark.parametrize("c", ["1", None, True, np.nan, np.inf, np.ones(3), [1.0], 1j, 10**400])
def test_the_constant_is_a_number(c):
    message = f"AddConstant: expected c to be a finite number, got {c!r}"
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        AddConstant(c)


def test_repr():
    assert repr(AddConstant(np.float32(1))) == "AddConstant(1.0)"
