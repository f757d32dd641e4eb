import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nets.text import windows


def test_by_hand():
    x, y = windows([5, 6, 7, 8, 9], 3)
    assert x.tolist() == [[5, 6, 7], [6, 7, 8]]
    assert y.tolist() == [8, 9]


def test_with_a_start_every_token_has_a_window():
    x, y = windows(np.array([5, 6], np.int32), 3, start=1)
    assert x.tolist() == [[1, 1, 1], [1, 1, 5]]
    assert y.tolist() == [5, 6]
    assert x.dtype == y.dtype == np.int32


@given(st.lists(st.integers(0, 9), min_size=2, max_size=40), st.data())
@settings(deadline=None, max_examples=50, derandomize=True)
def test_a_window_is_the_tokens_before_its_target(ids, data):
    context = data.draw(st.integers(1, len(ids) - 1))
    x, y = windows(ids, context)
    assert len(x) == len(y) == len(ids) - context
    for place, (window, after) in enumerate(zip(x.tolist(), y.tolist(), strict=True)):
        assert [*window, after] == ids[place : place + context + 1]


def test_the_text_may_be_written_into_afterwards():
    ids = np.arange(6)
    x, y = windows(ids, 2)
    ids[...] = 7
    assert x[0].tolist() == [0, 1]
    assert y.tolist() == [2, 3, 4, 5]
    assert x.flags.c_contiguous


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_window_longer_than_the_text_is_refused(length):
    message = (
        "windows: expected a text longer than the window, of at least 4 tokens for a context of 3, "
        f"got {length}"
    )
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        windows(range(length), 3)


@pytest.mark.parametrize(("ids", "found"), [([], "an empty text"), ([[1, 2]], "shape (1, 2)")])
@pytest.mark.parametrize("start", [None, 0])
def test_anything_but_text_is_refused(ids, found, start):
    message = f"windows: expected ids to be a row of the ids of a text's tokens, got {found}"
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        windows(ids, 1, start=start)


def test_ids_are_integers_and_the_context_is_a_count():
    with pytest.raises(TypeError, match=r"^windows: expected integer ids, got dtype float64$"):
        windows([1.0, 2.0], 1)
    with pytest.raises(ValueError, match="windows: expected context to be a positive integer"):
        windows([1, 2], 0)


@pytest.mark.parametrize("start", [np.nan, 0.5, -1, True, "a", [0], 2**40])
def test_a_start_that_is_not_a_token_is_refused(start):
    with pytest.raises((TypeError, ValueError), match=r"^windows: expected start to be"):
        windows([1, 2, 3], 2, start=start)


def test_a_start_that_is_too_large_for_the_dtype_of_the_ids_is_kept():
    assert windows(np.array([1, 2], np.int8), 2, start=300)[0].tolist() == [[300, 300], [300, 1]]
