# %% [markdown]
# # 5. Gradient checking, and ten ways to get it wrong
#
# The only thing that a gradient must be is the slope of its function. That can be measured: move
# one number $\theta_i$ a little to both sides, and compare.
#
# $$\frac{\partial L}{\partial \theta_i} \approx
# \frac{L(\theta_i + h) - L(\theta_i - h)}{2h} \qquad
# \text{error} = \frac{|\,\text{backward} - \text{numeric}\,|}
# {\max(|\,\text{backward}\,|,\ |\,\text{numeric}\,|)}$$

# %%
import numpy as np

rng = np.random.default_rng(0)
x = rng.normal(size=(6, 4))


def numeric(f, x, h=1e-5):
    """The gradient of f at x, one entry after the other."""
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        before = x[i]
        x[i] = before + h
        above = f(x)
        x[i] = before - h
        gradient[i] = (above - f(x)) / (2 * h)
        x[i] = before
    return gradient


# %% [markdown]
# `forward` gives an array, and a slope wants a number. So we weigh the outputs with random numbers
# `dout` and add them up. `backward(dout)` is the gradient of this sum.

# %%
from layers import Tanh

tanh, dout = Tanh(), rng.normal(size=x.shape)
tanh.forward(x)
dx, _ = tanh.backward(dout)
measured = numeric(lambda x: (tanh.forward(x) * dout).sum(), x)
print(f"largest difference: {np.abs(dx - measured).max():.0e}")

# %% [markdown]
# `gradcheck` does this for all inputs and parameters, chooses $h$ by measuring, sets kinks aside,
# and says what is likely to be the mistake.

# %% tags=["words"]
from layers import FullyConnected, gradcheck

gradcheck(FullyConnected(4, 3, rng=0), x)

# %% [markdown]
# ## Ten mistakes
#
# Each has been made by many people. Read the code first, and find it yourself; then run the cell.
#
# ### 1

# %% tags=["words"]


class SquaredError:
    params = {}

    def forward(self, y, t):
        self.difference = y - t
        return float((self.difference**2).mean())

    def backward(self, dout=1.0):
        return dout * 2 * self.difference, {}


t = rng.normal(size=(6, 4))
gradcheck(SquaredError(), x, t)

# %% [markdown]
# The loss is a mean, and the gradient of a mean has a $1/N$ too. All gradients are too long by the
# same factor, so that training still works, with another learning rate.
#
# ### 2

# %% tags=["words"]


class Dense:
    def __init__(self, D, M):
        W = np.random.default_rng(1).normal(size=(D, M))
        self.params = {"W": W, "b": np.zeros(M)}

    def forward(self, x):
        self.x = x
        return x @ self.params["W"] + self.params["b"]


class Averaging(Dense):
    def backward(self, dout):
        grads = {"W": self.x.T @ dout, "b": dout.mean(axis=0)}
        return dout @ self.params["W"].T, grads


gradcheck(Averaging(4, 3), x)

# %% [markdown]
# The bias acts on every row: its gradient is their *sum*. The mean is taken by the loss already.
#
# ### 3

# %% tags=["words"]


class Untransposed(Dense):
    def backward(self, dout):
        return dout @ self.params["W"], {"W": self.x.T @ dout, "b": dout.sum(axis=0)}


gradcheck(Untransposed(4, 4), x)

# %% [markdown]
# With a square W, no shape complains.
#
# ### 4

# %% tags=["words"]


class Reshaped(Dense):
    def backward(self, dout):
        dW = (dout.T @ self.x).reshape(self.params["W"].shape)
        return dout @ self.params["W"].T, {"W": dW, "b": dout.sum(axis=0)}


gradcheck(Reshaped(4, 3), x)

# %% [markdown]
# `reshape` makes any shape fit. It is not a transpose.
#
# ### 5

# %% tags=["words"]


class MaskedByDout:
    params = {}

    def forward(self, x):
        return np.maximum(0, x)

    def backward(self, dout):
        return dout * (dout > 0), {}


gradcheck(MaskedByDout(), x)

# %% [markdown]
# What opens a ReLU is the sign of its input, not that of the gradient.
#
# ### 6

# %% tags=["words"]


class Sigma:
    params = {}

    def forward(self, x):
        self.x = x
        return 1 / (1 + np.exp(-x))

    def backward(self, dout):
        return dout * self.x * (1 - self.x), {}


gradcheck(Sigma(), x)

# %% [markdown]
# $\sigma' = \sigma(1 - \sigma)$ wants the *output*.
#
# ### 7

# %% tags=["words"]


class Descending(Dense):
    def backward(self, dout):
        grads = {"W": -self.x.T @ dout, "b": -dout.sum(axis=0)}
        return dout @ self.params["W"].T, grads


gradcheck(Descending(4, 3), x)

# %% [markdown]
# The minus sign of gradient *descent* belongs to the optimizer.
#
# ### 8

# %% tags=["words"]


class Drop:
    params = {}

    def __init__(self, p, rng):
        self.p, self.rng = p, np.random.default_rng(rng)

    def forward(self, x):
        self.mask = self.rng.random(x.shape) >= self.p
        return x * self.mask / (1 - self.p)

    def backward(self, dout):
        return dout * self.mask, {}


gradcheck(Drop(0.4, rng=0), x)

# %% [markdown]
# What `forward` scales, `backward` scales too. (The check draws the same mask each time.)
#
# ### 9

# %% tags=["words"]


class Accumulating(Dense):
    def __init__(self, D, M):
        super().__init__(D, M)
        self.grads = {name: np.zeros_like(array) for name, array in self.params.items()}

    def backward(self, dout):
        self.grads["W"] += self.x.T @ dout
        self.grads["b"] += dout.sum(axis=0)
        return dout @ self.params["W"].T, self.grads


gradcheck(Accumulating(4, 3), x)

# %% [markdown]
# Right the first time, wrong from then on, unless somebody remembers to set all to 0. Here a
# gradient answers for one call.
#
# ### 10

# %% tags=["words"]


class SoftmaxLoss:
    params = {}

    def forward(self, scores, labels):
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        self.p, self.labels = e / e.sum(axis=1, keepdims=True), labels
        return float(-np.log(self.p[np.arange(len(labels)), labels]).mean())

    def backward(self, dout=1.0):
        return dout * self.p / len(self.labels), {}


labels = np.array([0, 1, 2, 3, 0, 1])
gradcheck(SoftmaxLoss(), x, labels)

# %% [markdown]
# Where are the labels? $p - \mathrm{onehot}(y)$: without them, all scores go down.
#
# ## What they look like
#
# Each point is an entry of a gradient: across what is measured, up what `backward` says. A right
# gradient lies on the diagonal. A wrong *factor* is another slope, a wrong *place* is a cloud.

# %%
import matplotlib.pyplot as plt

from nets.plots.style import BLUE

# %config InlineBackend.figure_format = "retina"

dout3 = rng.normal(size=(6, 3))


def dense_dw(layer):
    layer.forward(x)
    return layer.backward(dout3)[1]["W"].ravel()


def slope(layer):
    layer.forward(x)
    return layer.backward(dout)[0].ravel()


# %%
true_dw = dense_dw(Averaging(4, 3))  # only its b was wrong
true_sigma = numeric(lambda x: (Sigma().forward(x) * dout).sum(), x)
error = SquaredError()
true_error = numeric(lambda x: error.forward(x, t), x)
value = error.forward(x, t)  # once more, where x is what it was
pairs = {
    "1. not divided": (true_error, error.backward()[0]),
    "7. wrong sign": (true_dw, dense_dw(Descending(4, 3))),
    "4. reshaped": (true_dw, dense_dw(Reshaped(4, 3))),
    "6. input for output": (true_sigma, slope(Sigma())),
}
figure, row = plt.subplots(1, 4, figsize=(10, 2.9), layout="constrained")
row[0].set_ylabel("backward")
for axes, (name, (across, up)) in zip(row, pairs.items(), strict=True):
    axes.axline((0, 0), slope=1, color="grey", lw=0.8, ls=":")
    axes.plot(np.ravel(across), np.ravel(up), "o", color=BLUE, ms=4)
    axes.set(title=name, xlabel="numeric")

# %% [markdown]
# ## In a net
#
# In a net, a mistake spoils everything *below* it, because the gradient comes from above. So the
# one that is to blame is the layer nearest to the output whose gradient is wrong. The check walks
# back and names it.

# %% tags=["words"]
from layers import ReLU, SoftmaxCE
from nets import Sequential

top = FullyConnected(5, 4, rng=1)
net = Sequential(FullyConnected(4, 5, rng=0), ReLU(), Untransposed(5, 5), Tanh(), top)
gradcheck(net, x, loss=(SoftmaxCE(), labels))

# %% [markdown]
# ## What is *not* a mistake
#
# At the kink of a ReLU there is no slope: to the left it is 0, to the right 1. A check that moves
# across it sees something in between. Such entries are set aside, and counted.

# %% tags=["words"]
at_kinks = np.array([[0.0, 1e-9, 0.5], [-1e-9, -0.5, 2.0]])
gradcheck(ReLU(), at_kinks)

# %% [markdown]
# ## Exercises
#
# 1. Repair the ten.
# 2. Which of the ten could one notice from the loss curve alone? Train a net with each of them.
# 3. Invent an eleventh mistake that gives right numbers on the first call. Does the check find it?
# 4. The numeric gradient of a net with a million weights takes two million passes. How does
#    `gradcheck` get by with far fewer? Check a large layer, and read the column "compared".
