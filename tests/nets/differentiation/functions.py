"""Functions with known derivatives, in NumPy."""

import numpy as np

X = np.random.default_rng(0).normal(size=(3, 2))
W = np.random.default_rng(1).normal(size=(2, 2))


def quiz(x, z):
    """10-601, lecture 13, differentiation quiz 1."""
    return np.exp(x * z) + x * z / np.log(x) + np.sin(np.log(x)) / (x * z)


def quiz_gradient(x, z):
    log = np.log(x)
    by_x = z * np.exp(x * z) + z / log - z / log**2 + (np.cos(log) - np.sin(log)) / (x**2 * z)
    return by_x, x * np.exp(x * z) + x / log - np.sin(log) / (x * z**2)


def net(x):
    return np.sum(np.tanh(x @ W) ** 2)


def net_gradient(x):
    h = np.tanh(x @ W)
    return (2 * h * (1 - h**2)) @ W.T


FUNCTIONS = {
    "a number": (np.sin, (1.0,), np.cos),
    "two numbers": (quiz, (2.0, 3.0), quiz_gradient),
    "integers": (lambda x, y: x * y, (2, 3), lambda x, y: (3.0, 2.0)),
    "an array": (net, (X,), net_gradient),
    "a number and an array": (
        lambda a, x: np.sum(a * (x / (1 + np.exp(-x)))) - 3.0 + (-a),
        (2.0, X),
        lambda a, x: (
            np.sum(x / (1 + np.exp(-x))) - 1.0,
            a * (1 / (1 + np.exp(-x)) + x * np.exp(-x) / (1 + np.exp(-x)) ** 2),
        ),
    ),
    "entries": (
        lambda x: np.sqrt(x[0]) * x[1] ** 3 - np.cos(x[2]) / 2,
        (np.array([4.0, 2.0, 1.0]),),
        lambda x: np.array([2.0, 24.0, np.sin(1.0) / 2]),
    ),
    "an exponent": (lambda x: 2.0**x + x**-1.0, (3.0,), lambda x: 8 * np.log(2) - 1 / 9),
    "nothing depends on y": (lambda x, y: x * 2, (1.0, 5.0), lambda x, y: (2.0, 0.0)),
    "a constant": (lambda x: 7.0 + 0 * x, (1.0,), lambda x: 0.0),
}


def assert_gradient(found, correct, tolerance):
    assert isinstance(found, tuple) == isinstance(correct, tuple)
    pairs = zip(found, correct, strict=True) if isinstance(correct, tuple) else [(found, correct)]
    for a, b in pairs:
        assert np.shape(a) == np.shape(b)
        assert np.ndim(a) or type(a) is float
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)
