"""Loss and accuracy of examples that are only predicted."""

import re

import numpy as np
import pytest

from layers import MSE, Dropout, FullyConnected, ReLU, SoftmaxCE
from nets import Sequential, evaluate

RNG = np.random.default_rng(4)
X = RNG.normal(size=(17, 4))
LABELS = RNG.integers(0, 3, 17)


def make():
    return Sequential(FullyConnected(4, 8, rng=0), ReLU(), FullyConnected(8, 3, rng=1))


class Student:
    """A net without a base class, that counts the rows it is given at once."""

    def __init__(self):
        self.params, self.rows = {}, []

    def forward(self, x):
        self.rows.append(len(x))
        return x[:, :3]

    def backward(self, dout):
        raise NotImplementedError


class Distance:
    """A student's loss: no base class, no predict, no accuracy."""

    def __init__(self):
        self.params = {}

    def forward(self, y, t):
        return float(np.abs(y - t).mean())

    def backward(self, dout=1.0):
        raise NotImplementedError


@pytest.mark.parametrize("batch_size", [1, 2, 5, 16, 17, 18, 1000])
def test_batches_of_any_size_give_the_mean_over_all_examples(batch_size):
    net = make()
    scores = net.predict(X)
    loss, accuracy = evaluate(net, SoftmaxCE(), X, LABELS, batch_size)
    assert loss == pytest.approx(SoftmaxCE().forward(scores, LABELS), rel=1e-12)
    assert accuracy == pytest.approx((scores.argmax(1) == LABELS).mean(), rel=1e-12)
    assert 0 < accuracy < 1


def test_unless_told_otherwise_a_thousand_are_predicted_at_once():
    student, rows = Student(), []
    student.predict = lambda x: rows.append(len(x)) or np.zeros((len(x), 3))
    evaluate(student, MSE(), np.zeros((2500, 4)), np.zeros((2500, 3)))
    assert rows == [1000, 1000, 500]


def test_a_loss_that_does_not_classify_has_no_accuracy():
    targets = RNG.normal(size=(17, 3))
    net = make()
    loss, accuracy = evaluate(net, MSE(), X, targets, batch_size=5)
    assert loss == pytest.approx(((net.predict(X) - targets) ** 2).mean(), rel=1e-12)
    assert accuracy is None


def test_a_students_net_and_loss_are_accepted():
    targets = RNG.normal(size=(17, 3))
    loss, accuracy = evaluate(Student(), Distance(), X, targets, batch_size=5)
    assert loss == pytest.approx(np.abs(X[:, :3] - targets).mean(), rel=1e-12)
    assert accuracy is None


def test_it_predicts_and_does_not_train():
    """Dropout is off, draws nothing, and what forward kept for backward stays."""
    net, loss = Sequential(Dropout(0.5, rng=0), *make()), SoftmaxCE()
    twin = Sequential(Dropout(0.5, rng=0), *make())
    for each in (net, twin):
        value = loss.forward(each.forward(X), LABELS)
    dscores, _ = loss.backward()
    dx, grads = net.backward(dscores)

    first = evaluate(net, loss, -X, LABELS[::-1])
    assert evaluate(net, loss, -X, LABELS[::-1]) == first
    assert np.array_equal(loss.backward()[0], dscores)
    again, same = net.backward(dscores)
    assert np.array_equal(again, dx)
    assert all(np.array_equal(same[name], g) for name, g in grads.items())
    assert loss.forward(net.forward(X), LABELS) == loss.forward(twin.forward(X), LABELS) != value


def test_the_order_of_the_examples_stays():
    seen = []

    class Watches(Student):
        def forward(self, x):
            seen.extend(x[:, 0])
            return super().forward(x)

    evaluate(Watches(), SoftmaxCE(), X, LABELS, batch_size=4)
    assert seen == X[:, 0].tolist()


@pytest.mark.parametrize("batch_size", [0, -1, 2.5])
def test_a_batch_size_that_is_not_a_count_is_refused(batch_size):
    with pytest.raises(ValueError, match="batch_size"):
        evaluate(make(), SoftmaxCE(), X, LABELS, batch_size)


def test_no_examples_are_refused():
    with pytest.raises(ValueError, match="at least one example"):
        evaluate(make(), SoftmaxCE(), X[:0], LABELS[:0])


@pytest.mark.parametrize(
    ("net", "loss", "sentence"),
    [
        (None, MSE(), "evaluate: expected a net with forward, got None; the order is"),
        (
            Sequential,
            MSE(),
            f"evaluate: expected a net with forward, got {Sequential!r}, the",
        ),
        (Sequential(ReLU()), "mse", "evaluate: expected a loss such as SoftmaxCE(), got 'mse';"),
        (
            MSE(),
            Sequential(ReLU()),
            "evaluate: expected a net with a forward that takes x, got MSE()",
        ),
        (
            ReLU(),
            ReLU(),
            "evaluate: expected a loss with a forward that takes scores and targets, got",
        ),
    ],
)
def test_anything_but_a_net_and_a_loss_is_refused(net, loss, sentence):
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)}"):
        evaluate(net, loss, X, X)
