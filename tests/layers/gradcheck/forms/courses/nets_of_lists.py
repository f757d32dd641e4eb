"""Nets with lists of weights and biases; backprop(x, y) returns lists of their gradients."""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class Network:
    def __init__(self, sizes):
        self.biases = [np.random.randn(n, 1) for n in sizes[1:]]
        self.weights = [np.random.randn(n, m) for m, n in zip(sizes[:-1], sizes[1:])]

    def feedforward(self, a):
        for b, w in zip(self.biases, self.weights):
            a = sigmoid(w @ a + b)
        return a

    def delta(self, a, y):
        return (a - y) * a * (1 - a)  # wrong: a - y

    def backprop(self, x, y):
        activations = [x]
        for b, w in zip(self.biases, self.weights):
            activations.append(sigmoid(w @ activations[-1] + b))
        delta = self.delta(activations[-1], y)
        nabla_b, nabla_w = [delta], [delta @ activations[-2].T]
        for layer in range(2, len(activations)):
            a = activations[-layer]
            delta = self.weights[-layer + 1].T @ delta * a * (1 - a)
            nabla_b.insert(0, delta)
            nabla_w.insert(0, delta @ activations[-layer - 1].T)  # wrong: delta @ np.ones((1, 4))
        return nabla_b, nabla_w


class CrossEntropy:
    @staticmethod
    def fn(a, y):
        return np.sum(np.nan_to_num(-y * np.log(a) - (1 - y) * np.log(1 - a)))


class NetworkWithCost(Network):
    def __init__(self, sizes, cost=CrossEntropy):
        super().__init__(sizes)
        self.cost = cost

    def delta(self, a, y):
        return a - y  # wrong: (a - y) * a * (1 - a)
