"""Several outputs, a dict of weights, a dict of gradients, and a cache that comes first."""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    a = np.split(x @ Wx + prev_h @ Wh + b, 4, axis=1)
    i, f, o, g = *map(sigmoid, a[:3]), np.tanh(a[3])
    next_c = f * prev_c + i * g
    tanh_c = np.tanh(next_c)
    return o * tanh_c, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, tanh_c)


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, tanh_c = cache
    dc = dnext_c + dnext_h * o * (1 - tanh_c**2)  # wrong: dnext_h * o * (1 - tanh_c**2)
    gates = (i, f, o)
    douts = (dc * g, dc * prev_c, dnext_h * tanh_c)
    da = [d * s * (1 - s) for d, s in zip(douts, gates, strict=True)]
    da = np.concatenate([*da, dc * i * (1 - g**2)], axis=1)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


def rnn_cell_forward(xt, a_prev, parameters):
    Wax, Waa, ba = parameters["Wax"], parameters["Waa"], parameters["ba"]
    a_next = np.tanh(Wax @ xt + Waa @ a_prev + ba)
    prediction = parameters["Wya"] @ a_next  # which has its gradient elsewhere
    return a_next, prediction, (a_next, a_prev, xt, parameters)


def rnn_cell_backward(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    dz = da_next * (1 - a_next**2)
    return {
        "dxt": parameters["Wax"].T @ dz,
        "da_prev": parameters["Waa"].T @ dz,
        "dWax": dz @ xt.T,
        "dWaa": dz @ a_prev.T,
        "dba": dz.sum(axis=1, keepdims=True),  # wrong: "dba": dz.mean(axis=1, keepdims=True),
    }


def cube_forward(x):
    return (x, "kept"), x**3


def cube_backward(dout, cache):
    return 3 * cache[0] ** 2 * dout  # wrong: 3 * cache[0] * dout
