import copy
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from layers import Dropout

ONES = np.ones(10_000)


def mask_of(dropout, x=ONES):
    return dropout.forward(np.ones_like(x))


@pytest.mark.parametrize(("p", "kept"), [(0.5, 2.0), (0.75, 4.0), (0.2, 1.25), (0.0, 1.0)])
def test_the_mask_holds_0_and_the_scale_in_their_shares(p, kept):
    mask = mask_of(Dropout(p, rng=0))
    assert set(mask) == ({0.0, kept} if p else {kept})
    assert (mask == 0).mean() == pytest.approx(p, abs=0.02)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_the_mean_over_many_masks_is_x(p):
    dropout, x = Dropout(p, rng=0), np.array([1.0, -3.0, 10.0])
    mean = np.mean([dropout.forward(x) for _ in range(20_000)], axis=0)
    np.testing.assert_allclose(mean, x, rtol=0.07)


def test_entries_are_dropped_independently_of_their_row_and_column():
    mask = mask_of(Dropout(0.5, rng=0), np.ones((100, 100)))
    for axis in (0, 1):
        shares = (mask == 0).mean(axis=axis)
        assert shares.min() > 0.25
        assert shares.max() < 0.75


def test_backward_uses_the_mask_of_the_last_forward():
    dropout = Dropout(0.5, rng=0)
    dropout.forward(ONES)
    x = np.arange(1.0, 101.0)
    y = dropout.forward(x)
    dx, grads = dropout.backward(np.full(100, 3.0))
    np.testing.assert_array_equal(dx, 3 * y / x)
    assert grads == {}


def test_the_same_seed_draws_the_same_masks_and_each_forward_another():
    one, same, other = (Dropout(0.5, rng=seed) for seed in (1, 1, 2))
    first = mask_of(one)
    assert first.tolist() == mask_of(same).tolist()
    assert first.tolist() != mask_of(other).tolist()
    second = mask_of(one)
    assert first.tolist() != second.tolist()
    assert second.tolist() == mask_of(same).tolist()


def test_a_generator_is_used_in_its_current_state():
    rng = np.random.default_rng(1)
    assert mask_of(Dropout(0.5, rng=rng)).tolist() == mask_of(Dropout(0.5, rng=1)).tolist()
    assert rng.random() != np.random.default_rng(1).random()


def test_without_a_seed_two_layers_differ():
    assert mask_of(Dropout(0.5)).tolist() != mask_of(Dropout(0.5)).tolist()


def test_the_global_random_state_is_neither_used_nor_changed():
    state = np.random.get_state
    before = state()[1].tobytes()
    mask_of(Dropout(0.5))
    assert state()[1].tobytes() == before


def test_predict_gives_x_and_draws_nothing():
    dropout, same = Dropout(0.5, rng=0), Dropout(0.5, rng=0)
    assert dropout.predict(ONES) is ONES
    assert mask_of(dropout).tolist() == mask_of(same).tolist()


def test_a_copy_draws_what_the_original_would_have_drawn():
    dropout = Dropout(0.5, rng=0)
    mask_of(dropout)
    other = copy.deepcopy(dropout)
    assert mask_of(other).tolist() == mask_of(dropout).tolist()


def test_nan_is_never_dropped_to_0():
    y = Dropout(0.9, rng=0).forward(np.full(100, np.nan))
    assert np.isnan(y).all()


@pytest.mark.parametrize("p", [0, 0.0, 0.5, 0.999, np.float32(0.5), np.int64(0)])
def test_p_is_at_least_0_and_below_1(p):
    dropout = Dropout(p)
    assert dropout.p == p
    assert type(dropout.p) is float


@pytest.mark.parametrize("p", [1, 1.0, 1.5, -0.1, np.nan, np.inf, True, False, "0.5", None, [0.5]])
def test_any_other_p_is_refused(p):
    message = f"Dropout: expected p, the probability of dropping, in [0, 1), got {p!r}"
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        Dropout(p)


def test_repr_and_label_tell_p():
    assert repr(Dropout(0.25, rng=3)) == "Dropout(0.25)"
    with pytest.raises(RuntimeError, match=r"^Dropout 0\.25: backward was called before forward"):
        Dropout(0.25).backward(1.0)


@given(
    hnp.arrays(
        st.sampled_from([np.float32, np.float64]),
        hnp.array_shapes(min_dims=0, max_side=4),
        elements=st.floats(-100, 100, width=32),
    ),
    st.floats(0, 0.95),
)
@settings(deadline=None, max_examples=60, derandomize=True)
def test_each_entry_is_dropped_or_scaled(x, p):
    dropout = Dropout(p, rng=0)
    y = dropout.forward(x)
    dx, _ = dropout.backward(np.ones(x.shape))
    assert y.shape == dx.shape == x.shape
    assert y.dtype == dx.dtype == x.dtype
    scaled = np.isclose(dx, 1 / (1 - p), rtol=1e-6)
    assert (scaled | (dx == 0)).all()
    np.testing.assert_allclose(y, np.where(scaled, x / (1 - p), 0), rtol=1e-5, atol=1e-30)
