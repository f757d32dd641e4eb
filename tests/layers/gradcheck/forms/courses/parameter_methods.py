"""Methods give the parameters and the gradients."""

import numpy as np


class Linear:
    def __init__(self, fan_in, fan_out):
        self._w = np.random.randn(fan_out, fan_in)
        self._b = np.zeros(fan_out)

    def parameters(self):
        return [self._w, self._b]

    def gradients(self):
        return [self._gw, self._gb]

    def forward(self, x):
        self.x = x
        return x @ self._w.T + self._b

    def backward(self, grad_output):
        self._gw = grad_output.T @ self.x  # wrong: grad_output.T @ np.abs(self.x)
        self._gb = grad_output.sum(axis=0)
        return grad_output @ self._w  # wrong: grad_output @ self._w + 1
