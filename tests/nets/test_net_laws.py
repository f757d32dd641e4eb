"""Laws that hold for every kind of net."""

import copy
import pickle
import re

import numpy as np
import pytest

from layers import (
    Add,
    Dropout,
    FullyConnected,
    Layer,
    ReLU,
    Sigmoid,
    SoftmaxCE,
    Tanh,
    assert_gradients,
    gradcheck,
)
from nets import Graph, Residual, Sequential
from optimizers import SGD
from tests.nets.student import Scale

RNG = np.random.default_rng(5)
X = RNG.normal(size=(6, 4))
DOUT = RNG.normal(size=(6, 4))
LABELS = np.array([0, 1, 2, 2, 1, 0])


class Fails:
    """Raises an error where it is asked to, in the verb that is named."""

    def __init__(self):
        self.params, self.error, self.verb = {}, None, "forward"

    def forward(self, x):
        return self.answer("forward", x)

    def predict(self, x):
        return self.answer("predict", x)

    def backward(self, dout):
        return self.answer("backward", dout), {}

    def answer(self, verb, value):
        if self.error is not None and verb == self.verb:
            raise self.error
        return value


def chain(*layers):
    return Sequential(*layers)


def graph(*layers):
    """The same layers as nodes."""
    nodes, before = {}, "x"
    for index, layer in enumerate(layers):
        nodes[f"n{index}"], before = (layer, before), f"n{index}"
    return Graph("x", before, nodes)


def nested():
    inner = Sequential(FullyConnected(5, 5, rng=2), Sigmoid())
    return Sequential(
        FullyConnected(4, 5, rng=0), Sequential(Tanh(), inner), FullyConnected(5, 4, rng=1)
    )


def residual():
    inner = Sequential(FullyConnected(4, 5, rng=0), Tanh(), FullyConnected(5, 4, rng=1))
    return Graph("x", "y", {"u": (inner, "x"), "y": (Add(), "x", "u")})


def recurrent():
    layer = FullyConnected(4, 4, rng=0)
    return Graph("x", "c", {"a": (layer, "x"), "b": (Tanh(), "a"), "c": (layer, "b")})


NETS = {
    "chain": lambda: chain(FullyConnected(4, 5, rng=0), Tanh(), FullyConnected(5, 4, rng=1)),
    "nested": nested,
    "student's": lambda: chain(Scale(0.7), chain(Sigmoid(), Scale()), Dropout(0.3, rng=0)),
    "graph": lambda: graph(FullyConnected(4, 5, rng=0), Tanh(), FullyConnected(5, 4, rng=1)),
    "residual": residual,
    "block": lambda: Residual(FullyConnected(4, 5, rng=0), Tanh(), FullyConnected(5, 4, rng=1)),
    "recurrent": recurrent,
    "student's graph": lambda: graph(Scale(0.7), chain(Sigmoid(), residual()), Scale()),
}
KINDS = {
    "chain": (chain, "layer {}"),
    "graph": (graph, "node n{}"),
    "block": (Residual, "layer {}"),
}
kinds = pytest.mark.parametrize(("make", "place"), KINDS.values(), ids=KINDS)


@pytest.fixture(params=NETS.values(), ids=NETS)
def net(request):
    return request.param()


def frozen(arrays):
    return {name: (array.dtype.str, array.tobytes()) for name, array in arrays.items()}


def run(net, verb):
    if verb == "backward":
        net.forward(X)
        return net.backward(X)
    return getattr(net, verb)(X)


BEFORE = (
    r"^(Sequential|Graph|Residual) of .*: backward was called before forward; "
    r"call forward\(x\) first"
)


def test_a_net_is_a_layer_with_the_gradients_of_numbers(net):
    assert isinstance(net, Layer)
    assert_gradients(net, X)
    assert_gradients(net, X, loss=(SoftmaxCE(), LABELS))


@kinds
def test_a_layer_that_is_wrong_by_a_thousandth_makes_the_net_wrong(make, place):
    class Off(Tanh):
        def backward(self, dout):
            dx, grads = super().backward(dout)
            return 1.001 * dx, grads

    assert not gradcheck(make(FullyConnected(4, 4, rng=0), Off()), X, explain=False)


def test_backward_may_be_called_twice_and_changes_nothing_it_was_given(net):
    dout = DOUT.copy()
    net.forward(X)
    dx, grads = net.backward(dout)
    assert type(grads) is dict
    assert list(grads) == list(net.params)
    assert all(g.shape == net.params[name].shape for name, g in grads.items())
    kept = dx.tobytes(), frozen(grads)
    again, more = net.backward(dout)
    assert (again.tobytes(), frozen(more)) == kept == (dx.tobytes(), frozen(grads))
    assert all(more[name] is not grads[name] for name in grads)
    assert np.array_equal(dout, DOUT)


def test_without_the_input_gradient_the_others_are_the_same(net):
    net.forward(X)
    dx, grads = net.backward(DOUT)
    assert dx.shape == X.shape
    nothing, same = net.backward(DOUT, input_gradient=False)
    assert nothing is None
    assert list(same) == list(grads)
    assert frozen(same) == frozen(grads)
    for option in (None, 0, "no", X, [False]):  # net.backward(scores, labels) is a common mistake
        with pytest.raises(TypeError, match="expected input_gradient to be True or False, got"):
            net.backward(DOUT, option)
    assert net.backward(DOUT, np.False_)[0] is None


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_copies_are_independent_and_have_not_been_run(copied, net):
    y = net.forward(X)
    dx, grads = net.backward(DOUT)
    twin = copied(net)
    with pytest.raises(RuntimeError, match=BEFORE):
        twin.backward(DOUT)
    assert list(twin.params) == list(net.params)
    again = copied(net)
    assert np.array_equal(again.forward(X), twin.forward(X))
    for array in twin.params.values():
        array += 1
    assert not np.array_equal(twin.forward(X), y)
    assert np.array_equal(net.backward(DOUT)[0], dx)
    assert frozen(net.backward(DOUT)[1]) == frozen(grads)


def test_astype_is_a_copy_in_another_precision(net):
    before = frozen(net.params)
    single = net.astype(np.float32)
    assert list(single.params) == list(net.params)
    np.testing.assert_allclose(single.predict(X), net.predict(X), rtol=1e-4, atol=1e-5)
    for array in single.params.values():
        assert array.dtype == np.float32
        array[...] = 0
    assert frozen(net.params) == before
    assert not any(array.any() for array in single.astype("f8").params.values())
    with pytest.raises(RuntimeError, match=BEFORE):
        single.backward(DOUT)
    for dtype in (int, "complex64", "text", object):
        with pytest.raises(TypeError, match="expected a floating dtype such as 'float32'"):
            net.astype(dtype)


@pytest.mark.parametrize("kind", ["chain", "nested", "graph", "residual", "block", "recurrent"])
@pytest.mark.parametrize("x", [X, X.astype("f4"), X.astype("f2"), np.ones((6, 4), int)])
def test_a_float32_net_stays_float32_whatever_it_is_fed(kind, x):
    net = NETS[kind]().astype("f4")
    if kind == "residual":  # the input itself is added
        x = x.astype("f4")
    y = net.forward(x)
    dx, grads = net.backward(np.ones_like(y))
    assert y.dtype == net.predict(x).dtype == dx.dtype == np.float32
    SGD(0.1, momentum=0.9).step(net.params, grads)
    for array in (*grads.values(), *net.params.values()):
        assert array.dtype == np.float32


def test_predict_caches_nothing_and_does_not_replace_forward(net):
    net.predict(X)
    with pytest.raises(RuntimeError, match=BEFORE):
        net.backward(DOUT)
    net.forward(X)
    dx, _ = net.backward(DOUT)
    net.predict(2 * X)
    assert np.array_equal(net.backward(DOUT)[0], dx)


# Errors.


@kinds
@pytest.mark.parametrize("verb", ["forward", "predict", "backward"])
def test_an_error_keeps_its_type_and_traceback_and_names_its_place(make, place, verb):
    for kind in (ValueError, KeyError, type("OwnError", (ArithmeticError,), {})):
        fails = Fails()
        fails.error, fails.verb = kind("the sun was in my eyes"), verb
        fails.error.__cause__ = cause = KeyError("W")
        named = re.escape(f"{place.format(1)} (Fails): the sun was in my eyes")
        with pytest.raises(kind, match=named) as caught:
            run(make(ReLU(), fails), verb)
        assert caught.value is fails.error
        assert caught.value.__cause__ is cause
        assert caught.traceback[-1].name == "answer"


@kinds
@pytest.mark.parametrize("verb", ["forward", "predict", "backward"])
def test_an_error_whose_message_cannot_be_rewritten_is_the_cause(make, place, verb):
    fails = Fails()
    fails.error, fails.verb = OSError(28, "No space left on device"), verb
    named = re.escape(f"{place.format(1)} (Fails): OSError: [Errno 28] No space left")
    with pytest.raises(RuntimeError, match=named) as caught:
        run(make(ReLU(), fails), verb)
    assert caught.value.__cause__ is fails.error


@pytest.mark.parametrize(("make", "place"), [KINDS["chain"], KINDS["graph"]])
def test_an_error_names_what_was_expected_and_what_came(make, place):
    net = make(ReLU(), chain(FullyConnected(5, 2), ReLU()))
    sentence = (
        f"{place.format(1)} (Sequential of 2 layers): layer 0 (FullyConnected 5 -> 2): "
        "expected x of shape (..., 5), got (6, 4)"
    )
    for verb in (net.forward, net.predict):
        with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
            verb(X)
    net = make(FullyConnected(4, 2, rng=0), chain(ReLU()))
    net.forward(X)
    sentence = f"^{place.format(1)} .*: layer 0 .ReLU.: expected dout of shape .6, 2., the shape of"
    for option in (True, False):
        with pytest.raises(ValueError, match=sentence):
            net.backward(DOUT, input_gradient=option)


@kinds
@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt()])
@pytest.mark.parametrize("wrap", [lambda layer: layer, Sequential], ids=["layer", "nested net"])
@pytest.mark.parametrize("index", [0, 1, 2])
def test_after_a_forward_that_failed_there_is_no_backward(make, place, error, wrap, index):
    """Some layers hold the new input then, and some the old one."""
    fails = Fails()
    layers = [FullyConnected(4, 4, rng=seed) for seed in range(3)]
    layers[index] = wrap(fails)
    net = make(*layers)
    net.forward(X)
    fails.error = error
    with pytest.raises(type(error)):
        net.forward(2 * X)
    for _ in range(2):
        with pytest.raises(RuntimeError, match=BEFORE):
            net.backward(DOUT)
    fails.error = None
    net.forward(X)
    assert net.backward(DOUT)[0].shape == X.shape


def test_after_a_backward_or_predict_that_failed_there_is_another_backward(net):
    net.forward(X)
    dx, grads = net.backward(DOUT)
    for verb, wrong in ((net.backward, DOUT[:, :3]), (net.predict, np.ones((6, 7)))):
        try:
            verb(wrong)
        except ValueError as error:
            assert re.match("layer|node|Residual", str(error))  # noqa: PT017, some nets take it
        again, same = net.backward(DOUT)
        assert np.array_equal(dx, again)
        assert frozen(grads) == frozen(same)


@kinds
@pytest.mark.parametrize(
    ("returned", "kind"),
    [(X, "ndarray"), ((X, ()), "tuple"), ((X, {}, {}), "tuple"), ([X, {}], "list"), (None, "None")],
)
def test_a_backward_that_returns_something_else_is_refused(make, place, returned, kind):
    class Mine(Scale):
        def backward(self, dout):
            return returned

    net = make(ReLU(), Mine())
    net.forward(X)
    sentence = f"{place.format(1)} (Mine): expected backward to return (dx, grads) with a dict of"
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)} gradients, got {kind}"):
        net.backward(X)


@kinds
def test_a_layer_with_several_outputs_is_refused(make, place):
    class Mine(Scale):
        def forward(self, x):
            return x / 2, x

    net = make(ReLU(), Mine(), Tanh())
    sentence = f"{place.format(1)} (Mine): expected one output, got a tuple of 2; in a Graph, sever"
    for verb in (net.forward, net.predict):
        with pytest.raises(TypeError, match=f"^{re.escape(sentence)}"):
            verb(X)


@pytest.mark.parametrize("kind", ["nested", "graph", "residual", "block"])
def test_the_net_learns(kind):
    net, loss, optimizer = NETS[kind](), SoftmaxCE(), SGD(0.5)
    first = loss.forward(net.forward(X), LABELS)
    for _ in range(400):
        value = loss.forward(net.forward(X), LABELS)
        _, grads = net.backward(loss.backward()[0], input_gradient=False)
        optimizer.step(net.params, grads)
    assert value < 0.2 * first
