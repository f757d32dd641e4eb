import copy
import pickle
import re
from contextlib import nullcontext as nothing

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from layers import Params


@pytest.fixture
def W():
    return np.zeros((2, 3))


@pytest.fixture
def params(W):
    return Params({"W": W, "b": np.zeros(3)})


def test_arrays_are_held_as_they_are(W):
    assert Params({"W": W})["W"] is W


def test_it_is_a_dict(params):
    assert isinstance(params, dict)
    assert list(params) == ["W", "b"]
    assert len(params) == 2
    assert "W" in params
    assert params.get("V") is None


@pytest.mark.parametrize("value", [2.5, "abc", None, [1.0, 2.0]])
def test_only_arrays_can_be_held(value):
    message = f"^parameter 'W': expected a NumPy array, got {type(value).__name__}$"
    with pytest.raises(TypeError, match=message):
        Params({"W": value})


REFUSED = {
    "masked": (np.ma.array(np.ones((2, 3)), mask=np.eye(2, 3)), "without a mask, got a masked"),
    "complex": (np.ones((2, 3), complex), "expected real numbers"),
    "objects": (np.full((2, 3), None), "expected real numbers"),
}


@pytest.mark.parametrize(("value", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_anything_but_a_parameter_is_refused_by_every_way_in(params, W, value, message):
    match = f"^parameter 'W': expected .*{message.removeprefix('expected ')}"
    for put in (
        lambda: Params({"W": value}),
        lambda: Params().update(W=value),
        lambda: Params().setdefault("W", value),
        lambda: params.update(W=value, b=[1.0, 2.0, 3.0]),
        lambda: params.replace({"W": value, "b": [1.0, 2.0, 3.0]}),
        lambda: params.__setitem__("W", value),
    ):
        with pytest.raises(TypeError, match=match):
            put()
    assert not W.any()
    assert not params["b"].any()


def test_float16_is_copied_into_what_is_there_and_never_held(params, W):
    short = np.full((2, 3), 0.5, np.float16)
    params["W"] = short
    assert W.tolist() == [[0.5] * 3] * 2
    message = r"^parameter 'W': expected float32 or float64, got float16, in which sums overflow at"
    for put in (lambda: Params({"W": short}), lambda: Params().__setitem__("W", short)):
        with pytest.raises(TypeError, match=message):
            put()


def test_parameters_can_swap_their_values():
    params = Params({"W": np.zeros(3), "V": np.arange(3.0), "U": np.ones(3)})
    params.update(W=params["V"], V=params["W"])
    assert [params[name].tolist() for name in "WV"] == [[0.0, 1.0, 2.0], [0.0] * 3]
    params.replace({"W": params["U"], "V": params["W"][::-1], "U": params["V"]})
    assert [params[name].tolist() for name in "WVU"] == [[1.0] * 3, [2.0, 1.0, 0.0], [0.0] * 3]


def test_a_matrix_becomes_an_array_of_the_same_memory():
    W = np.zeros((2, 3)).view(type("Own", (np.ndarray,), {}))
    params = Params({"W": W})
    assert type(params["W"]) is np.ndarray
    assert np.shares_memory(params["W"], W)


def test_writing_into_an_entry_is_plain_numpy(params, W):
    params["W"][...] = 4
    params["W"][0, 0] += 1
    assert W.tolist() == [[5, 4, 4], [4, 4, 4]]


@pytest.mark.parametrize(
    "value",
    [
        np.full((2, 3), 7.0),
        [[7.0] * 3] * 2,
        [[7] * 3] * 2,
        np.full((2, 3), 7, np.int8),
        np.full((2, 3), 7, np.float32),
        np.full((3, 2), 7.0).T,
    ],
)
def test_assignment_copies_into_the_same_memory(params, W, value):
    params["W"] = value
    assert params["W"] is W
    assert W.tolist() == [[7.0] * 3] * 2
    assert not np.shares_memory(W, np.asarray(value))


def test_assignment_keeps_the_dtype():
    params = Params({"W": np.zeros(1, np.float32)})
    params["W"] = np.array([0.1])
    assert params["W"].dtype == np.float32
    assert params["W"][0] == np.float32(0.1)


def test_augmented_assignment_stays_in_the_same_memory(params, W):
    params["W"] += 2
    params["W"] *= 3
    assert params["W"] is W
    assert W.tolist() == [[6.0] * 3] * 2


def test_an_array_can_be_assigned_to_its_own_memory():
    W = np.arange(4.0).reshape(2, 2)
    params = Params({"W": W})
    params["W"] = W.T
    assert W.tolist() == [[0, 2], [1, 3]]
    params["W"] = W[::-1]
    assert W.tolist() == [[1, 3], [0, 2]]


@pytest.mark.parametrize("shape", [(), (3,), (1, 3), (2, 1), (3, 2), (6,), (2, 3, 1), (1, 2, 3)])
def test_another_shape_is_refused_and_never_broadcast(params, W, shape):
    message = f"parameter 'W': expected an array of shape (2, 3), got {shape}"
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        params["W"] = np.ones(shape)
    assert not W.any()


@pytest.mark.parametrize(
    "value", ["abc", None, np.full((2, 3), 1j), np.full((2, 3), "1"), np.full((2, 3), None)]
)
def test_anything_but_real_numbers_is_refused(params, W, value):
    message = "parameter 'W': expected real numbers of shape (2, 3), got "
    with pytest.raises(TypeError, match="^" + re.escape(message + type(value).__name__)):
        params["W"] = value
    assert params["W"] is W
    assert not W.any()


def test_rows_of_different_lengths_are_refused_by_name(params):
    with pytest.raises((TypeError, ValueError), match=r"^parameter 'W': expected"):
        params["W"] = [[1.0], [1.0, 2.0]]


def test_fractions_are_never_truncated_to_integers():
    params = Params({"counts": np.zeros(2, int)})
    with pytest.raises(TypeError, match="expected int64, got float64"):
        params["counts"] = [0.5, 1.5]
    assert params["counts"].tolist() == [0, 0]


def test_a_new_name_is_refused(params):
    message = "there is no parameter 'V' here, only 'W', 'b'"
    with pytest.raises(KeyError, match=re.escape(message)):
        params["V"] = np.zeros(2)
    assert list(params) == ["W", "b"]


def test_an_empty_one_takes_new_names_and_continues_taking_them():
    params, W = Params(), np.ones(2)
    params["W"] = W
    params["b"] = [1.0, 2.0]
    assert params["W"] is W
    assert params["b"].tolist() == [1.0, 2.0]
    params["W"] = [3.0, 4.0]
    assert W.tolist() == [3.0, 4.0]


@pytest.mark.parametrize("value", ["abc", None, 1j])
def test_a_new_name_takes_real_numbers_only(value):
    params = Params()
    with pytest.raises(TypeError, match=r"^parameter 'W': expected real numbers"):
        params["W"] = value
    assert not params


@pytest.mark.parametrize(
    "remove",
    [
        lambda params: params.pop("W"),
        lambda params: params.pop("W", None),
        lambda params: params.popitem(),
        lambda params: params.clear(),
        lambda params: params.__delitem__("W"),
    ],
)
def test_no_parameter_can_be_removed(params, remove):
    with pytest.raises(KeyError, match=r"parameters of a layer \('W', 'b'\) cannot be"):
        remove(params)
    assert list(params) == ["W", "b"]


def test_setdefault_gives_what_is_there(params, W):
    assert params.setdefault("W", np.ones(1)) is W


def test_setdefault_adds_no_name(params):
    with pytest.raises(KeyError, match="there is no parameter 'V' here"):
        params.setdefault("V", np.ones(1))


@pytest.mark.parametrize(
    "update",
    [
        lambda params, W, b: params.update({"W": W, "b": b}),
        lambda params, W, b: params.update([("W", W), ("b", b)]),
        lambda params, W, b: params.update(W=W, b=b),
        lambda params, W, b: params.update({"W": W}, b=b),
        lambda params, W, b: params.replace({"b": b, "W": W}),
        lambda params, W, b: params.__ior__({"W": W, "b": b}),
    ],
)
def test_update_writes_all(params, W, update):
    b = params["b"]
    update(params, np.ones((2, 3)), [4.0, 5.0, 6.0])
    assert params["W"] is W
    assert params["b"] is b
    assert W.tolist() == [[1.0] * 3] * 2
    assert b.tolist() == [4.0, 5.0, 6.0]


def test_the_or_assignment_gives_the_same_object(params):
    same = params
    params |= {"b": np.ones(3)}
    assert params is same
    assert params["b"].tolist() == [1.0] * 3


def test_or_makes_a_plain_dict_and_changes_nothing(params):
    merged = params | {"W": "anything"}
    assert type(merged) is dict
    assert not params["W"].any()


BAD = {
    "shape": ({"W": np.ones((2, 3)), "b": np.ones(4)}, ValueError, "parameter 'b'"),
    "scalar": ({"W": np.ones((2, 3)), "b": 1.0}, ValueError, "parameter 'b'"),
    "string": ({"W": np.ones((2, 3)), "b": "abc"}, TypeError, "parameter 'b'"),
    "None": ({"W": np.ones((2, 3)), "b": None}, TypeError, "parameter 'b'"),
}


@pytest.mark.parametrize("verb", ["update", "replace", "__ior__"])
@pytest.mark.parametrize(("values", "error", "message"), BAD.values(), ids=BAD.keys())
def test_update_checks_all_before_it_writes_any(params, verb, values, error, message):
    with pytest.raises(error, match=message):
        getattr(params, verb)(values)
    assert not params["W"].any()
    assert not params["b"].any()


@pytest.mark.parametrize("verb", ["update", "__ior__"])
def test_update_checks_all_names_before_it_writes_any(params, verb):
    with pytest.raises(KeyError, match="there is no parameter 'V' here"):
        getattr(params, verb)({"W": np.ones((2, 3)), "V": np.ones(3)})
    assert not params["W"].any()


def test_update_checks_all_dtypes_before_it_writes_any():
    params = Params({"W": np.zeros(2), "counts": np.zeros(2, int)})
    with pytest.raises(TypeError):
        params.update({"W": np.ones(2), "counts": [0.5, 1.5]})
    assert not params["W"].any()


@pytest.mark.parametrize(
    ("names", "given_"), [(["W"], "'W'"), (["W", "b", "V"], "'W', 'b', 'V'"), ([], "none")]
)
def test_replace_wants_exactly_the_names_that_are_here(params, names, given_):
    message = f"expected the parameters 'W', 'b', got {given_}"
    with pytest.raises(KeyError, match=re.escape(message)):
        params.replace({name: np.ones((2, 3)) for name in names})
    assert not params["W"].any()


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda params: pickle.loads(pickle.dumps(params))]
)
def test_copies_write_through_into_memory_of_their_own(params, W, duplicate):
    other = duplicate(params)
    inside = other["W"]
    other["W"] = np.ones((2, 3))
    assert type(other) is Params
    assert other["W"] is inside
    assert inside.all()
    assert not W.any()
    with pytest.raises(KeyError, match="there is no parameter"):
        other["V"] = np.ones(1)


def test_a_shallow_copy_shares_the_memory(params, W):
    assert copy.copy(params)["W"] is W
    assert type(copy.copy(params)) is Params


@given(
    hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_dims=3, max_side=3)),
    hnp.arrays(
        st.sampled_from([np.float32, np.float64, np.int16, np.bool_]),
        hnp.array_shapes(min_dims=0, max_dims=3, max_side=3),
    ),
)
@settings(deadline=None, max_examples=100, derandomize=True)
def test_an_assignment_writes_all_or_nothing(target, value):
    before, params = target.tobytes(), Params({"W": target})
    if value.shape == target.shape:
        params["W"] = value
        np.testing.assert_array_equal(target, value)
    else:
        with pytest.raises(ValueError, match=r"^parameter 'W': expected an array of shape "):
            params["W"] = value
        assert target.tobytes() == before
    assert params["W"] is target


def test_a_name_that_is_not_there_is_said_with_those_that_are():
    with pytest.raises(KeyError, match=r"there is no parameter '1.W' here, only '0.W', '0.b'"):
        Params({"0.W": np.zeros(2), "0.b": np.zeros(1)})["1.W"]


def test_a_name_that_is_nearly_there_is_suggested():
    with pytest.raises(KeyError, match=r"did you mean '0\.W'"):
        Params({"0.W": np.zeros(2), "0.b": np.zeros(1)})["0.w"]


def test_a_sentence_does_not_list_a_thousand_names():
    with pytest.raises(KeyError) as caught:
        Params({f"{n}.W": np.zeros(1) for n in range(1000)})["none"]
    assert len(str(caught.value)) < 500


# Values that are parameters themselves.

OVERLAPS = {
    "swap": lambda a, b: {"a": b, "b": a},
    "rotation and swap": lambda a, b: {"a": b.T, "b": a[::-1]},
    "reversed": lambda a, b: {"a": a[::-1], "b": b[:, ::-1]},
    "transposed": lambda a, b: {"a": a.T, "b": b.T},
    "one row for all": lambda a, b: {"a": np.broadcast_to(a[1], (3, 3)), "b": a},
    "a list of rows": lambda a, b: {"a": [b[2], b[0], a[1]], "b": a},
    "both alike": lambda a, b: {"a": b, "b": b},
}


@pytest.mark.parametrize("verb", ["update", "replace", "__ior__"])
@pytest.mark.parametrize("values", OVERLAPS.values(), ids=OVERLAPS)
@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_all_values_are_read_before_any_is_written(verb, values, order):
    a, b = np.arange(9.0).reshape(3, 3), -np.arange(9.0).reshape(3, 3)
    expected = {name: np.array(value) for name, value in values(a.copy(), b.copy()).items()}
    given_ = values(a, b)
    params = Params({"a": a, "b": b})
    getattr(params, verb)({name: given_[name] for name in order})
    assert params["a"] is a
    assert np.array_equal(a, expected["a"])
    assert np.array_equal(b, expected["b"])


def test_parameters_that_are_halves_of_one_array_can_be_swapped():
    whole = np.arange(6.0)
    params = Params({"a": whole[:3], "b": whole[3:]})
    params.update(a=params["b"], b=params["a"])
    assert whole.tolist() == [3, 4, 5, 0, 1, 2]


@pytest.mark.parametrize("verb", ["update", "replace", "__ior__"])
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (Params({"a": np.zeros(2), "b": np.broadcast_to(0.0, 2)}), "read-only"),
        (Params({"a": np.zeros(2), "b": np.zeros(2, np.float32)}), "that float32 can hold, got 1e"),
    ],
    ids=["read-only", "too large"],
)
def test_what_cannot_be_written_is_found_before_anything_is(verb, bad, message):
    with pytest.raises(ValueError, match=message):
        getattr(bad, verb)({"a": [1.0, 1.0], "b": [1.0, 1e300]})
    assert not bad["a"].any()
    assert not bad["b"].any()


@pytest.mark.parametrize("value", [3, None, "ab", [1, 2], object(), np.zeros((2, 3))])
@pytest.mark.parametrize("verb", ["update", "replace", "__ior__"])
def test_anything_but_a_dict_is_refused_with_a_sentence(params, verb, value):
    with pytest.raises(TypeError, match=r"^expected a dict"):
        getattr(params, verb)(value)
    with pytest.raises(TypeError, match=r"^expected a dict") if value is not None else nothing():
        Params(value)


@pytest.mark.parametrize("name", [[], {}, np.zeros(2), ("a", []), slice(0, 1)])
def test_anything_but_a_name_is_refused(params, name):
    for open_or_not in (params, Params()):
        with pytest.raises(KeyError, match=r"expected the name of a parameter, got"):
            open_or_not[name] = 1.0
