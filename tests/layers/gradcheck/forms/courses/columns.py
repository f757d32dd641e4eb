"""Examples in columns, with the layout found out by trying; and a name without _forward."""

import numpy as np


def sigmoid(Z):
    A = 1 / (1 + np.exp(-Z))
    return A, Z


def sigmoid_backward(dA, cache):
    s = 1 / (1 + np.exp(-cache))
    return dA * s * (1 - s)  # wrong: dA * s


def linear_forward(A, W, b):
    return W @ A + b, (A, W, b)


def linear_backward(dZ, cache):
    A, W, b = cache
    return W.T @ dZ, dZ @ A.T, dZ.sum(axis=1, keepdims=True)  # wrong: W.T @ dZ, dZ @ A.T, dZ[:, :1]


def linear_activation_forward(A_prev, W, b, activation):
    Z, linear_cache = linear_forward(A_prev, W, b)
    A = sigmoid(Z)[0] if activation == "sigmoid" else np.maximum(0, Z)
    return A, (linear_cache, Z)


def linear_activation_backward(dA, cache, activation):
    linear_cache, Z = cache
    dZ = sigmoid_backward(dA, Z) if activation == "sigmoid" else dA * (Z > 0)
    return linear_backward(dZ, linear_cache)


def initialize_parameters(n_x, n_h):
    return {"W1": np.random.randn(n_h, n_x), "b1": np.zeros((n_h, 1))}
