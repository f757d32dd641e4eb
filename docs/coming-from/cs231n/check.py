# %% both
import numpy as np

from layers import gradcheck
from layers.gradcheck import FunctionPair

rng = np.random.default_rng(0)
x, w, b = rng.normal(size=(6, 5)), rng.normal(size=(5, 3)), rng.normal(size=3)


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


# %% handgrad
pair = FunctionPair(
    affine_forward,
    affine_backward,
    {"w": w, "b": b},
)
report = gradcheck(pair, x)
print(report)


# %% CS231n
def numerical(f, x, df, h=1e-5):
    grad = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        kept = x[place]
        x[place] = kept + h
        above = f(x)
        x[place] = kept - h
        below = f(x)
        x[place] = kept
        slope = (above - below) / (2 * h)
        grad[place] = np.sum(slope * df)
    return grad


def rel_error(a, b):
    size = np.maximum(1e-8, np.abs(a) + np.abs(b))
    return np.max(np.abs(a - b) / size)


dout = rng.normal(size=(6, 3))
out, cache = affine_forward(x, w, b)
dx, dw, db = affine_backward(dout, cache)
by_x = lambda x: affine_forward(x, w, b)[0]
by_w = lambda w: affine_forward(x, w, b)[0]
dx_num = numerical(by_x, x, dout)
dw_num = numerical(by_w, w, dout)
print(rel_error(dx, dx_num))
print(rel_error(dw, dw_num))

# %% the same
assert report
assert max(rel_error(dx, dx_num), rel_error(dw, dw_num)) < 1e-7
