"""Stand-ins for the gates of the lectures."""

import math

import numpy as np

from layers import Layer


class Gate(Layer):
    def forward(self, *xs):
        self._xs = [np.asarray(x, float) for x in xs]
        y = self.value(*self._xs)
        return float(y) if np.ndim(y) == 0 else y

    def backward(self, dout):
        dx = tuple(dout * slope for slope in self.slopes(*self._xs))
        dx = tuple(float(g) if np.ndim(g) == 0 else g for g in dx)
        return (dx if len(dx) > 1 else dx[0]), {}


class Add(Gate):
    def value(self, *xs):
        return sum(xs[1:], xs[0])

    def slopes(self, *xs):
        return [np.ones_like(x) for x in xs]


class Multiply(Gate):
    def value(self, *xs):
        return math.prod(xs[1:], start=xs[0])

    def slopes(self, *xs):
        return [math.prod(xs[:i] + xs[i + 1 :], start=1.0) for i in range(len(xs))]


class Max(Gate):
    def value(self, x, y):
        return np.maximum(x, y)

    def slopes(self, x, y):
        return [(x > y) * 1.0, (y > x) * 1.0]


class Exp(Gate):
    def value(self, x):
        return np.exp(x)

    def slopes(self, x):
        return [np.exp(x)]


class Log(Gate):
    def value(self, x):
        return np.log(x)

    def slopes(self, x):
        return [1 / x]


class Sin(Gate):
    def value(self, x):
        return np.sin(x)

    def slopes(self, x):
        return [np.cos(x)]


class Reciprocal(Gate):
    def value(self, x):
        return 1 / x

    def slopes(self, x):
        return [-1 / x**2]


class AddConstant(Gate):
    def __init__(self, c):
        self.c = c

    def value(self, x):
        return self.c + x

    def slopes(self, x):
        return [np.ones_like(x)]


class MultiplyConstant(Gate):
    def __init__(self, a):
        self.a = a

    def value(self, x):
        return self.a * x

    def slopes(self, x):
        return [np.full_like(x, self.a)]


class Copy(Layer):
    def __init__(self, n):
        self.n = n

    def forward(self, x):
        return (x,) * self.n
