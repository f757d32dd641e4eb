import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from layers import Mean


def test_by_hand():
    mean = Mean()
    x = [[[1.0, 2.0], [3.0, 6.0]], [[0.0, 0.0], [-4.0, 8.0]]]
    assert mean.forward(x).tolist() == [[2.0, 4.0], [-2.0, 4.0]]
    dx, grads = mean.backward([[10.0, 20.0], [-2.0, 0.0]])
    assert dx.tolist() == [[[5.0, 10.0], [5.0, 10.0]], [[-1.0, 0.0], [-1.0, 0.0]]]
    assert grads == {}


def test_over_the_examples_and_to_a_number():
    mean = Mean(0)
    assert mean.forward([1.0, 2.0, 6.0]) == 3.0
    assert mean.backward(6.0)[0].tolist() == [2.0, 2.0, 2.0]


@pytest.mark.parametrize(
    ("axis", "shape"), [(1, (2,)), (1, ()), (2, (2, 3)), (-3, (2, 3)), (1, (2, 0)), (1, (0, 0, 4))]
)
def test_an_axis_that_is_not_there_or_empty_is_refused(axis, shape):
    mean = Mean(axis)
    message = f"Mean: expected x with at least one entry along axis {axis}, got shape {shape}"
    for verb in (mean.forward, mean.predict):
        with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
            verb(np.ones(shape))


@pytest.mark.parametrize("axis", [1.0, "1", None, True, (0, 1)])
def test_the_axis_is_an_integer(axis):
    message = f"Mean: expected axis to be an integer, got {axis!r}"
    with pytest.raises(TypeError, match="^" + re.escape(message) + "$"):
        Mean(axis)


def test_repr():
    assert repr(Mean()) == "Mean()"
    assert repr(Mean(-1)) == "Mean(axis=-1)"


@given(
    hnp.arrays(np.float64, hnp.array_shapes(max_dims=4, max_side=4), elements=st.floats(-1e3, 1e3)),
    st.data(),
)
@settings(deadline=None, max_examples=60, derandomize=True)
def test_each_entry_gets_an_equal_part(x, data):
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    mean = Mean(axis)
    y = mean.forward(x)
    np.testing.assert_allclose(y, x.sum(axis) / x.shape[axis], atol=1e-10)
    dx, _ = mean.backward(y)
    expected = np.broadcast_to(np.expand_dims(y / x.shape[axis], axis), x.shape)
    np.testing.assert_array_equal(dx, expected)
