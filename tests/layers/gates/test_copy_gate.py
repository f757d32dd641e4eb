import re

import numpy as np
import pytest

from layers import Copy, assert_gradients


def test_by_hand():
    copy = Copy(2)
    first, second = copy.forward([[1.0, 2.0]])
    assert first.tolist() == second.tolist() == [[1.0, 2.0]]
    dx, grads = copy.backward((np.array([[10.0, 20.0]]), np.array([[3.0, -4.0]])))
    assert dx.tolist() == [[13.0, 16.0]]
    assert grads == {}


@pytest.mark.parametrize("n", [1, 2, 5])
def test_there_are_n_copies_and_n_gradients(n):
    copy = Copy(n)
    assert copy.forward(3.0) == (3.0,) * n
    assert copy.predict(3.0) == (3.0,) * n
    assert copy.backward(tuple(range(1, n + 1)))[0] == n * (n + 1) / 2
    assert_gradients(copy, np.arange(3.0))


def test_the_gradients_stay_as_they_are():
    copy = Copy(2)
    copy.forward([1.0, 2.0])
    dout = np.ones(2), np.ones(2)
    copy.backward(dout)
    assert [part.tolist() for part in dout] == [[1.0, 1.0], [1.0, 1.0]]


@pytest.mark.parametrize(
    ("dout", "got"),
    [
        (np.ones((2, 3)), "ndarray"),
        ([np.ones(3), np.ones(3)], "list"),
        (1.0, "float"),
        (None, "NoneType"),
        ((np.ones(3),), "a tuple of 1"),
        ((np.ones(3),) * 3, "a tuple of 3"),
        ((), "a tuple of 0"),
    ],
)
def test_dout_is_a_tuple_of_n(dout, got):
    copy = Copy(2)
    copy.forward(np.ones(3))
    message = f"Copy 2: expected dout to be a tuple of 2 gradients, one for each copy, got {got}"
    with pytest.raises(TypeError, match="^" + re.escape(message) + "$"):
        copy.backward(dout)


def test_each_gradient_has_the_shape_of_x():
    copy = Copy(2)
    copy.forward(np.ones(3))
    message = "Copy 2: expected dout of shape (3,), the shape of the output, got (1,)"
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        copy.backward((np.ones(3), np.ones(1)))


@pytest.mark.parametrize("n", [0, -1, 2.0, "2", None, True])
def test_n_is_a_positive_integer(n):
    message = f"Copy: expected n to be a positive integer, got {n!r}"
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        Copy(n)


def test_repr():
    assert repr(Copy(3)) == "Copy(3)"
