# %% both
import numpy as np

from layers import FullyConnected

rng = np.random.default_rng(0)
x, w, b = rng.normal(size=(6, 5)), rng.normal(size=(5, 3)), rng.normal(size=3)
dout = rng.normal(size=(6, 3))

# %% handgrad
layer = FullyConnected(5, 3)
layer.params["W"], layer.params["b"] = w, b
y = layer.forward(x)
dx, grads = layer.backward(dout)


# %% CS231n
def affine_forward(x, w, b):
    out = x.reshape(len(x), -1) @ w + b
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(len(x), -1).T @ dout
    return dx, dw, dout.sum(axis=0)


out, cache = affine_forward(x, w, b)
their_dx, dw, db = affine_backward(dout, cache)

# %% the same
assert np.allclose(y, out, rtol=1e-12)
assert np.allclose(dx, their_dx, rtol=1e-12)
assert np.allclose(grads["W"], dw, rtol=1e-12)
assert np.allclose(grads["b"], db, rtol=1e-12)
