# %% [markdown]
# # 5. Gradient checking, and ten ways to get it wrong
#
# A gradient has to be the slope of its function, and a slope can be measured: change one number
# $\theta_i$ a little in both directions, and compare.
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
    """The gradient of f at x, one entry at a time."""
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
# `forward` returns an array, but a gradient needs a scalar. So we multiply the outputs by random
# weights `dout` and sum them. `backward(dout)` is the gradient of this sum.

# %%
from layers import Tanh

tanh, dout = Tanh(), rng.normal(size=x.shape)
tanh.forward(x)
dx, _ = tanh.backward(dout)
measured = numeric(lambda x: (tanh.forward(x) * dout).sum(), x)
print(f"largest difference: {np.abs(dx - measured).max():.0e}")

# %% [markdown]
# `gradcheck` does this for all inputs and parameters, chooses $h$ by measuring, sets kinks aside,
# and names the likely mistake.

# %% tags=["words"]
from layers import FullyConnected, gradcheck

gradcheck(FullyConnected(4, 3, rng=0), x)

# %% [markdown]
# ## Ten mistakes
#
# All of them are common. Read the code first and try to find the mistake yourself; then run the
# cell.
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
# The loss is a mean, so its gradient has a factor $1/N$ too. All gradients are too large by the
# same factor, so training still works with a smaller learning rate.
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
# The bias is added to every row, so its gradient is the *sum* over the rows. The loss has already
# taken the mean.
#
# ### 3

# %% tags=["words"]


class Untransposed(Dense):
    def backward(self, dout):
        return dout @ self.params["W"], {"W": self.x.T @ dout, "b": dout.sum(axis=0)}


gradcheck(Untransposed(4, 4), x)

# %% [markdown]
# If W is square, the shapes do not reveal it.
#
# ### 4

# %% tags=["words"]


class Reshaped(Dense):
    def backward(self, dout):
        dW = (dout.T @ self.x).reshape(self.params["W"].shape)
        return dout @ self.params["W"].T, {"W": dW, "b": dout.sum(axis=0)}


gradcheck(Reshaped(4, 3), x)

# %% [markdown]
# `reshape` makes any shape fit, but it is not a transpose.
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
# The mask of a ReLU depends on the sign of its input, not on the sign of the gradient.
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
# $\sigma' = \sigma(1 - \sigma)$ uses the *output*, not the input.
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
# If `forward` scales, `backward` has to scale too. (The check draws the same mask each time.)
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
# Correct for the first call and wrong for all later ones, unless the sums are reset to 0. In
# this library, a gradient belongs to one call.
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
# The labels are missing: the gradient is $p - \mathrm{onehot}(y)$. Without them, training lowers
# all scores.
#
# ## What they look like
#
# Each point is one entry of a gradient: the measured value on the x-axis, the value of `backward`
# on the y-axis. A correct gradient lies on the diagonal. A wrong *factor* changes the slope,
# entries in the wrong *places* make a cloud.

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


# %% mystnb={"image": {"alt": "backward against numeric: two lines of wrong slope, two clouds"}}
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
# In a net, a mistake in one layer makes the gradients of all layers *before* it wrong, because the
# gradient flows back from the output. The cause is the wrong layer nearest to the output. The check
# walks back from there and names it.

# %% tags=["words"]
from layers import ReLU, SoftmaxCE
from nets import Sequential

top = FullyConnected(5, 4, rng=1)
net = Sequential(FullyConnected(4, 5, rng=0), ReLU(), Untransposed(5, 5), Tanh(), top)
gradcheck(net, x, loss=(SoftmaxCE(), labels))

# %% [markdown]
# ## What is *not* a mistake
#
# At its kink a ReLU has no derivative: the slope is 0 on the left and 1 on the right. A difference
# quotient across the kink gives something in between. Such entries are set aside and counted.

# %% tags=["words"]
at_kinks = np.array([[0.0, 1e-9, 0.5], [-1e-9, -0.5, 2.0]])
gradcheck(ReLU(), at_kinks)

# %% [markdown]
# ## Exercises
#
# 1. Fix all ten mistakes.
#
#    <details><summary>Answer</summary>
#
#    1: divide by `self.difference.size`. 2: `dout.sum(axis=0)`. 3: `dout @ W.T`. 4: `self.x.T @
#    dout`. 5: store `x > 0` in `forward` and multiply by it. 6: store the output `s`; the factor is
#    `s * (1 - s)`. 7: no minus signs. 8: also divide by `1 - self.p`. 9: return new arrays instead
#    of adding to old ones. 10: subtract 1 from `p[np.arange(N), labels]`, on a copy of `p`.
#
#    </details>
#
# 2. Which of the ten could you notice from the loss curve alone? Train a net with each of them.
#
#    <details><summary>Answer</summary>
#
#    We put each into a net of three layers on the digits and ran ten epochs of SGD(0.1). With 5, 7
#    and 9 the loss does not fall as it should, and with 1, 6 and 10 training diverges (with 1 only
#    because the learning rate is now too large). But 2, 3, 4 and 8 train almost as well as without
#    a mistake: final losses of 0.12, 0.16, 0.16 and 0.21, where the correct layers give 0.12 (0.19
#    with dropout). A falling loss does not show that the gradients are correct.
#
#    </details>
#
# 3. Invent an eleventh mistake that gives correct numbers in the first call. Does the check find
#    it?
#
#    <details><summary>Answer</summary>
#
#    For example a ReLU that keeps the mask of its first call for ever (`if not hasattr(self,
#    "mask"): self.mask = x > 0`). The check finds it: it runs `forward` on a second input and
#    reports `stale-cache`, although the entries compared at first agree.
#
#    </details>
#
# 4. The numeric gradient of a net with a million weights takes two million passes. How does
#    `gradcheck` manage with far fewer? Check a large layer, and read the column "compared".
#
#    <details><summary>Answer</summary>
#
#    It compares a sample of the entries and a few random directions, each of which mixes all
#    entries in two passes. For `FullyConnected(1000, 500)`: 49 of the 500,000 entries of W, and 7
#    directions. An error in a single entry is still very unlikely to be missed, because every
#    direction contains it.
#
#    </details>
