# %% both
import numpy as np

from layers import Dropout

x = np.ones((1000, 4))

# %% handgrad
dropout = Dropout(0.2, rng=0)  # the share that goes
y = dropout.forward(x)
dx, _ = dropout.backward(np.ones_like(y))
at_test = dropout.predict(x)


# %% CS231n
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]  # the share that stays
    mask = None
    if dropout_param["mode"] == "train":
        mask = (np.random.rand(*x.shape) < p) / p
        x = x * mask
    return x, mask


def dropout_backward(dout, mask):
    return dout * mask


train = {"p": 0.8, "mode": "train"}
out, mask = dropout_forward(x, train)
their_dx = dropout_backward(np.ones_like(out), mask)
test = {"p": 0.8, "mode": "test"}
their_test, _ = dropout_forward(x, test)

# %% the same
assert np.allclose(np.unique(y), np.unique(out))  # 0 and 1.25
assert (dx == y).all()
assert (their_dx == out).all()
assert (at_test == their_test).all()
