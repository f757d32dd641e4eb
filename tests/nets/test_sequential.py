"""A net chains layers, runs them in reverse, and is a layer itself."""

import re

import numpy as np
import pytest

from layers import (
    Dropout,
    Flatten,
    FullyConnected,
    ReLU,
    Sigmoid,
    Tanh,
    assert_gradients,
)
from nets import Sequential
from optimizers import SGD
from tests.nets.student import Scale

RNG = np.random.default_rng(5)
X = RNG.normal(size=(6, 4))
DOUT = RNG.normal(size=(6, 3))


class Half:
    """A student's layer without parameters, that counts its calls."""

    def __init__(self):
        self.params = {}
        self.calls = []

    def forward(self, x):
        self.calls.append("forward")
        return x / 2

    def backward(self, dout):
        self.calls.append("backward")
        return dout / 2, {}


def mlp(**options):
    return Sequential(
        FullyConnected(4, 5, rng=0, **options), Tanh(), FullyConnected(5, 3, rng=1, **options)
    )


def nested():
    inner = Sequential(FullyConnected(5, 5, rng=2), Sigmoid())
    return Sequential(FullyConnected(4, 5, rng=0), Sequential(Tanh(), inner), FullyConnected(5, 3))


def exactly(sentence):
    return f"^{re.escape(sentence)}$"


def frozen(arrays):
    return {name: (array.dtype.str, array.tobytes()) for name, array in arrays.items()}


# Parameters.


def test_keys_are_position_dot_name():
    assert list(mlp().params) == ["0.W", "0.b", "2.W", "2.b"]
    assert list(mlp(bias=False).params) == ["0.W", "2.W"]
    assert list(nested().params) == ["0.W", "0.b", "1.1.0.W", "1.1.0.b", "2.W", "2.b"]
    assert Sequential(ReLU()).params == {}


def test_params_are_the_arrays_of_the_layers():
    net = nested()
    assert net.params["0.W"] is net[0].params["W"]
    assert net.params["1.1.0.b"] is net[1][1][0].params["b"]


def writers():
    def whole(net, value):
        net.params = {**net.params, "0.W": value}

    def entry(net, value):
        net.params["0.W"] = value

    def inside(net, value):
        net.params["0.W"][...] = value

    def layer(net, value):
        net[0].params["W"] = value

    def merged(net, value):
        net.params |= {"0.W": value}

    def step(net, value):
        grads = {name: np.zeros_like(array) for name, array in net.params.items()}
        grads["0.W"] = net.params["0.W"] - value
        SGD(1.0).step(net.params, grads)

    return [whole, entry, inside, layer, merged, step]


@pytest.mark.parametrize("write", writers(), ids=lambda write: write.__name__)
def test_however_a_parameter_is_written_all_see_it(write):
    net = mlp()
    held, before = net.params["0.W"], net.params["2.W"].copy()
    value = np.arange(20.0).reshape(4, 5) / 20
    write(net, value)
    assert net.params["0.W"] is held is net[0].params["W"]
    np.testing.assert_allclose(held, value, rtol=0, atol=1e-15)
    assert np.array_equal(net.params["2.W"], before)
    by_hand = np.tanh(X @ held + net[0].params["b"]) @ before
    np.testing.assert_allclose(net.forward(X), by_hand, rtol=1e-13)


ZEROS = {name: np.zeros_like(array) for name, array in mlp().params.items()}


@pytest.mark.parametrize(
    ("arrays", "error", "sentence"),
    [
        (
            {"0.W": ZEROS["0.W"]},
            KeyError,
            "expected the parameters '0.W', '0.b', '2.W', '2.b', got '0.W'",
        ),
        ({**ZEROS, "3.W": np.zeros(1)}, KeyError, "got '0.W', '0.b', '2.W', '2.b', '3.W'"),
        (
            {**ZEROS, "2.b": np.zeros(4)},
            ValueError,
            "parameter '2.b': expected an array of shape (3,), got (4,)",
        ),
    ],
    ids=["fewer", "more", "shape"],
)
def test_parameters_that_do_not_fit_are_refused_and_nothing_changes(arrays, error, sentence):
    net = mlp()
    before = frozen(net.params)
    with pytest.raises(error, match=re.escape(sentence)):
        net.params = arrays
    assert frozen(net.params) == before


def test_the_dict_of_a_net_takes_no_new_names():
    with pytest.raises(KeyError, match="there is no parameter 'W' here"):
        mlp().params["W"] = np.zeros((4, 5))


# Forward, backward, predict.


@pytest.mark.parametrize("make", [mlp, nested])
def test_a_net_is_its_layers_one_after_the_other(make):
    net, same = make(), make()
    net.params = same.params
    flat = [same[0], same[1], same[2]]
    y, by_hand = net.forward(X), X
    for layer in flat:
        by_hand = layer.forward(by_hand)
    assert np.array_equal(y, by_hand)
    assert np.array_equal(net.predict(X), by_hand)

    dx, grads = net.backward(DOUT)
    upstream, expected = DOUT, {}
    for index in (2, 1, 0):
        upstream, of_layer = flat[index].backward(upstream)
        expected.update({f"{index}.{name}": g for name, g in of_layer.items()})
    assert np.array_equal(dx, upstream)
    assert list(grads) == list(net.params)
    assert frozen(grads) == {name: frozen(expected)[name] for name in grads}


def test_predict_leaves_out_dropout_and_keeps_nothing():
    net = Sequential(FullyConnected(4, 3, rng=0), Dropout(0.5, rng=1))
    y = net.forward(X)
    _, grads = net.backward(DOUT)
    shown = net.predict(-3 * X)
    np.testing.assert_allclose(shown, -3 * X @ net.params["0.W"], rtol=1e-13)
    dropped = y == 0
    assert 0 < dropped.sum() < y.size
    np.testing.assert_allclose(y, np.where(dropped, 0, 2 * net.predict(X)), rtol=1e-13)
    assert frozen(net.backward(DOUT)[1]) == frozen(grads)


def test_an_empty_batch_is_predicted():
    for net in (mlp(), nested(), Sequential(Flatten(), Dropout(0.1), FullyConnected(4, 3))):
        assert net.predict(np.empty((0, 4))).shape == (0, 3)


def test_without_layers_everything_passes():
    net = Sequential()
    assert net.forward(X) is X
    assert net.predict(X) is X
    dx, grads = net.backward(DOUT)
    assert dx is DOUT
    assert grads == {} == net.params
    assert net.backward(DOUT, input_gradient=False) == (None, {})
    assert repr(net) == "Sequential()"
    assert len(net) == 0


# input_gradient=False.


@pytest.mark.parametrize(
    "make",
    [
        mlp,
        nested,
        lambda: Sequential(Flatten(), Dropout(0.5, rng=0), mlp()),
        lambda: Sequential(Sequential(Half(), ReLU()), Sequential(), mlp()),
        lambda: Sequential(Half(), Scale(), mlp()),
        lambda: Sequential(Sequential(Half(), Scale()), mlp()),
        lambda: Sequential(mlp(), Scale(), Half()),
    ],
)
def test_without_the_input_gradient_the_others_are_the_same(make):
    net = make()
    net.forward(X)
    dx, grads = net.backward(DOUT)
    nothing, same = net.backward(DOUT, input_gradient=False)
    assert dx.shape == X.shape
    assert nothing is None
    assert list(same) == list(grads) == list(net.params)
    assert frozen(same) == frozen(grads)


def test_layers_before_the_first_parameters_need_not_run():
    leading, between = Half(), Half()
    net = Sequential(leading, FullyConnected(4, 5, rng=0), between, FullyConnected(5, 3, rng=0))
    net.forward(X)
    net.backward(DOUT, input_gradient=False)
    assert leading.calls == ["forward"]
    assert between.calls == ["forward", "backward"]
    net.backward(DOUT)
    assert leading.calls == ["forward", "backward"]


def test_only_the_first_layer_with_parameters_is_told_to_skip():
    asked = []

    class Spy(FullyConnected):
        def backward(self, dout, input_gradient=True):
            asked.append((self.in_features, input_gradient))
            return super().backward(dout, input_gradient)

    net = Sequential(ReLU(), Sequential(Spy(4, 5, rng=0), Spy(5, 6, rng=0)), Spy(6, 3, rng=0))
    net.forward(X)
    net.backward(DOUT, input_gradient=False)
    assert asked == [(6, True), (5, True), (4, False)]
    asked.clear()
    net.backward(DOUT)
    assert asked == [(6, True), (5, True), (4, True)]


def test_a_net_without_parameters_need_not_run_at_all():
    half = Half()
    net = Sequential(half, Sequential(ReLU()))
    net.forward(X)
    assert net.backward(X, input_gradient=False) == (None, {})
    assert half.calls == ["forward"]


# What may stand in a net.


def test_a_layer_may_be_in_a_net_only_once():
    relu = ReLU()
    sentence = (
        "layer 2 is the same object as layer 0 (ReLU), and can keep only one input for backward; "
        "make a second one"
    )
    with pytest.raises(ValueError, match=exactly(sentence)):
        Sequential(relu, Tanh(), relu)


def test_a_layer_may_be_in_a_nested_net_only_once():
    relu, student = ReLU(), Scale()
    with pytest.raises(ValueError, match=r"layer 1\.1\.0 is the same object as layer 0 \(ReLU\)"):
        Sequential(relu, Sequential(Tanh(), Sequential(relu)))
    with pytest.raises(ValueError, match=r"layer 1\.0 is the same object as layer 0\.0 \(Scale\)"):
        Sequential(Sequential(student), Sequential(student))
    inner = Sequential(ReLU())
    with pytest.raises(ValueError, match=r"layer 1 is the same object as layer 0 \(Sequential of"):
        Sequential(inner, inner)


REQUIRED = "expected an object with params, forward and backward, got"


@pytest.mark.parametrize(
    ("thing", "sentence"),
    [
        (ReLU, f"layer 1: {REQUIRED} the class ReLU; make one: ReLU(...)"),
        (Scale, f"layer 1: {REQUIRED} the class Scale; make one: Scale(...)"),
        (
            [ReLU(), Tanh()],
            f"layer 1: {REQUIRED} list; pass the layers one by one: Sequential(*layers)",
        ),
        ((ReLU(),), f"layer 1: {REQUIRED} tuple; pass the layers one by one: Sequential(*layers)"),
        (np.tanh, f"layer 1: {REQUIRED} ufunc"),
        (len, f"layer 1: {REQUIRED} builtin_function_or_method"),
        (None, f"layer 1: {REQUIRED} NoneType"),
        ("relu", f"layer 1: {REQUIRED} str"),
        (SGD(), f"layer 1: {REQUIRED} SGD"),
    ],
    ids=["class", "student's class", "list", "tuple", "ufunc", "function", "None", "text", "SGD"],
)
def test_anything_but_a_layer_is_refused_with_a_hint(thing, sentence):
    with pytest.raises(TypeError, match=exactly(sentence)):
        Sequential(Tanh(), thing)


def test_a_students_class_needs_no_base_class():
    net = Sequential(Scale(3.0), Half(), FullyConnected(4, 3, rng=0))
    W = net.params["2.W"]
    assert list(net.params) == ["0.w", "2.W", "2.b"]
    np.testing.assert_allclose(net.forward(X), 1.5 * X @ W, rtol=1e-13)
    np.testing.assert_allclose(net.predict(X), 1.5 * X @ W, rtol=1e-13)
    net.forward(X)
    dx, grads = net.backward(DOUT)
    np.testing.assert_allclose(dx, 1.5 * DOUT @ W.T, rtol=1e-13)
    np.testing.assert_allclose(grads["0.w"], 0.5 * (DOUT @ W.T * X).sum(), rtol=1e-12)
    SGD(0.1).step(net.params, grads)
    assert net[0].w == 3.0 - 0.1 * grads["0.w"]


# A net as a sequence.


def test_other_layers_make_another_net():
    net = mlp()
    net.forward(X)
    net.layers = [Tanh(), FullyConnected(5, 2, rng=0)]
    with pytest.raises(RuntimeError, match="backward was called before forward"):
        net.backward(np.ones((2, 2)))
    assert list(net.params) == ["1.W", "1.b"]
    net.forward(np.ones((2, 5)))
    dx, grads = net.backward(np.ones((2, 2)), input_gradient=False)
    assert dx is None
    assert list(grads) == ["1.W", "1.b"]
    with pytest.raises(TypeError, match=r"^layer 1: expected an object with params, forward"):
        net.layers = (ReLU(), 3)
    assert len(net) == 2


def test_positions_length_and_iteration():
    net = nested()
    assert len(net) == 3
    assert list(net) == [net[0], net[1], net[-1]] == list(net.layers)
    assert [type(layer) for layer in net] == [FullyConnected, Sequential, FullyConnected]
    with pytest.raises(IndexError, match="out of range"):
        net[3]


def test_slices_are_nets_that_share_the_layers():
    net = mlp()
    tail = net[1:]
    assert type(tail) is Sequential
    assert list(tail) == [net[1], net[2]]
    assert tail.params["1.W"] is net.params["2.W"]
    tail.params["1.b"] = [1.0, 2.0, 3.0]
    assert net.params["2.b"].tolist() == [1.0, 2.0, 3.0]
    assert np.array_equal(net[1:].predict(net[:1].predict(X)), net.predict(X))
    assert len(net[5:]) == 0


def test_repr_is_indented_and_evals_back():
    net = Sequential(FullyConnected(4, 5), Sequential(Dropout(0.25), Sequential(ReLU())), Tanh())
    assert repr(net) == (
        "Sequential(\n"
        "    FullyConnected(4, 5),\n"
        "    Sequential(\n"
        "        Dropout(0.25),\n"
        "        Sequential(\n"
        "            ReLU(),\n"
        "        ),\n"
        "    ),\n"
        "    Tanh(),\n"
        ")"
    )
    assert repr(eval(repr(net))) == repr(net)
    assert eval(repr(net)).params.keys() == net.params.keys()


def test_astype_keeps_a_students_second_name_for_an_array():
    net = Sequential(FullyConnected(4, 4, rng=0), Sequential(Scale(3.0)))
    single = net.astype("float32")
    student = single[1][0]
    assert student.w is student.params["w"] is single.params["1.0.w"]
    assert student.w.dtype == np.float32
    single.params["1.0.w"] = [5.0]
    assert student.forward(np.float32([2.0])).tolist() == [10.0]
    assert net[1][0].w.tolist() == [3.0]


# Gradients.


@pytest.mark.parametrize(
    "net",
    [
        mlp(),
        nested(),
        Sequential(),
        Sequential(FullyConnected(4, 5, rng=0), Dropout(0.5, rng=1), ReLU(), Scale(0.7)),
        Sequential(Sequential(Dropout(0.3, rng=0), mlp()), Sequential(Half(), Scale(), Tanh())),
        nested().astype("float32"),
    ],
)
def test_gradients_are_those_of_numbers(net):
    assert_gradients(net, X)


def test_images_are_flattened_and_checked():
    net = Sequential(Flatten(), FullyConnected(12, 3, rng=0), Sigmoid())
    assert_gradients(net, RNG.normal(size=(5, 3, 4)))


@pytest.mark.parametrize("params", [None, [np.ones(2)], 3.0])
def test_params_that_are_not_a_dict_are_refused(params):
    class Student:
        forward = backward = len

    student = Student()
    student.params = params
    kind = type(params).__name__
    message = rf"^layer 1 \(Student\): expected params to be a dict, got {kind}"
    with pytest.raises(TypeError, match=message):
        Sequential(ReLU(), student)


@pytest.mark.parametrize("index", [3, -4, "a", None])
def test_a_position_that_is_not_there_is_refused(index):
    net = Sequential(ReLU(), ReLU(), ReLU())
    with pytest.raises(IndexError, match=r"^Sequential of 3 layers: position .* is out of range"):
        net[index]


def test_parameters_of_two_layers_can_be_swapped():
    net = Sequential(FullyConnected(3, 3, rng=0), ReLU(), FullyConnected(3, 3, rng=1))
    before = {key: array.copy() for key, array in net.params.items()}
    other = {"0": "2", "2": "0"}
    net.params = {key: net.params[other[key[0]] + key[1:]] for key in net.params}
    for key, array in net.params.items():
        assert np.array_equal(array, before[other[key[0]] + key[1:]])


def test_an_empty_net_has_no_positions():
    with pytest.raises(IndexError, match=r"position 0 is out of range, because there are none"):
        Sequential()[0]
    with pytest.raises(IndexError, match=r"position slice\('a', None, None\) is out of range"):
        mlp()["a":]
