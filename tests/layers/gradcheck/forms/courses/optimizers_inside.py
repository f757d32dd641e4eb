"""The layer holds an optimizer, which updates the parameters in the backward pass."""

import numpy as np


class Dense:
    def __init__(self, n_units, input_shape=None):
        self.n_units, self.input_shape = n_units, input_shape

    def set_input_shape(self, shape):
        self.input_shape = shape

    def initialize(self, optimizer):
        self.W = np.random.normal(size=(self.input_shape[0], self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.optimizer = optimizer

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        W = self.W
        self.W = self.optimizer.update(W, self.layer_input.T @ accum_grad)
        self.w0 = self.optimizer.update(self.w0, accum_grad.sum(axis=0, keepdims=True))
        return accum_grad @ W.T  # wrong: accum_grad @ self.W.T
