"""Losses whose logarithm is kept from infinity by a tiny epsilon."""

import numpy as np
import pytest

from layers import gradcheck
from tests.layers.gradcheck.wrong_layers import Plain

X = np.random.default_rng(0).normal(size=(6, 4))
LABELS = np.array([0, 3, 1, 2, 2, 1])


class Net(Plain):
    """x W, softmax, and the mean of -log(p + epsilon) at the labels."""

    def __init__(self, epsilon, in_backward=0.0, factor=1.0):
        self.epsilon, self.in_backward, self.factor = epsilon, in_backward, factor
        self.params = {"W": 4 * np.random.default_rng(1).normal(size=(4, 4))}

    def forward(self, x, labels):
        e = np.exp(x @ self.params["W"])
        self.x, self.p, self.labels = x, e / e.sum(axis=1, keepdims=True), labels
        self.rows = np.arange(len(x))
        return -np.mean(np.log(self.p[self.rows, labels] + self.epsilon))

    def backward(self, dout=1.0):
        p = self.p[self.rows, self.labels]
        d = self.p.copy()
        d[self.rows, self.labels] -= 1
        d *= dout * self.factor * (p / (p + self.in_backward) / len(p))[:, None]
        return d @ self.params["W"].T, {"W": self.x.T @ d}


@pytest.mark.parametrize("epsilon", [1e-6, 1e-7, 1e-9])
def test_a_tiny_epsilon_without_a_derivative_is_advice(epsilon):
    report = gradcheck(Net(epsilon), X, LABELS)
    report.raise_if_failed()
    if epsilon > 1e-9:  # which changes no slope by more than the tolerance
        (note,) = (note for note in report.notes if note.mistake == "epsilon-in-forward")
        assert note.evidence.startswith(f"forward has log(p + {epsilon:.3g})")


@pytest.mark.parametrize("net", [Net(1e-3), Net(1e-7, factor=1.001), Net(1e-7, in_backward=1e-4)])
def test_any_other_gradient_stays_wrong(net):
    assert not gradcheck(net, X, LABELS, explain=False)


def test_the_exact_gradient_gets_no_advice():
    report = gradcheck(Net(1e-4, in_backward=1e-4), X, LABELS)
    report.raise_if_failed()
    assert "epsilon-in-forward" not in [note.mistake for note in report.notes]


@pytest.mark.parametrize(
    "loss",
    [
        lambda p, t: -np.sum(t * np.log(1e-8 + p) + (1 - t) * np.log(1 - p + 1e-8)),
        lambda p, t: -np.sum(np.where(t > 0, np.log(np.add(p, 1e-8)), np.log((1 - p) + 1e-8))),
    ],
)
def test_either_logarithm_of_a_binary_loss_is_followed(loss):
    class Binary(Plain):
        def forward(self, p, t):
            self.p, self.t = p, t
            return loss(p, t)

        def backward(self, dout=1.0):
            return dout * (self.p - self.t) / (self.p * (1 - self.p)), {}

    t = np.array([1, 0, 1, 0])
    p = np.array([0.5, 1e-3, 0.9, 0.2])
    gradcheck(Binary(), p, t).raise_if_failed()
