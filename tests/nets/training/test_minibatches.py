"""Minibatches hold every example once, x and y together."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nets import minibatches

X = np.arange(60.0).reshape(20, 3)
Y = np.arange(20)


def order(*args, **options):
    """Which examples come, one list a batch; x and y are held against each other on the way."""
    found = []
    for x, y in minibatches(*(args or (X, Y)), **options):
        assert np.array_equal(x, X[y])
        found.append(y.tolist())
    return found


@given(
    n=st.integers(1, 20),
    batch_size=st.sampled_from(["all", None]) | st.integers(1, 25),
    shuffle=st.booleans(),
    seed=st.integers(0, 2**32),
)
@settings(deadline=None, derandomize=True, max_examples=150)
def test_every_example_comes_once_and_x_and_y_stay_together(n, batch_size, shuffle, seed):
    batches = order(X[:n], Y[:n], batch_size=batch_size, shuffle=shuffle, rng=seed)
    seen = [example for batch in batches for example in batch]
    assert sorted(seen) == list(range(n))
    assert shuffle or seen == list(range(n))
    size = batch_size if isinstance(batch_size, int) else n
    assert [len(batch) for batch in batches[:-1]] == [size] * (math.ceil(n / size) - 1)
    assert 1 <= len(batches[-1]) <= size


def test_without_shuffling_the_order_stays():
    expected = [list(range(0, 8)), list(range(8, 16)), list(range(16, 20))]
    assert order(batch_size=8, shuffle=False) == expected
    assert order(batch_size=8, shuffle=False, rng=5) == expected


def test_the_same_seed_gives_the_same_order():
    assert order(batch_size=6, rng=3) == order(batch_size=6, rng=3) != order(batch_size=6, rng=4)


def test_one_generator_gives_a_new_order_at_each_call():
    rng = np.random.default_rng(3)
    first, second = order(batch_size=6, rng=rng), order(batch_size=6, rng=rng)
    assert first != second
    assert first == order(batch_size=6, rng=3)


def test_without_a_seed_every_call_has_its_own_order():
    assert order() != order()


def test_shuffling_reaches_the_whole_set():
    """Not only within the batches: an example may come first or last."""
    rng = np.random.default_rng(0)
    firsts = {order(batch_size=5, rng=rng)[0][0] for _ in range(200)}
    assert firsts == set(range(20))


def test_the_global_random_numbers_are_left_alone():
    state = np.random.get_state()[1].tobytes()  # noqa: NPY002, it is what is looked at
    order(batch_size=3)
    assert np.random.get_state()[1].tobytes() == state  # noqa: NPY002


def test_the_examples_are_left_as_they_are():
    x, y = X.copy(), Y.copy()
    for batch, labels in minibatches(x, y, 6, rng=0):
        batch[...] = -1
        labels[...] = -1
    assert np.array_equal(x, X)
    assert np.array_equal(y, Y)


def test_examples_of_any_shape_and_dtype():
    x = np.arange(24, dtype=np.float32).reshape(4, 2, 3)
    y = np.array(["a", "b", "c", "d"])
    batches = list(minibatches(x, y, 3, rng=0))
    assert [batch.shape for batch, _ in batches] == [(3, 2, 3), (1, 2, 3)]
    assert {batch.dtype for batch, _ in batches} == {np.dtype(np.float32)}
    assert sorted(np.concatenate([names for _, names in batches])) == list("abcd")


@pytest.mark.parametrize("batch_size", [0, -1, 2.5, True, "8", "every"])
def test_a_batch_size_that_is_not_a_count_is_refused(batch_size):
    with pytest.raises(ValueError, match="minibatches: expected batch_size to be a positive in"):
        list(minibatches(X, Y, batch_size))


@pytest.mark.parametrize("shuffle", [False, True])
def test_x_and_y_of_different_lengths_are_refused(shuffle):
    with pytest.raises(ValueError, match="one entry for each example"):
        list(minibatches(X[:15], Y, 5, shuffle=shuffle))
