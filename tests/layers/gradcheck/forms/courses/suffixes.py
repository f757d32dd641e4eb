"""Pairs of functions with suffixes, and dicts of options."""

import numpy as np


def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    dx = (dout @ w.T).reshape(x.shape)
    return dx, x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)  # wrong: dx, x.T @ dout, dout[0]


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    size = w.shape[2]
    steps = range(0, xp.shape[2] - size + 1, stride)
    out = np.zeros((len(x), len(w), len(steps), len(steps)))
    for i in steps:
        for j in steps:
            window = xp[:, :, i : i + size, j : j + size]
            out[:, :, i // stride, j // stride] = np.tensordot(window, w, ((1, 2, 3),) * 2) + b
    return out, (xp, w, conv_param)


def conv_backward_naive(dout, cache):
    xp, w, conv_param = cache
    stride, pad, size = conv_param["stride"], conv_param["pad"], w.shape[2]
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + size)
            columns = slice(j * stride, j * stride + size)
            d = dout[:, :, i, j]
            dxp[:, :, rows, columns] += np.tensordot(d, w, 1)
            dw += np.tensordot(d.T, xp[:, :, rows, columns], 1)
    dx = dxp[:, :, pad:-pad, pad:-pad]
    return dx, dw, dout.sum(axis=(0, 2, 3))  # wrong: dx, dw, dout.mean(axis=(0, 2, 3))


def scale_forward(x, gamma, beta, bn_param):
    return gamma * x + beta, (x, gamma)


def scale_backward(dout, cache):
    x, gamma = cache
    return dout * gamma, (dout * x).sum(axis=0), dout.sum(axis=0)


def scale_backward_alt(dout, cache):
    x, gamma = cache
    return gamma * dout, np.sum(x * dout, 0), np.sum(dout, 0)  # wrong: dout, np.sum(x, 0), dout[0]


def spatial_scale_forward(x, gamma, beta, bn_param):
    return gamma[:, None, None] * x + beta[:, None, None], (x, gamma)


def spatial_scale_backward(dout, cache):
    x, gamma = cache
    dgamma = (dout * x).sum(axis=(0, 2, 3))  # wrong: (dout * x).sum(axis=(0, 2, 3)) / len(x)
    return dout * gamma[:, None, None], dgamma, dout.sum(axis=(0, 2, 3))


def max_pool_forward_fast(x, pool_param):
    n, c, h, w = x.shape
    size = pool_param["pool_height"]
    blocks = x.reshape(n, c, h // size, size, w // size, size)
    out = blocks.max(axis=(3, 5))
    return out, (blocks, out, x.shape)


def max_pool_backward_fast(dout, cache):
    blocks, out, shape = cache
    mask = blocks == out[:, :, :, None, :, None]
    mask = mask / mask.sum(axis=(3, 5), keepdims=True)  # entries that are equal share a gradient
    dx = mask * dout[:, :, :, None, :, None]  # wrong: (1 - mask) * dout[:, :, :, None, :, None]
    return dx.reshape(shape)
