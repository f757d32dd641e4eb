"""Nothing is returned: the output, dx and the gradients are attributes."""

import numpy as np


class Dense:
    def __init__(self, n_inputs, n_neurons):
        self.weights = np.random.normal(size=(n_inputs, n_neurons))
        self.biases = np.zeros((1, n_neurons))

    def forward(self, inputs):
        self.inputs = inputs
        self.output = inputs @ self.weights + self.biases

    def backward(self, dvalues):
        self.dweights = self.inputs.T @ dvalues  # wrong: self.inputs.T @ dvalues / len(dvalues)
        self.dbiases = dvalues.sum(axis=0, keepdims=True)
        self.dinputs = dvalues @ self.weights.T  # wrong: -dvalues @ self.weights.T
