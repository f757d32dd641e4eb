import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers import Concat, assert_gradients


def test_by_hand():
    concat = Concat()
    y = concat.forward([[1.0], [2.0]], [[3.0, 4.0], [5.0, 6.0]])
    assert y.tolist() == [[1.0, 3.0, 4.0], [2.0, 5.0, 6.0]]
    (dx0, dx1), grads = concat.backward([[10.0, 20.0, 30.0], [40.0, 50.0, 60.0]])
    assert dx0.tolist() == [[10.0], [40.0]]
    assert dx1.tolist() == [[20.0, 30.0], [50.0, 60.0]]
    assert grads == {}


def test_along_the_first_axis():
    concat = Concat(axis=0)
    assert concat.forward([1.0], [2.0, 3.0], [4.0]).tolist() == [1.0, 2.0, 3.0, 4.0]
    dx, _ = concat.backward([10.0, 20.0, 30.0, 40.0])
    assert [part.tolist() for part in dx] == [[10.0], [20.0, 30.0], [40.0]]


def test_an_input_without_entries_gets_a_gradient_without_entries():
    concat = Concat()
    assert concat.forward(np.ones((2, 0)), np.ones((2, 1))).shape == (2, 1)
    dx, _ = concat.backward(np.ones((2, 1)))
    assert [part.shape for part in dx] == [(2, 0), (2, 1)]


@pytest.mark.parametrize("axis", [1, -1, 2, -3])
def test_a_missing_axis_is_refused(axis):
    shapes = ((2,), (2, 3)) if axis in (1, 2) else ((), (2,))
    message = f"Concat: expected arrays with an axis {axis}, got {shapes[0]} and {shapes[1]}"
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        Concat(axis).forward(*map(np.ones, shapes))


@pytest.mark.parametrize(
    ("axis", "shapes"),
    [
        (-1, ((2, 3), (3, 3))),
        (0, ((2, 3), (2, 4))),
        (0, ((2,), (2, 1))),
        (-1, ((2, 3), (1, 3))),
        (1, ((2, 3, 4), (2, 3))),
        (-1, ((3, 2, 5), (2, 3, 5))),
    ],
)
def test_shapes_that_do_not_fit_are_refused(axis, shapes):
    message = (
        f"Concat: expected shapes that differ at most along axis {axis}, "
        f"got {shapes[0]} and {shapes[1]}"
    )
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        Concat(axis).forward(*map(np.ones, shapes))


@pytest.mark.parametrize("axis", [1.0, "1", None, True, (0, 1)])
def test_the_axis_is_an_integer(axis):
    message = f"Concat: expected axis to be an integer, got {axis!r}"
    with pytest.raises(TypeError, match="^" + re.escape(message) + "$"):
        Concat(axis)


def test_repr():
    assert repr(Concat()) == "Concat()"
    assert repr(Concat(np.int64(0))) == "Concat(axis=0)"


@given(
    st.lists(st.integers(0, 3), min_size=2, max_size=4),
    st.lists(st.integers(1, 3), max_size=2),
    st.data(),
)
@settings(deadline=None, max_examples=60, derandomize=True)
def test_what_is_put_together_comes_apart_again(sizes, others, data):
    place = data.draw(st.integers(0, len(others)))
    axis = data.draw(st.sampled_from([place, place - len(others) - 1]))
    rng = np.random.default_rng(0)
    xs = [rng.normal(size=(*others[:place], size, *others[place:])) for size in sizes]
    concat = Concat(axis)
    y = concat.forward(*xs)
    dx, _ = concat.backward(y)
    for x, part in zip(xs, dx, strict=True):
        np.testing.assert_array_equal(x, part)


def test_the_gradient_is_correct_on_each_axis():
    rng = np.random.default_rng(0)
    for axis in (0, 1, 2, -1, -2, -3):
        assert_gradients(Concat(axis), rng.normal(size=(2, 3, 2)), rng.normal(size=(2, 3, 2)))
