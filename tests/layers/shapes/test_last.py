"""The last step, with and without padding."""

import re

import numpy as np
import pytest

from layers import Last


def test_lengths_say_where_the_last_step_is():
    x, last = np.arange(24.0).reshape(3, 4, 2), Last()
    assert last.forward(x, [1, 4, 2]).tolist() == [[0.0, 1.0], [14.0, 15.0], [18.0, 19.0]]
    dx, _ = last.backward(np.ones((3, 2)))
    assert dx[:, :, 0].tolist() == [[1, 0, 0, 0], [0, 0, 0, 1], [0, 1, 0, 0]]
    np.testing.assert_array_equal(last.forward(x), x[:, -1])


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((2, 3), "expected x of shape (N, T, D), got (2, 3); one sequence is x[None]"),
        ((2, 0, 3), "expected sequences of at least one step, got x of shape (2, 0, 3)"),
    ],
)
def test_anything_but_a_sequence_is_refused(shape, message):
    with pytest.raises(ValueError, match="^" + re.escape(f"Last: {message}")):
        Last().forward(np.zeros(shape))
