"""backward takes a learning rate, and updates the parameters; one example at a time."""

import numpy as np


class Dense:
    def __init__(self, input_size, output_size):
        self.weights = np.random.rand(input_size, output_size) - 0.5
        self.bias = np.random.rand(1, output_size) - 0.5

    def forward_propagation(self, data):
        self.data = data
        return data @ self.weights + self.bias

    def backward_propagation(self, error, learning_rate):
        dx = error @ self.weights.T
        self.weights -= learning_rate * self.data.T @ error  # wrong: self.weights - self.weights.T
        self.bias -= learning_rate * error  # wrong: 2 * learning_rate * error
        return dx


class Column:
    def __init__(self, input_size, output_size):
        self.weights = np.random.randn(output_size, input_size)
        self.bias = np.random.randn(output_size, 1)

    def forward(self, x):
        self.x = x
        return self.weights @ x + self.bias

    def backward(self, output_gradient, learning_rate):
        dx = self.weights.T @ output_gradient
        self.weights -= learning_rate * output_gradient @ self.x.T
        self.bias -= learning_rate * output_gradient
        return dx  # wrong: -dx
