"""One step: forward, backward and the update, which waits for a finite loss."""

import numpy as np
import pytest

from layers import MSE, FullyConnected, ReLU, SoftmaxCE
from nets import L2, Sequential
from nets.training.step import Step
from optimizers import SGD

RNG = np.random.default_rng(6)
X = RNG.normal(size=(9, 4))
LABELS = RNG.integers(0, 3, 9)


def make():
    return Sequential(FullyConnected(4, 5, rng=0), ReLU(), FullyConnected(5, 3, rng=1))


def frozen(arrays):
    return {name: array.tobytes() for name, array in arrays.items()}


class Line:
    """A student's net: a slope, and a backward that knows no options."""

    def __init__(self):
        self.params = {"slope": np.array([1.0])}

    def forward(self, x):
        self.x = x
        return self.params["slope"] * x

    def backward(self, dout):
        return self.params["slope"] * dout, {"slope": np.array([(dout * self.x).sum()])}


@pytest.mark.parametrize("regularizer", [None, L2(0.3), L2(0.3, biases=True)])
def test_a_step_is_what_one_would_write_by_hand(regularizer):
    net, same, loss = make(), make(), SoftmaxCE()
    step = Step(net, loss, SGD(0.1, momentum=0.9), regularizer)
    optimizer = SGD(0.1, momentum=0.9)
    for _ in range(3):
        figures = step(X, LABELS)
        by_hand = SoftmaxCE()
        scores = same.forward(X)
        expected = by_hand.forward(scores, LABELS)
        _, grads = same.backward(by_hand.backward()[0])
        if regularizer:
            assert figures["penalty"] == regularizer.penalty(same.params)
            for name, g in regularizer.gradients(same.params).items():
                grads[name] = grads[name] + g
        optimizer.step(same.params, grads)
        assert figures["loss"] == expected
        assert figures["accuracy"] == SoftmaxCE.accuracy(scores, LABELS)
        assert frozen(net.params) == frozen(same.params)


def test_the_regularizers_gradient_goes_with_its_penalty():
    """What SGD subtracts is the slope of loss and penalty together, taken by numbers."""
    net, l2, h = make(), L2(0.7), 1e-6
    before = {name: array.copy() for name, array in net.params.items()}

    def total():
        return SoftmaxCE().forward(net.predict(X), LABELS) + l2.penalty(net.params)

    slopes = {}
    for name, array in net.params.items():
        slopes[name] = np.empty_like(array)
        for index in np.ndindex(array.shape):
            values = []
            for sign in (1, -1):
                array[index] = before[name][index] + sign * h
                values.append(total())
            array[index] = before[name][index]
            slopes[name][index] = (values[0] - values[1]) / (2 * h)
    Step(net, SoftmaxCE(), SGD(0.5), l2)(X, LABELS)
    for name, array in net.params.items():
        np.testing.assert_allclose((before[name] - array) / 0.5, slopes[name], atol=1e-7)


def test_a_students_net_needs_no_options():
    line = Line()
    Step(line, MSE(), SGD(0.1))(np.array([2.0]), np.array([0.0]))
    assert line.params["slope"].tolist() == [1.0 - 0.1 * 8.0]


def test_the_gradient_of_the_input_is_not_asked_for():
    asked = []

    class Spy(FullyConnected):
        def backward(self, dout, input_gradient=True):
            asked.append(input_gradient)
            return super().backward(dout, input_gradient)

    Step(Sequential(Spy(4, 3, rng=0)), SoftmaxCE(), SGD())(X, LABELS)
    Step(Spy(4, 3, rng=0), SoftmaxCE(), SGD())(X, LABELS)
    assert asked == [False, False]


@pytest.mark.parametrize("where", ["loss", "penalty"])
def test_a_loss_that_is_not_finite_moves_nothing(where):
    class Grown:
        def penalty(self, params):
            return np.inf

        def gradients(self, params):
            raise AssertionError("there is nothing to add to")

    net, optimizer = make(), SGD(0.1, momentum=0.9)
    step = Step(net, SoftmaxCE(), optimizer, Grown() if where == "penalty" else None)
    before = frozen(net.params)
    if where == "loss":
        net.params["2.b"][0] = np.nan
        before = frozen(net.params)
    with np.errstate(invalid="ignore"):
        figures = step(X, LABELS)
    assert not np.isfinite(figures[where])
    assert frozen(net.params) == before
    assert (optimizer.t, optimizer.state) == (0, {})
