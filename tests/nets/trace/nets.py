"""Nets to trace."""

import numpy as np

from layers import FullyConnected, ReLU, SoftmaxCE
from nets import Sequential

X = np.array([[1.0, 2.0], [-1.0, 0.5]])
LABELS = np.array([0, 1])


def small():
    """Two inputs, three units, of which the last is off, and two classes."""
    net = Sequential(FullyConnected(2, 3), ReLU(), FullyConnected(3, 2, rng=1))
    net.params["0.W"] = [[1, 0, 0], [0, 1, 0]]
    net.params["0.b"] = [0, 0, -1]
    return net


def traced(net, x=X, labels=LABELS):
    return net.trace(x, labels, SoftmaxCE())


class StudentsReLU:
    """A layer without a base class, which writes into what it is given."""

    def __init__(self):
        self.params = {}

    def forward(self, x):
        x[x < 0] = 0
        self.on = x > 0
        return x

    def backward(self, dout):
        dout[~self.on] = 0
        return dout, {}
