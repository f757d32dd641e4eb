"""Parameters, gradients and state in any layout of memory, and those that are refused."""

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

from optimizers import SGD, Adam, Clipped, clip_by_norm, clip_by_value, look_ahead, running
from tests.optimizers.table import ROWS

SHAPE = (6, 5)


def strided(array):
    wide = np.zeros((array.shape[0] * 2, array.shape[1] * 3), array.dtype)
    wide[::2, ::3] = array
    return wide[::2, ::3]


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


LAYOUTS = {
    "F": np.asfortranarray,
    "transposed": lambda array: array.T.copy().T,
    "strided": strided,
    "reversed": lambda array: array[::-1, ::-1].copy()[::-1, ::-1],
    "big-endian": lambda array: array.astype(array.dtype.newbyteorder(">")),
    "matrix": lambda array: array.copy().view(np.matrix),
}
OF_GRADIENTS = {
    **LAYOUTS,
    "read-only": read_only,
    "broadcast": lambda array: np.broadcast_to(array[:1], array.shape),
}


def path(row, of_params=np.copy, of_grads=np.copy, between=lambda optimizer: None):
    rng = np.random.default_rng(0)
    params = {"W": of_params(rng.normal(size=SHAPE)), "b": rng.normal(size=5)}
    optimizer = row.ours()
    for _ in range(3):
        W = of_grads(rng.normal(size=(1, 5)) * np.ones(SHAPE))
        optimizer.step(params, {"W": W, "b": rng.normal(size=5)})
        between(optimizer)
    return np.asarray(params["W"], float)


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_every_layout_gives_the_same_numbers(row, compiled, monkeypatch):
    if not compiled:
        monkeypatch.setattr("optimizers.optimizer.compiled", lambda loop: None)
        monkeypatch.setattr(running, "BLOCK", 8)
    right = path(row)
    for layout in LAYOUTS.values():
        np.testing.assert_allclose(path(row, of_params=layout), right, rtol=1e-13)
    for layout in OF_GRADIENTS.values():
        np.testing.assert_allclose(path(row, of_grads=layout), right, rtol=1e-13)

    def restore(layout):
        def between(optimizer):
            saved = optimizer.state_dict()
            for key in ("W",):
                for slot, array in saved["state"][key].items():
                    saved["state"][key][slot] = layout(array)
            optimizer.load_state_dict(saved)

        return between

    for layout in (*LAYOUTS.values(), lambda array: array.astype(np.longdouble), read_only):
        np.testing.assert_allclose(path(row, between=restore(layout)), right, rtol=1e-13)


@pytest.mark.parametrize("row", ROWS[:1] + ROWS[6:7], ids=str)
def test_state_of_another_precision_is_taken_in_that_of_the_parameter(row):
    optimizer, theta = row.ours(), np.ones(3, np.float32)
    optimizer.state["W"] = {slot: np.zeros(3) for slot in optimizer.slots}
    optimizer.step({"W": theta}, {"W": np.ones(3, np.float32)})
    assert {array.dtype for array in optimizer.state["W"].values()} <= {theta.dtype}


@pytest.mark.parametrize("name", ["SGD all", "AdamW weight_decay", "Adafactor weight_decay"])
def test_gradients_in_the_memory_of_the_parameters_are_those_of_before_the_step(name):
    row = next(row for row in ROWS if row.name == name)
    start = np.random.default_rng(0).normal(size=301)
    for make in (lambda a: a[1:], lambda a: a[:-1][::-1], lambda a: a[:-1]):
        buffer = start.copy()
        params, apart = {"W": buffer[:-1]}, {"W": start[:-1].copy()}
        row.ours().step(params, {"W": make(buffer)})
        row.ours().step(apart, {"W": make(start).copy()})
        np.testing.assert_array_equal(params["W"], apart["W"])


REFUSED = {
    "float16": (
        np.ones(4, np.float16),
        TypeError,
        r"in float32 or float64, got float16, in which s",
    ),
    "masked": (np.ma.masked_equal([1.0, 2, 3, 4], 3), TypeError, "without a mask, got a masked"),
    "complex": (np.ones(4, complex), TypeError, "array, got complex128|numbers, got complex128"),
    "list": ([1.0] * 4, TypeError, "got list"),
}
BROADCAST = as_strided(np.ones(1), (4,), (0,))
OVERLAPPING = as_strided(np.ones(5), (2, 2), (8, 8))


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_computed_with_is_refused_and_nothing_is_changed(kind):
    bad, error, match = REFUSED[kind]
    optimizer, theta, good = Adam(), np.ones(4), np.ones(4)
    for params, grads in (
        ({"a": theta, "W": bad}, {"a": good, "W": good}),
        ({"a": theta, "W": theta.copy()}, {"a": good, "W": bad}),
    ):
        with pytest.raises(error, match=match):
            optimizer.step(params, grads)
    for clip in (clip_by_norm, clip_by_value):
        with pytest.raises(error, match=rf"^{clip.__name__}: expected grads\['W'\].*{match}"):
            clip({"a": good, "W": bad}, 1.0)
    with pytest.raises(error, match=match):
        Clipped(optimizer, norm=1.0).step({"W": theta}, {"W": bad})
    with pytest.raises(error, match=match), look_ahead(SGD(momentum=0.5), {"W": bad}):
        pass
    assert (optimizer.t, optimizer.state, theta.tolist()) == (0, {}, [1.0] * 4)


@pytest.mark.parametrize("theta", [BROADCAST, OVERLAPPING], ids=["broadcast", "overlapping"])
def test_entries_without_memory_of_their_own_are_refused(theta):
    optimizer, before = SGD(), theta.copy()
    with pytest.raises(ValueError, match=r"every entry of params\['W'\] to have memory of its own"):
        optimizer.step({"W": theta}, {"W": np.ones(theta.shape)})
    np.testing.assert_array_equal(theta, before)
    assert (optimizer.t, optimizer.state) == (0, {})


def test_one_array_under_two_names_is_moved_by_both_gradients():
    for size in (3, 70_000):
        W = np.zeros(size)
        SGD(1.0).step({"a": W, "b": W}, {"a": np.ones(size), "b": np.full(size, 10.0)})
        assert np.unique(W).tolist() == [-11.0]
