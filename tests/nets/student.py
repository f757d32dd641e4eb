"""A layer as students write it."""

import numpy as np


class Scale:
    """A student's layer: no base class, no predict, arrays in attributes too."""

    def __init__(self, factor=2.0):
        self.w = np.array([factor])
        self.params = {"w": self.w}

    def forward(self, x):
        self.x = x
        return self.w * x

    def backward(self, dout):
        return self.w * dout, {"w": np.array([(dout * self.x).sum()])}
