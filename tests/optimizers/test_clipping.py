"""Gradient clipping: by the norm of all gradients together, and entry by entry."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers import MSE, FullyConnected
from nets import DivergenceError, Sequential, fit
from optimizers import SGD, Adam, Clipped, Optimizer, clip_by_norm, clip_by_value
from tests.optimizers.table import arrays


def norm_of(grads):
    return np.linalg.norm(np.concatenate([g.ravel() for g in grads.values()]).astype(float))


both = pytest.mark.parametrize("clip", [clip_by_norm, clip_by_value])


def test_by_norm_all_gradients_are_shortened_by_one_factor():
    grads = {"W": np.array([[6.0, 0.0]]), "b": np.array([-8.0])}
    clipped = clip_by_norm(grads, 5)
    assert {key: g.tolist() for key, g in clipped.items()} == {"W": [[3.0, 0.0]], "b": [-4.0]}


@pytest.mark.parametrize("max_norm", [10.0, 11, 1e9])
def test_by_norm_short_gradients_stay_as_they_are(max_norm):
    grads = {"W": np.array([[6.0, 0.0]]), "b": np.array([-8.0])}
    clipped = clip_by_norm(grads, max_norm)
    assert all(clipped[key] is g for key, g in grads.items())
    assert clipped is not grads


def test_by_value_every_entry_is_cut():
    grads = {"W": np.array([[6.0, -0.5]]), "b": np.array([-8.0, 2.0, np.inf])}
    clipped = clip_by_value(grads, 2)
    assert {key: g.tolist() for key, g in clipped.items()} == {
        "W": [[2.0, -0.5]],
        "b": [-2.0, 2.0, 2.0],
    }


@given(seed=st.integers(0, 99), limit=st.floats(1e-6, 20))
@settings(deadline=None, derandomize=True, max_examples=30)
def test_no_gradient_is_longer_than_the_limit_and_the_direction_is_kept(seed, limit):
    grads = arrays(seed)
    clipped = clip_by_norm(grads, limit)
    assert norm_of(clipped) == pytest.approx(min(norm_of(grads), limit))
    for key, g in grads.items():
        assert clipped[key] / norm_of(clipped) == pytest.approx(g / norm_of(grads))
    assert max(np.abs(g).max() for g in clip_by_value(grads, limit).values()) <= limit


@pytest.mark.parametrize("limit", [0.1, 1.0, 3.0, 100.0])
def test_gradients_are_clipped_as_pytorch_does(limit):
    torch = pytest.importorskip("torch", reason="the oracle: pip install handgrad[oracle]")
    for ours, theirs in (
        (clip_by_norm, torch.nn.utils.clip_grad_norm_),
        (clip_by_value, torch.nn.utils.clip_grad_value_),
    ):
        tensors = []
        for g in arrays(1).values():
            tensors.append(torch.zeros(g.shape, dtype=torch.float64, requires_grad=True))
            tensors[-1].grad = torch.tensor(g)
        theirs(tensors, limit)
        for g, tensor in zip(ours(arrays(1), limit).values(), tensors, strict=True):
            np.testing.assert_allclose(g, tensor.grad.numpy(), rtol=1e-6)  # they add 1e-6


@both
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gradients_are_left_as_they_are_and_keep_their_dtype(clip, dtype):
    grads = arrays(1, dtype)
    for g in grads.values():
        g.flags.writeable = False
    before = {key: g.copy() for key, g in grads.items()}
    clipped = clip(grads, 0.5)
    for key, g in clipped.items():
        assert g.dtype == dtype
        assert not np.shares_memory(g, grads[key])
        assert np.array_equal(grads[key], before[key])


@pytest.mark.parametrize(("dtype", "huge"), [("f4", 1e38), ("f8", 1e300), ("f8", 1e308)])
def test_gradients_whose_squares_overflow_are_what_clipping_is_for(dtype, huge):
    clipped = clip_by_norm({"W": np.full(4, huge, dtype), "b": np.zeros(2, dtype)}, 1.0)
    assert clipped["W"] == pytest.approx(np.full(4, 0.5), rel=1e-6)
    two = clip_by_norm({"W": np.full(2, huge, dtype), "b": np.full(2, huge)}, 1.0)
    assert [two["W"][0], two["b"][0]] == pytest.approx([0.5, 0.5], rel=1e-6)
    assert two["W"].dtype == dtype


@pytest.mark.parametrize("tiny", [1e-200, 5e-324])
def test_gradients_whose_squares_vanish_are_clipped_too(tiny):
    clipped = clip_by_norm({"W": np.full(4, 8 * tiny)}, 2 * tiny)
    assert clipped["W"].tolist() == [tiny] * 4
    assert clip_by_norm({"W": np.full(4, tiny)}, 1.0)["W"].tolist() == [tiny] * 4


def test_gradients_of_integers_and_none_and_empty_ones_can_be_clipped():
    assert clip_by_norm({"W": np.array([3, 4])}, 1)["W"] == pytest.approx([0.6, 0.8])
    assert clip_by_value({"W": np.array([3, -4])}, 1.5)["W"].tolist() == [1.5, -1.5]
    for clip in (clip_by_norm, clip_by_value):
        assert clip({}, 1.0) == {}
        assert clip({"W": np.zeros((0, 3)), "b": np.zeros(2)}, 0.0)["b"].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_by_norm_what_is_not_finite_is_refused_by_name(bad):
    grads = {"W": np.ones(3), "b": np.array([1.0, bad])}
    with pytest.raises(ValueError, match=r"^clip_by_norm: grads\['b'\] holds nan or infinity, whi"):
        clip_by_norm(grads, 1.0)


@both
@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_a_limit_is_a_finite_number_from_0(clip, bad):
    with pytest.raises(ValueError, match=r"expected (max_norm|limit) to be a finite number"):
        clip(arrays(1), bad)


@both
@pytest.mark.parametrize("bad", [None, [np.ones(2)], (np.ones(2), {})])
def test_gradients_are_a_dict(clip, bad):
    match = f"^clip_by_.*: expected grads to be a dict of arrays, got {type(bad).__name__}$"
    with pytest.raises(TypeError, match=match):
        clip(bad, 1.0)


# The optimizer that sees clipped gradients.


@pytest.mark.parametrize(
    ("options", "clip"), [({"norm": 0.5}, clip_by_norm), ({"value": 0.25}, clip_by_value)]
)
def test_clipped_makes_the_step_of_the_clipped_gradients(options, clip):
    clipped, plain = Clipped(Adam(0.1), **options), Adam(0.1)
    params, same = arrays(0), arrays(0)
    for seed in range(1, 5):
        clipped.step(params, arrays(seed))
        plain.step(same, clip(arrays(seed), *options.values()))
    for key, theta in params.items():
        assert np.array_equal(theta, same[key])
    assert (clipped.t, clipped.learning_rate) == (4, 0.1)
    assert clipped.optimizer.state.keys() == params.keys()


def steep(optimizer):
    """A run whose targets are large: plain descent at this rate diverges."""
    x = np.random.default_rng(0).normal(size=(50, 3)) * 10
    net = Sequential(FullyConnected(3, 1, rng=0))
    options = {"epochs": 300, "batch_size": "all", "progress": False}
    return fit(net, MSE(), optimizer, x, x @ np.array([[5.0], [-3.0], [1.0]]), **options)


def test_a_run_that_would_diverge_gets_somewhere_with_short_steps():
    with pytest.raises(DivergenceError, match=r"the learning rate, 0\.05"):
        steep(SGD(0.05))
    assert steep(Clipped(SGD(0.05), norm=1.0)).loss[-1] < 1.0
    assert steep(Clipped(SGD(0.05), value=1.0)).loss[-1] < 1.0


def test_a_run_that_still_diverges_reports_the_rate():
    with pytest.raises(DivergenceError, match=r"the learning rate, 0\.05, is probably too large"):
        steep(Clipped(SGD(0.05), norm=1e300))


def test_a_gradient_that_cannot_be_clipped_changes_nothing():
    clipped, params = Clipped(SGD(0.1), norm=1.0), {"W": np.ones(2)}
    with pytest.raises(ValueError, match="holds nan or infinity"):
        clipped.step(params, {"W": np.array([1.0, np.nan])})
    assert (clipped.t, params["W"].tolist()) == (0, [1.0, 1.0])


def test_settings_are_set_on_the_optimizer_inside():
    clipped = Clipped(SGD(0.1), norm=1.0)
    clipped.learning_rate, clipped.t = 0.5, 3
    assert (clipped.optimizer.learning_rate, clipped.optimizer.t) == (0.5, 3)


def test_repr_evals_back_and_copies_are_made():
    clipped = Clipped(SGD(0.1), norm=1.0)
    again = eval(repr(clipped), {"Clipped": Clipped, "SGD": SGD})
    assert repr(again) == repr(clipped)
    for other in (copy.deepcopy(clipped), pickle.loads(pickle.dumps(clipped))):
        assert repr(other) == repr(clipped)
        assert other.optimizer is not clipped.optimizer


@pytest.mark.parametrize(
    ("make", "error", "sentence"),
    [
        (
            lambda: Clipped(SGD()),
            ValueError,
            "expected exactly one of norm and value, got norm=None",
        ),
        (
            lambda: Clipped(SGD(), 1.0, 2.0),
            ValueError,
            "norm and value, got norm=1.0 and value=2.0$",
        ),
        (
            lambda: Clipped(SGD(), norm=-1.0),
            ValueError,
            "Clipped: expected norm to be a finite number, at least",
        ),
        (
            lambda: Clipped(SGD(), value="1"),
            TypeError,
            "Clipped: expected value to be a number, got '1'",
        ),
        (
            lambda: Clipped(SGD, norm=1.0),
            TypeError,
            "expected an optimizer such as Adam.., got <",
        ),
        (
            lambda: Clipped(0.1, norm=1.0),
            TypeError,
            "expected an optimizer such as Adam.., got 0",
        ),
    ],
)
def test_invalid_arguments_are_refused(make, error, sentence):
    with pytest.raises(error, match=sentence):
        make()


def test_clipped_is_an_optimizer_that_is_saved_and_continues():
    one, params = Clipped(Adam(0.1), norm=0.5), arrays(0)
    one.step(params, arrays(1))
    other, same = Clipped(Adam(0.3), norm=9.0), {key: theta.copy() for key, theta in params.items()}
    assert isinstance(one, Optimizer)
    other.load_state_dict(one.state_dict())
    assert repr(other) == repr(one)
    assert (other.t, other.state.keys()) == (1, params.keys())
    for optimizer, thetas in ((one, params), (other, same)):
        optimizer.step(thetas, arrays(2))
    for key, theta in params.items():
        assert np.array_equal(theta, same[key])


@pytest.mark.parametrize(
    "damage",
    [
        {"rule": "Adam"},
        {"settings": {"norm": -1.0, "value": None}},
        {"settings": {"norm": 1.0}},
        {"optimizer": SGD().state_dict()},
        {"optimizer": None},
    ],
)
def test_what_is_not_its_state_dict_is_refused_and_nothing_is_changed(damage):
    clipped = Clipped(Adam(0.1), norm=0.5)
    saved = {**Clipped(Adam(0.3), norm=9.0).state_dict(), **damage}
    with pytest.raises(ValueError, match="load_state_dict: "):
        clipped.load_state_dict(saved)
    assert repr(clipped) == repr(Clipped(Adam(0.1), norm=0.5))
