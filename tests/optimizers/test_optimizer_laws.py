"""What every optimizer keeps to, whatever its rule."""

import copy
import inspect
import math
import os
import pickle
import re
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import optimizers
from optimizers import SGD, Adadelta, Adafactor, Adagrad, Adam, AdamW, Clipped, Optimizer, RMSProp
from tests.optimizers.table import KEYS, ROWS, arrays

ROOT = Path(optimizers.__file__).parents[1]
RULES = [SGD, Adagrad, Adadelta, RMSProp, Adam, AdamW, Adafactor]
FRACTIONS = {"momentum", "beta1", "beta2", "rho", "alpha"}
LAST = KEYS[-1]

elementwise = [row for row in ROWS if row.rule.elementwise]
ONE_A_RULE = [next(row for row in ROWS if row.rule is rule) for rule in RULES]
every_row = pytest.mark.parametrize("row", ROWS, ids=str)
a_row_of_each = pytest.mark.parametrize("row", ONE_A_RULE, ids=str)  # where the code is shared
two_rows = pytest.mark.parametrize("row", [ROWS[1], ROWS[5]], ids=str)  # where it is the same
every_rule = pytest.mark.parametrize("rule", RULES)


def frozen(value):
    """Everything in nested dicts, arrays to the bit, as something that can be compared."""
    if isinstance(value, dict):
        return {key: frozen(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    return value


def everything(optimizer, params):
    return frozen(optimizer.state_dict()), frozen(dict(params))


def trained(optimizer, steps=3, dtype=np.float64):
    """Parameters after some steps whose gradients depend on the parameters."""
    params = arrays(0, dtype)
    run(optimizer, params, steps)
    return params


def run(optimizer, params, steps):
    for _ in range(steps):
        optimizer.step(params, {key: np.sin(3 * theta) + theta for key, theta in params.items()})


def fresh(optimizer, theta):
    """What a rule remembers of a parameter before the first step."""
    shapes = optimizer.shapes(theta.shape)
    return {slot: np.zeros_like(theta, shape=shape) for slot, shape in shapes.items()}


def assert_refused(optimizer, params, grads, error, match):
    before = everything(optimizer, params)
    with pytest.raises(error, match=match):
        optimizer.step(params, grads)
    assert everything(optimizer, params) == before


def test_every_public_optimizer_is_in_the_table():
    public = {getattr(optimizers, name) for name in optimizers.__all__}
    rules = {
        thing
        for thing in public
        if isinstance(thing, type)
        and issubclass(thing, Optimizer)
        and thing not in (Optimizer, Clipped)
    }
    assert rules == {row.rule for row in ROWS}
    assert rules == set(RULES)


def test_no_two_rows_are_the_same():
    assert len({repr(row.ours()) for row in ROWS}) == len(ROWS)
    assert len({row.name for row in ROWS}) == len(ROWS)


# What a step writes.


@every_row
def test_a_step_writes_into_the_memory_that_is_there(row):
    params = arrays(0)
    given, views = dict(params), {key: theta[...] for key, theta in params.items()}
    before = {key: theta.copy() for key, theta in params.items()}
    row.ours().step(params, arrays(1))
    for key in KEYS:
        assert params[key] is given[key]
        assert np.array_equal(views[key], params[key])
        assert not np.isclose(params[key], before[key], rtol=0, atol=1e-9).any()


@a_row_of_each
def test_gradients_are_left_as_they_are(row):
    grads = arrays(1)
    before = frozen(grads)
    for g in grads.values():
        g.flags.writeable = False
    optimizer, params = row.ours(), arrays(0)
    for _ in range(3):
        optimizer.step(params, grads)
    assert frozen(grads) == before


@a_row_of_each
def test_a_step_reads_the_parameters_as_they_are_then(row):
    """Nothing of the parameters is remembered: what is written in between counts."""
    optimizer, params = row.ours(), arrays(0)
    optimizer.step(params, arrays(1))
    other, elsewhere = copy.deepcopy(optimizer), {key: theta + 1 for key, theta in params.items()}
    for theta in params.values():
        theta += 1
    optimizer.step(params, arrays(2))
    other.step(elsewhere, arrays(2))
    assert frozen(params) == frozen(elsewhere)


@every_row
def test_the_step_goes_against_the_gradient(row):
    params, grads = arrays(0), arrays(1)
    still = {key: theta.copy() for key, theta in params.items()}
    row.ours(weight_decay=0.0).step(params, grads)
    for key in KEYS:
        assert (np.sign(params[key] - still[key]) == -np.sign(grads[key])).all()


@every_row
def test_a_learning_rate_of_0_moves_nothing(row):
    params = arrays(0)
    before = frozen(params)
    row.ours(learning_rate=0).step(params, arrays(1))
    assert frozen(params) == before


@pytest.mark.parametrize("row", elementwise, ids=str)
@given(seed=st.integers(0, 99), cut=st.integers(0, 12), steps=st.integers(1, 4))
@settings(deadline=None, derandomize=True, max_examples=4)
def test_each_entry_goes_its_own_way(row, seed, cut, steps):
    """An array in one piece, in two, or in another memory order: the same numbers."""
    whole = np.random.default_rng(seed).normal(size=12)
    halves = {"a": whole[:cut].copy(), "b": whole[cut:].copy()}
    across = {"c": np.asfortranarray(whole.reshape(3, 4)).T}
    strided = {"d": np.repeat(whole, 2)[::2]}
    pieces = [{"whole": whole}, halves, across, strided]
    for params in pieces:
        run(row.ours(), params, steps)
    assert np.allclose(np.concatenate([*halves.values()]), whole, rtol=1e-14)
    assert np.allclose(across["c"].T.ravel(), whole, rtol=1e-14)
    assert np.allclose(strided["d"], whole, rtol=1e-14)


SIZES = [(3,), (), (0, 2), (150, 200), (190, 200), (70_000,), (300, 220), (1024, 1024)]


@every_row
def test_parameters_of_any_size_move_by_the_rule(row):
    """Joined with others, cut to pieces or shared among threads: `update` rules each of them."""
    rng = np.random.default_rng(0)
    params = {str(i): np.array(rng.normal(size=size), "f4") for i, size in enumerate(SIZES)}
    params["across"] = rng.normal(size=(400, 300)).astype("f4").T
    params["double"] = rng.normal(size=(190, 200))
    same = {key: theta.copy() for key, theta in params.items()}
    optimizer, by_hand = row.ours(), row.ours()
    state = {key: fresh(optimizer, theta) for key, theta in same.items()}
    for t in (1, 2):
        grads = {key: np.asarray(np.sin(3 * theta) + theta) for key, theta in params.items()}
        optimizer.step(params, grads)
        by_hand.t = t
        for key, theta in same.items():
            by_hand.update(theta, grads[key], state[key], by_hand.learning_rate)
            np.testing.assert_allclose(params[key], theta, rtol=1e-6, atol=1e-6)
            for slot, array in optimizer.state[key].items():
                np.testing.assert_allclose(array, state[key][slot], rtol=1e-6, atol=1e-6)


@a_row_of_each
@pytest.mark.parametrize("shape", [(2, 3), (200, 300)])
def test_names_that_share_their_memory_are_updated_one_after_the_other(row, shape):
    """Tied weights: the transpose of the first layer's, in the last."""
    start = np.random.default_rng(0).normal(size=shape)
    W, same = start.copy(), start.copy()
    params = {"0.W": W, "1.W": W.T}
    grads = {"0.W": np.ones(shape), "1.W": np.full(shape[::-1], -3.0)}
    row.ours().step(params, grads)
    by_hand = row.ours()
    by_hand.t = 1
    for theta, g in ((same, grads["0.W"]), (same.T, grads["1.W"])):
        by_hand.update(theta, g, fresh(by_hand, theta), by_hand.learning_rate)
    np.testing.assert_allclose(W, same, rtol=1e-12)


# State and clock.


@every_row
def test_state_is_kept_by_the_name_of_the_parameter(row):
    optimizer = row.ours()
    assert (optimizer.state, optimizer.t) == ({}, 0)
    params = trained(optimizer, steps=1)
    assert optimizer.state.keys() == params.keys()
    for key, slots in optimizer.state.items():
        shapes = optimizer.shapes(params[key].shape)
        assert {slot: array.shape for slot, array in slots.items()} == shapes
        for slot, array in slots.items():
            assert slot in optimizer.slots
            assert array.dtype == params[key].dtype
            assert array.any()
            assert not np.shares_memory(array, params[key])


@every_row
def test_the_clock_ticks_once_a_step_for_all_parameters(row):
    """Four parameters together move as each would alone, bias correction included."""
    together = row.ours()
    joint = trained(together, steps=4)
    assert together.t == 4
    for key, theta in arrays(0).items():
        alone = row.ours()
        run(alone, {key: theta}, 4)
        assert frozen(theta) == frozen(joint[key])
        assert frozen(alone.state[key]) == frozen(together.state[key])


@a_row_of_each
def test_parameters_with_the_same_local_name_share_no_state(row):
    optimizer = row.ours()
    params = {"0.W": np.ones(3), "1.W": np.ones(3)}
    grads = {"0.W": np.full(3, 2.0), "1.W": np.zeros(3)}
    optimizer.step(params, grads)
    for slot in optimizer.state["0.W"]:
        first, second = (optimizer.state[key][slot] for key in ("0.W", "1.W"))
        assert first is not second
        assert not np.array_equal(first, second)
    assert not np.array_equal(params["0.W"], params["1.W"])


@a_row_of_each
def test_state_may_be_written_and_then_rules(row):
    optimizer = row.ours()
    params = trained(optimizer)
    other, start = row.ours(), {key: theta.copy() for key, theta in params.items()}
    other.step(start, arrays(1))
    going_on = copy.deepcopy((optimizer, params))
    going_on[0].step(going_on[1], arrays(1))

    for number, slots in enumerate(optimizer.state.values()):
        for slot, array in slots.items():
            if number % 2:
                slots[slot] = np.zeros_like(array)
            else:
                array[...] = 0
    optimizer.t = 0
    optimizer.step(params, arrays(1))
    assert frozen(params) == frozen(start)
    if row.settings.get("beta1", 0.9) and optimizer.shapes(()):
        assert frozen(going_on[1]) != frozen(start)


@a_row_of_each
def test_state_can_be_emptied(row):
    optimizer = row.ours()
    params = trained(optimizer)
    other = {key: theta.copy() for key, theta in params.items()}
    optimizer.state, optimizer.t = {}, 0
    optimizer.step(params, arrays(1))
    row.ours().step(other, arrays(1))
    assert frozen(params) == frozen(other)


def test_state_may_be_exchanged():
    optimizer = SGD(1.0, momentum=0.5)
    params = {"a": np.array([0.0]), "b": np.array([0.0])}
    optimizer.step(params, {"a": np.array([4.0]), "b": np.array([16.0])})
    optimizer.state = {"b": optimizer.state["a"], "a": optimizer.state["b"]}
    optimizer.step(params, {"a": np.array([0.0]), "b": np.array([0.0])})
    assert params == {"a": [-4.0 - 8.0], "b": [-16.0 - 2.0]}


def test_state_may_be_renamed():
    optimizer = SGD(1.0, momentum=0.5)
    params = {"a": np.array([0.0])}
    optimizer.step(params, {"a": np.array([4.0])})
    optimizer.state["b"] = optimizer.state.pop("a")
    optimizer.step(params, {"a": np.array([2.0])})
    assert params["a"] == -6.0
    assert optimizer.state == {"a": {"v": [2.0]}, "b": {"v": [4.0]}}


@a_row_of_each
def test_a_parameter_may_join_later_and_another_pause(row):
    optimizer, params = row.ours(), arrays(0)
    first = {key: params[key] for key in KEYS[:2]}
    optimizer.step(first, {key: g for key, g in arrays(1).items() if key in first})
    waiting = frozen(optimizer.state["0.W"])
    rest = {key: params[key] for key in KEYS[2:]}
    optimizer.step(rest, {key: g for key, g in arrays(1).items() if key in rest})
    assert optimizer.state.keys() == params.keys()
    assert frozen(optimizer.state["0.W"]) == waiting
    assert optimizer.t == 2


# What a step refuses, changing nothing.


@two_rows
@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({LAST: None}, "to have the same keys, but grads lacks ['1.b']"),
        ({"2.W": 1}, "to have the same keys, but params lacks ['2.W']"),
        (
            {"0.W": None, LAST: None, "W": 1},
            "but grads lacks ['0.W', '1.b'] and params lacks ['W']",
        ),
    ],
    ids=["grads lack one", "grads have more", "both"],
)
def test_other_keys_are_named_and_nothing_changes(row, changed, sentence):
    optimizer = row.ours()
    params, grads = trained(optimizer), arrays(1)
    for key, added in changed.items():
        if added is None:
            del grads[key]
        else:
            grads[key] = np.ones(2)
    assert_refused(optimizer, params, grads, KeyError, re.escape(sentence))


BAD_GRADIENTS = {
    "shape": (
        np.ones((4, 1)),
        ValueError,
        r"of shape \(4,\), the shape of the param.*got \(4, 1\)",
    ),
    "broadcasts": (np.ones(1), ValueError, r"expected grads\['1.b'\] of shape \(4,\).*got \(1,\)"),
    "scalar": (np.array(1.0), ValueError, r"of shape \(4,\), the shape of the param.*got \(\)"),
    "object": (np.array([1, 2, 3, None]), TypeError, "array of real numbers, got object"),
    "complex": (np.ones(4, complex), TypeError, "array of real numbers, got complex128"),
    "bool": (np.ones(4, bool), TypeError, "array of real numbers, got bool"),
    "text": (np.array(list("abcd")), TypeError, "array of real numbers, got <U1"),
    "None": (None, TypeError, r"expected grads\['1.b'\] to be an array.*got NoneType"),
    "list": ([1.0, 2.0, 3.0, 4.0], TypeError, "array of real numbers, got list"),
    "float": (1.0, TypeError, "array of real numbers, got float"),
}


@two_rows
@pytest.mark.parametrize("kind", BAD_GRADIENTS)
def test_a_gradient_that_does_not_fit_is_refused(row, kind):
    """It is the last one: those before it must not have been used by then."""
    bad, error, match = BAD_GRADIENTS[kind]
    optimizer = row.ours()
    params = trained(optimizer)
    assert_refused(optimizer, params, {**arrays(1), LAST: bad}, error, match)


def read_only():
    theta = np.ones(4)
    theta.flags.writeable = False
    return theta


BAD_PARAMETERS = {
    "integers": (np.ones(4, int), TypeError, r"params\['1.b'\] to be a floating array, got int64"),
    "complex": (np.ones(4, complex), TypeError, "to be a floating array, got complex128"),
    "objects": (np.ones(4, object), TypeError, "to be a floating array, got object"),
    "list": ([1.0] * 4, TypeError, "to be a floating array, got list"),
    "number": (np.float64(1.0), TypeError, "to be a floating array, got float64"),
    "read-only": (read_only(), ValueError, r"params\['1.b'\] to be writable, got a read-only"),
}


@two_rows
@pytest.mark.parametrize("kind", BAD_PARAMETERS)
def test_a_parameter_that_cannot_be_written_is_refused(row, kind):
    bad, error, match = BAD_PARAMETERS[kind]
    optimizer = row.ours()
    params = {**trained(optimizer), LAST: bad}
    assert_refused(optimizer, params, arrays(1), error, match)


NOT_DICTS = {
    "a net": (SimpleNamespace(params={}), "got SimpleNamespace; pass net.params$"),
    "None": (None, "got NoneType$"),
    "a list": ([np.ones(2)], "got list$"),
    "an array": (np.ones(2), "got ndarray$"),
    "what backward returns": ((np.ones(2), {}), "got tuple$"),
}


@two_rows
@pytest.mark.parametrize("kind", NOT_DICTS)
@pytest.mark.parametrize("which", ["params", "grads"])
def test_only_dicts_are_taken(row, kind, which):
    bad, match = NOT_DICTS[kind]
    optimizer = row.ours()
    params = trained(optimizer)
    given = {"params": params, "grads": arrays(1), which: bad}
    before = everything(optimizer, params)
    with pytest.raises(TypeError, match=f"step: expected {which} to be a dict of arrays, {match}"):
        optimizer.step(given["params"], given["grads"])
    assert everything(optimizer, params) == before


@a_row_of_each
def test_state_of_another_net_is_refused(row):
    optimizer = row.ours()
    trained(optimizer)
    params = {**arrays(0), LAST: np.ones(5)}
    grads = {**arrays(1), LAST: np.ones(5)}
    if optimizer.shapes(()):
        match = (
            r"expected state\['1.b'\]\['\w+'\] of shape \(5,\) for a parameter of shape \(5,\), "
            r"got \(4,\); use a new optimizer for another net"
        )
        assert_refused(optimizer, params, grads, ValueError, match)
    else:
        optimizer.step(params, grads)
        assert optimizer.t == 4


@pytest.mark.parametrize("bad", [[0.0] * 4, np.zeros(4, int)], ids=["list", "integers"])
def test_state_that_cannot_be_used_is_refused(bad):
    optimizer = Adam()
    params = trained(optimizer)
    optimizer.state[LAST]["m"] = bad
    assert_refused(optimizer, params, arrays(1), (TypeError, ValueError), "state")


def test_state_that_cannot_be_written_is_refused():
    optimizer = Adam()
    params = trained(optimizer)
    optimizer.state[LAST]["m"] = read_only()
    match = r"expected state\['1.b'\]\['m'\] to be writable, got a read-only array"
    assert_refused(optimizer, params, arrays(1), ValueError, match)


# Sizes and dtypes.


@a_row_of_each
def test_no_parameters_are_a_step_too(row):
    optimizer = row.ours()
    optimizer.step({}, {})
    assert (optimizer.t, optimizer.state) == (1, {})


@every_row
def test_single_numbers_and_empty_arrays_are_parameters(row):
    optimizer = row.ours()
    params = {"a": np.array(2.0), "none": np.zeros((0, 3)), "one": np.array([2.0])}
    given = dict(params)
    for g in (1.5, -0.5, 0.25):
        grads = {"a": np.array(g), "none": np.zeros((0, 3)), "one": np.array([g])}
        optimizer.step(params, grads)
    assert all(params[key] is given[key] for key in params)
    assert params["a"] == params["one"][0] != 2.0
    assert {type(array) for slots in optimizer.state.values() for array in slots.values()} <= {
        np.ndarray
    }


@every_row
@pytest.mark.parametrize("of_gradients", [np.float32, np.float64])
def test_float32_stays_float32(row, of_gradients):
    optimizer, wide = row.ours(), row.ours()
    params, doubles = arrays(0, np.float32), arrays(0)
    for seed in range(1, 6):
        optimizer.step(params, arrays(seed, of_gradients))
        wide.step(doubles, arrays(seed))
    for key, theta in params.items():
        assert theta.dtype == np.float32
        assert {array.dtype for array in optimizer.state[key].values()} <= {np.dtype(np.float32)}
        np.testing.assert_allclose(theta, doubles[key], rtol=1e-4, atol=1e-5)


def assert_counts_as_its_values(make, g):
    params, same = {"a": np.ones(3)}, {"a": np.ones(3)}
    optimizer, other = make(), make()
    for _ in range(3):
        optimizer.step(params, {"a": g})
        other.step(same, {"a": g.astype(float)})
    np.testing.assert_allclose(params["a"], same["a"], rtol=1e-12)
    for slot, array in optimizer.state["a"].items():
        np.testing.assert_allclose(array, other.state["a"][slot], rtol=1e-12)


@a_row_of_each
@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32])
def test_integers_are_gradients_too(row, dtype):
    assert_counts_as_its_values(row.ours, np.array([3, 2, 0], dtype))


@pytest.mark.parametrize(
    ("rule", "g"),
    [
        (Adam, np.array([100, -50, 3], np.int8)),
        (AdamW, np.array([10**5, 1, 0], np.int32)),
        (Adam, np.array([1000, -50, 3], ">f4")),
        (SGD, np.array([0.1, -50, 3], np.longdouble)),
    ],
)
def test_a_gradient_of_a_narrow_dtype_counts_as_its_values(rule, g):
    assert_counts_as_its_values(rule, g)


# Schedules.


@a_row_of_each
def test_a_schedule_is_asked_once_a_step_beginning_with_1(row):
    asked = []

    def schedule(t):
        asked.append(t)
        return 0.1 / t

    scheduled, by_hand = row.ours(learning_rate=schedule), row.ours()
    params, same = arrays(0), arrays(0)
    for t in (1, 2, 3):
        scheduled.step(params, arrays(t))
        by_hand.learning_rate = 0.1 / t
        by_hand.step(same, arrays(t))
    assert asked == [1, 2, 3]
    assert all(type(t) is int for t in asked)
    assert frozen(params) == frozen(same)


@two_rows
@pytest.mark.parametrize("bad", [math.nan, math.inf, -0.1, None, "fast", True], ids=repr)
def test_a_schedule_that_returns_no_rate_is_refused(row, bad):
    optimizer = row.ours(learning_rate=lambda t: 0.01 if t < 4 else bad)
    params = trained(optimizer)
    match = rf"expected the learning rate at step 4 to be a .*number.*, got {bad!r}"
    assert_refused(optimizer, params, arrays(1), (ValueError, TypeError), match)


@two_rows
def test_a_schedule_that_raises_changes_nothing(row):
    def schedule(t):
        if t == 4:
            raise IndexError("the table of rates has 3 entries")
        return 0.01

    optimizer = row.ours(learning_rate=schedule)
    params = trained(optimizer)
    assert_refused(optimizer, params, arrays(1), IndexError, "has 3 entries")


# Saving and going on.


@every_row
def test_saved_and_loaded_it_continues_to_the_bit(row):
    uninterrupted = row.ours()
    expected = trained(uninterrupted, steps=7)
    first = row.ours()
    params = trained(first, steps=3)
    saved = pickle.loads(pickle.dumps(first.state_dict()))
    second = row.rule()
    second.load_state_dict(saved)
    run(second, params, 4)
    assert frozen(params) == frozen(expected)
    assert frozen(second.state_dict()) == frozen(uninterrupted.state_dict())
    assert repr(second) == repr(first)


@a_row_of_each
def test_a_state_dict_is_a_copy(row):
    optimizer = row.ours()
    params = trained(optimizer)
    saved = optimizer.state_dict()
    before, own = frozen(saved), frozen(optimizer.state)
    optimizer.step(params, arrays(1))
    assert frozen(saved) == before
    other = row.rule()
    other.load_state_dict(saved)
    for slots in saved["state"].values():
        for array in slots.values():
            array[...] = 7
    saved["settings"]["learning_rate"] = 7.0
    saved["state"]["more"] = {}
    assert frozen(other.state) == own
    assert "more" not in optimizer.state
    assert other.learning_rate == optimizer.learning_rate != 7.0
    other.step(params, arrays(2))
    assert optimizer.t == other.t == 4


@a_row_of_each
def test_a_state_dict_holds_rule_settings_clock_and_state(row):
    optimizer = row.ours()
    trained(optimizer)
    saved = optimizer.state_dict()
    assert list(saved) == ["rule", "settings", "t", "state"]
    assert (saved["rule"], saved["t"]) == (row.rule.__name__, 3)
    assert saved["settings"] == {**row.rule().settings(), **row.settings}
    assert frozen(saved["state"]) == frozen(optimizer.state)


def changed(saved, **entries):
    return {**saved, **entries}


def without(saved, key):
    return {name: value for name, value in saved.items() if name != key}


FOREIGN = {
    "None": (lambda own: None, "expected a dict with the keys"),
    "a path": (lambda own: "net.pt", "expected a dict with the keys"),
    "empty": (lambda own: {}, r"with the keys \['rule', 'settings', 't', 'state'\]"),
    "only the state": (lambda own: own["state"], "expected a dict with the keys"),
    "no clock": (lambda own: without(own, "t"), "expected a dict with the keys"),
    "more": (lambda own: changed(own, more=1), "expected a dict with the keys"),
    "another rule": (lambda own: changed(own, rule="Lion"), "the state of .*, got that of Lion"),
    "a setting more": (
        lambda own: changed(own, settings={**own["settings"], "gamma": 0.9}),
        "expected the settings .*, got .*'gamma'",
    ),
    "a setting less": (
        lambda own: changed(own, settings=without(own["settings"], "learning_rate")),
        "expected the settings ",
    ),
    "a setting out of range": (
        lambda own: changed(own, settings={**own["settings"], "learning_rate": -1.0}),
        "expected learning_rate to be a finite number, at least 0, got -1.0",
    ),
    "clock back": (
        lambda own: changed(own, t=-1),
        "expected t to be a non-negative integer, got -1",
    ),
    "half a tick": (
        lambda own: changed(own, t=1.5),
        "expected t to be a non-negative integer, got 1.5",
    ),
    "a true clock": (
        lambda own: changed(own, t=True),
        "expected t to be a non-negative integer, got True",
    ),
}


@two_rows
@pytest.mark.parametrize("kind", FOREIGN)
def test_anything_but_a_state_dict_of_the_rule_is_refused(row, kind):
    make, match = FOREIGN[kind]
    optimizer = row.ours()
    params = trained(optimizer)
    foreign = make(row.ours(learning_rate=0.5).state_dict())
    before = everything(optimizer, params)
    with pytest.raises(ValueError, match=match):
        optimizer.load_state_dict(foreign)
    assert everything(optimizer, params) == before


@pytest.mark.parametrize(
    "entries",
    [
        {"settings": None},
        {"settings": {**SGD(0.1, 0.9).settings(), "momentum": "0.9"}},
        {"state": None},
        {"state": {"W": np.ones(2)}},
        {"state": {"W": {"v": "ones"}}},
        {"state": {"W": {"v": np.ones(2, complex)}}},
    ],
    ids=["settings", "a setting", "state", "slots", "text for an array", "complex"],
)
def test_a_state_dict_with_damage_inside_is_refused(entries):
    optimizer = SGD(0.1, momentum=0.9)
    with pytest.raises(ValueError, match="load_state_dict"):
        optimizer.load_state_dict({**optimizer.state_dict(), **entries})


@every_rule
def test_the_state_of_every_other_rule_is_refused(rule):
    for other in set(RULES) - {rule}:
        with pytest.raises(ValueError, match=f"expected the state of {rule.__name__}, got that of"):
            rule().load_state_dict(other().state_dict())


@a_row_of_each
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))])
def test_copies_and_pickles_go_their_own_way(row, copied):
    optimizer = row.ours()
    params = trained(optimizer)
    twin, twins = copied(optimizer), {key: theta.copy() for key, theta in params.items()}
    before = everything(optimizer, params)
    run(twin, twins, 2)
    assert everything(optimizer, params) == before
    run(optimizer, params, 2)
    assert frozen(params) == frozen(twins)


FORKED = """
import os, sys
import numpy as np
from optimizers import SGD

def step():
    theta = np.zeros(1_100_000)
    SGD(1.0).step({"W": theta}, {"W": np.ones(theta.size)})
    return (theta == -1.0).all()

assert step()
child = os.fork()
if child == 0:
    os._exit(0 if step() else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_steps_too():
    command = [sys.executable, "-W", "ignore", "-c", FORKED]
    with subprocess.Popen(command, cwd=ROOT, start_new_session=True) as process:
        try:
            assert process.wait(timeout=6) == 0
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


# Settings.


@every_row
def test_repr_evals_back(row):
    optimizer = row.ours()
    again = eval(repr(optimizer), {row.rule.__name__: row.rule})
    assert type(again) is row.rule
    assert again.settings() == optimizer.settings()
    assert again.shapes((2, 3)) == optimizer.shapes((2, 3))
    assert all(repr(value) in repr(optimizer) for value in row.settings.values())


OF_THEIR_OWN = {"beta2_decay", "epsilon1", "d"}  # settings with another range than from 0


def numeric_settings(rule):
    values = rule().settings().items()
    return [name for name, value in values if type(value) is float and name not in OF_THEIR_OWN]


NUMERIC = [(rule, name) for rule in RULES for name in numeric_settings(rule)]


def test_the_numeric_settings_are_found():
    assert ("SGD", "momentum") in [(rule.__name__, name) for rule, name in NUMERIC]
    assert {name for _, name in NUMERIC} >= FRACTIONS
    assert all(name in inspect.signature(rule).parameters for rule, name in NUMERIC)


NOT_NUMBERS = ["0.1", None, True, np.True_, 0.1j, [0.1], np.array([0.1]), {}]
OUT_OF_RANGE = [-1.0, -1e-300, math.nan, math.inf, -math.inf, np.float32("nan"), 10**400]


@pytest.mark.parametrize(("rule", "name"), NUMERIC)
def test_a_numeric_setting_is_a_finite_number_in_its_range(rule, name):
    start = rf"^{rule.__name__}: expected {name} to be a"
    for bad in NOT_NUMBERS:
        with pytest.raises(TypeError, match=rf"{start} number.*got {re.escape(repr(bad))}"):
            rule(**{name: bad})
    share = name in FRACTIONS
    for bad in OUT_OF_RANGE + [1, 1.0, 1.5] * share:
        wanted = f"finite number, at least 0{' and below 1' * share}"
        with pytest.raises(ValueError, match=f"{start} {wanted}, got"):
            rule(**{name: bad})
    for good in (0, 0.5, np.float32(0.5), np.float64(0.5), np.int64(0)):
        value = getattr(rule(**{name: good}), name)
        assert (value, type(value)) == (float(good), float)


@pytest.mark.parametrize("bad", [np.complex128(0.1), np.complex64(1j)])
def test_complex_numbers_of_numpy_are_refused(bad):
    with pytest.raises(TypeError, match="SGD: expected learning_rate to be a number"):
        SGD(bad)
