"""Each form, correct and wrong, through `adapt`."""

import numpy as np
import pytest

from layers import FullyConnected, gradcheck
from layers.gradcheck import adapt

X = np.random.default_rng(0).normal(size=(5, 4))
LABELS = np.array([0, 2, 1, 2, 0])
W, B = np.random.default_rng(1).normal(size=(4, 3)), np.ones(3)


class Attributes:
    def __init__(self, factor=1):
        self.weights, self.bias, self.factor = W.copy(), B.copy(), factor
        self.steps = np.zeros(3)

    def forward(self, x):
        self.x, self.output = x, x @ self.weights + self.bias

    def backward(self, dvalues):
        self.dweights = self.x.T @ dvalues * self.factor
        self.dbias = dvalues.sum(axis=0)
        self.dinputs = dvalues @ self.weights.T


class Lists:
    def __init__(self, factor=1):
        self.params = [W.copy(), B.copy()]
        self.grads = [np.zeros_like(W), np.zeros_like(B)]
        self.factor = factor

    def forward(self, x):
        self.x = x
        return x @ self.params[0] + self.params[1]

    def backward(self, dout):
        self.grads[0][...] = self.x.T @ dout * self.factor
        self.grads[1][...] = dout.sum(axis=0)
        return dout @ self.params[0].T


class Methods:
    def __init__(self, factor=1):
        self._w, self._b, self.factor = W.copy(), B.copy(), factor

    def params(self):
        return [self._w, self._b]

    def forward(self, x):
        self.x = x
        return x @ self._w + self._b

    def backward(self, dout):
        return dout @ self._w.T, [self.x.T @ dout * self.factor, dout.sum(axis=0)]


class Dict:
    def __init__(self, factor=1):
        self.params, self.grads, self.factor = {"W": W.copy()}, {}, factor

    def __call__(self, x, training):
        assert training
        self.x = x
        return x @ self.params["W"]

    def backprop(self, delta):
        self.grads["dW"] = self.x.T @ delta * self.factor
        return delta @ self.params["W"].T


class Updating:
    def __init__(self, factor=1):
        self.w, self.b, self.factor = W.copy(), B.copy(), factor

    def forward_pass(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward_pass(self, grad, learning_rate):
        dx = grad @ self.w.T
        self.w -= learning_rate * self.x.T @ grad * self.factor
        self.b = self.b - learning_rate * grad.sum(axis=0)
        return dx


class Cached:
    def __init__(self, factor=1):
        self.w, self.factor = W.copy(), factor

    def forward(self, x):
        return x @ self.w, x

    def backward(self, dout, cache):
        return dout @ self.w.T, {"w": cache.T @ dout * self.factor}


@pytest.mark.parametrize("kind", [Attributes, Lists, Methods, Dict, Updating, Cached])
def test_an_object_in_any_form_is_checked(kind):
    layer = adapt(kind(), X)
    report = gradcheck(layer, X)
    report.raise_if_failed()
    assert len(report.tensors) == 1 + len(layer.params)
    wrong = gradcheck(adapt(kind(2), X), X, explain=False)
    assert [t.wrong for t in wrong.tensors] == [0, 12, *[0] * (len(layer.params) - 1)]


def test_the_form_is_reported():
    assert adapt(Attributes(), X).form == (
        "the output in output; dx in dinputs; gradients in dweights, dbias"
    )
    assert adapt(Updating(), X).form == (
        "forward_pass and backward_pass; gradients by the change of the parameters"
    )
    assert adapt(Lists(), X).form == "gradients in the list grads"


def test_what_keeps_the_contract_stays_as_it_is():
    layer = FullyConnected(4, 3, rng=0)
    assert adapt(layer, X) is layer


def test_the_object_is_left_alone():
    thing = Updating()
    gradcheck(adapt(thing, X), X)
    assert (thing.w == W).all()
    assert not hasattr(thing, "x")


def test_a_parameter_without_a_gradient_is_missed():
    class Forgetful(Attributes):
        def backward(self, dvalues):
            super().backward(dvalues)
            del self.dbias

    (finding,) = gradcheck(adapt(Forgetful(), X), X).findings
    assert finding.mistake == "wrong-keys"


def softmax(x):
    p = np.exp(x - x.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


class MeanLoss:
    """The loss of each example; backward is the gradient of their mean."""

    def __init__(self, factor=1):
        self.factor = factor

    def forward(self, x, labels):
        self.p, self.labels = softmax(x), labels
        shifted = x - x.max(axis=1, keepdims=True)
        scores = shifted[np.arange(len(x)), labels]
        return np.log(np.exp(shifted).sum(axis=1)) - scores

    def backward(self):
        return self.factor * (self.p - np.eye(4)[self.labels]) / len(self.p)


class SumLoss(MeanLoss):
    def backward(self):
        return super().backward() * len(self.p)


class Repeated:
    def __init__(self, factor=1):
        self.factor = factor

    def loss(self, actual, predicted):
        return np.sum((predicted - actual) ** 2)

    def grad(self, actual, predicted):
        return 2 * self.factor * (predicted - actual)


@pytest.mark.parametrize(
    ("kind", "inputs"), [(MeanLoss, (X, LABELS)), (SumLoss, (X, LABELS)), (Repeated, (X, 2 * X))]
)
def test_a_loss_without_dout_is_checked(kind, inputs):
    gradcheck(adapt(kind(), *inputs), *inputs).raise_if_failed()
    assert not gradcheck(adapt(kind(2), *inputs), *inputs, explain=False)


def loss_and_gradient(weights, x, labels, reg, factor=1):
    scores = softmax(x @ weights)
    loss = -np.log(scores[np.arange(len(x)), labels]).sum() + reg * (weights**2).sum()
    return loss, factor * (x.T @ (scores - np.eye(3)[labels]) + 2 * reg * weights)


def test_a_function_of_loss_and_gradient_is_checked():
    arguments = {"weights": W, "reg": 0.1}
    report = gradcheck(adapt(loss_and_gradient, X, LABELS, arguments=arguments), X, LABELS)
    report.raise_if_failed()
    assert [tensor.name for tensor in report.tensors] == ["weights"]
    wrong = adapt(loss_and_gradient, X, LABELS, arguments={**arguments, "factor": 2})
    assert not gradcheck(wrong, X, LABELS, explain=False)


class Net:
    def __init__(self, factor=1):
        self.params, self.factor = {"W1": W.copy()}, factor

    def loss(self, x, y):
        scores = softmax(x @ self.params["W1"])
        d = (scores - np.eye(3)[y]) / len(x)
        loss = -np.log(scores[np.arange(len(x)), y]).mean()
        return loss, {"W1": x.T @ d * self.factor}


def test_a_net_with_a_loss_is_checked():
    gradcheck(adapt(Net(), X, LABELS), X, LABELS).raise_if_failed()
    assert not gradcheck(adapt(Net(2), X, LABELS), X, LABELS, explain=False)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@pytest.mark.parametrize("slope", [lambda x: sigmoid(x) * (1 - sigmoid(x)), lambda y: y * (1 - y)])
def test_a_derivative_may_be_of_the_input_or_of_the_output(slope):
    gradcheck(adapt(sigmoid, X, backward=slope), X).raise_if_failed()
    assert not gradcheck(adapt(sigmoid, X, backward=lambda x: 2 * slope(x)), X, explain=False)


def test_a_step_of_two_outputs_and_a_dict_of_weights_is_checked():
    def step_forward(x, h, weights):
        c = np.tanh(x @ weights["Wx"] + h @ weights["Wh"])
        return c, 2 * c, (x, h, c, weights)

    def step_backward(dc, dd, cache):
        x, h, c, weights = cache
        dz = (dc + 2 * dd) * (1 - c**2)
        return {
            "dx": dz @ weights["Wx"].T,
            "dh": dz @ weights["Wh"].T,
            "dWx": x.T @ dz,
            "dWh": h.T @ dz,
        }

    rng = np.random.default_rng(2)
    h = rng.normal(size=(5, 3))
    weights = {"Wx": W, "Wh": rng.normal(size=(3, 3))}
    layer = adapt(step_forward, X, h, backward=step_backward, arguments={"weights": weights})
    report = gradcheck(layer, X, h)
    report.raise_if_failed()
    assert [tensor.name for tensor in report.tensors] == ["x0", "x1", "Wx", "Wh"]


def test_what_cannot_be_adapted_is_reported():
    with pytest.raises(TypeError, match=r"adapt: expected an object, got the class; make one: Net"):
        adapt(Net, X)
    with pytest.raises(TypeError, match="adapt: expected an object with a forward and a backward"):
        adapt(object(), X)
    with pytest.raises(TypeError, match="expected softmax to return \\(loss, gradient\\)"):
        adapt(softmax, X).forward(X)


def net_forward(x, parameters):
    return x @ parameters["W"], {"x": x}


def cost(output, y):
    return 0.5 * np.sum((output - y) ** 2)


@pytest.mark.parametrize("factor", [1, 2])
def test_a_net_of_functions_needs_its_cost(factor):
    def net_backward(output, y, cache):
        return {"dW": factor * cache["x"].T @ (output - y)}

    arguments = {"parameters": {"W": W}}
    layer = adapt(net_forward, backward=net_backward, cost=cost, arguments=arguments)
    report = gradcheck(layer, X, X[:, :3], explain=False)
    assert [(tensor.name, bool(tensor)) for tensor in report.tensors] == [("W", factor == 1)]
    with pytest.raises(TypeError, match="adapt: a net with a cost needs backward, and arguments"):
        adapt(net_forward, backward=net_backward, cost=cost)
