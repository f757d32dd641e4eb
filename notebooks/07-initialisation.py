# %% [markdown]
# # 7. Initialisation, dead and saturated units, vanishing gradients
#
# A deep net that does not learn often has not even a wrong gradient: it has none. We look at what
# arrives where.

# %% [markdown]
# ## The signal forward
#
# Ten layers of 256 units. What is the spread of their outputs, if the weights are a bit too small,
# a bit too large, or just right?

# %%
import matplotlib.pyplot as plt
import numpy as np

from layers import FullyConnected, ReLU, Sigmoid, Tanh
from nets import Sequential
from nets.plots.style import SEVERAL, plain

# %config InlineBackend.figure_format = "retina"

DEPTH, WIDTH = 10, 256
x = np.random.default_rng(0).normal(size=(200, WIDTH))


def deep_net(activation, scale):
    """Weights drawn from a normal distribution of standard deviation scale / sqrt(WIDTH)."""
    rng = np.random.default_rng(1)
    layers = []
    for _ in range(DEPTH):
        layers += [FullyConnected(WIDTH, WIDTH, rng=rng), activation()]
        layers[-2].params["W"] = rng.normal(size=(WIDTH, WIDTH)) * scale / np.sqrt(WIDTH)
    return Sequential(*layers)


def outputs(net, x):
    """What comes out behind each activation."""
    return [net[:depth].predict(x) for depth in range(2, len(net) + 1, 2)]


# %%
figure, rows = plt.subplots(3, 5, figsize=(10, 4.5), layout="constrained", sharex=True)
for row, scale in zip(rows, (0.5, 1.0, 3.0), strict=True):
    for axes, h, depth in zip(
        row, outputs(deep_net(Tanh, scale), x)[::2], range(1, 11, 2), strict=True
    ):
        axes.hist(h.ravel(), bins=40, range=(-1, 1), color=SEVERAL[4])
        axes.set(yticks=(), title=f"layer {depth}" if scale == 0.5 else None)
    row[0].set_ylabel(f"scale {scale}")

# %% [markdown]
# Too small, and the signal dies out. Too large, and tanh *saturates*: nearly all outputs are -1 or
# 1, where its slope is 0. In between it stays alive.

# %% [markdown]
# ## Why $1/\sqrt{n}$
#
# A unit adds up $n$ independent products, so that variances add up:
#
# $$z = \sum_{i=1}^{n} x_i w_i \qquad
# \operatorname{Var} z = n \cdot \operatorname{Var} x \cdot \operatorname{Var} w$$
#
# The spread stays what it was if $\operatorname{Var} w = 1/n$. Backward the same holds with the
# number $m$ of outputs; Xavier takes the mean of both, $2/(n + m)$. ReLU throws half of the signal
# away, so He doubles the variance: $2/n$.

# %%
rng = np.random.default_rng(0)
n = 256
for name, init in {"Xavier": "xavier_normal", "He": "he_normal"}.items():
    W = FullyConnected(n, n, weight_init=init, rng=rng).params["W"]
    print(f"{name:7} n Var w = {n * W.var():.2f}")

# %% [markdown]
# ## The gradient backward
#
# Send a gradient in at the top and look at its size at each layer. The logarithmic scale shows
# factors: each layer multiplies by about the same.


# %%
def gradient_norms(net, x):
    """The norm of the gradient behind each layer, from the output down to the input."""
    net.forward(x)
    dout = np.random.default_rng(2).normal(size=x.shape)
    norms = [np.linalg.norm(dout)]
    for layer in reversed(net.layers):
        dout, _ = layer.backward(dout)
        norms.append(np.linalg.norm(dout))
    return np.array(norms[::2])[::-1] / norms[0]


nets = {
    "sigmoid": deep_net(Sigmoid, 1.0),
    "tanh, small": deep_net(Tanh, 0.5),
    "tanh, Xavier": deep_net(Tanh, 1.0),
    "ReLU, Xavier": deep_net(ReLU, 1.0),
    "ReLU, He": deep_net(ReLU, np.sqrt(2)),
    "ReLU, large": deep_net(ReLU, 3.0),
}
figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
for (name, net), colour in zip(nets.items(), SEVERAL, strict=False):
    axes.semilogy(gradient_norms(net, x), "o-", ms=4, color=colour, label=name)
axes.set(xlabel="layers above the input", ylabel="norm of the gradient")
axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
plain(axes)

# %% [markdown]
# The sigmoid's slope is at most $1/4$. Ten of them make a millionth: the gradient *vanishes*. With
# weights too large it *explodes*.
#
# ## Does it matter?
#
# The same eight layers on handwritten digits, with four beginnings.

# %%
from layers import SoftmaxCE, uniform
from nets import datasets, fit
from nets.plots import loss_curves
from optimizers import SGD

data = datasets.digits()


def digits_net(activation, weight_init, hidden=8, width=64):
    rng, layers = np.random.default_rng(0), []
    for _ in range(hidden):
        layers += [FullyConnected(64, width, weight_init=weight_init, rng=rng), activation()]
    return Sequential(*layers, FullyConnected(width, 10, rng=rng)).astype(np.float32)


def train(net):
    options = {"epochs": 15, "batch_size": 32, "progress": False, "rng": 0}
    return fit(net, SoftmaxCE(), SGD(0.05), data.x_train, data.y_train, **options)


begun = {
    "sigmoid, Xavier": digits_net(Sigmoid, "xavier_uniform"),
    "ReLU, too small": digits_net(ReLU, uniform(0.05)),
    "ReLU, Xavier": digits_net(ReLU, "xavier_uniform"),
    "ReLU, He": digits_net(ReLU, "he_uniform"),
}
loss_curves({name: train(net) for name, net in begun.items()})

# %% [markdown]
# ## Where did my gradient go?
#
# `trace` runs a net once, forward and backward, and keeps everything: what went out of each layer,
# how large the gradient was that came in from above, and how large the one that it handed on.

# %% tags=["words"]
net = digits_net(Sigmoid, "xavier_uniform")
trace = net.trace(data.x_train[:100], data.y_train[:100], SoftmaxCE())
trace

# %%
trace.plot()

# %% [markdown]
# ## Dead units
#
# A ReLU that is shut for *every* example passes no gradient, and never comes back. One step that is
# far too long is enough to shut many.


# %% tags=["words"]
def dead(net, x):
    """The share of units, behind each ReLU, that no example opens."""
    behind = [net[: i + 1].predict(x) for i, layer in enumerate(net) if isinstance(layer, ReLU)]
    return [f"{np.mean((h <= 0).all(axis=0)):.0%}" for h in behind]


net = digits_net(ReLU, "he_uniform", hidden=3)
print("at the start          ", dead(net, data.x_train))
train(net)
print("after training        ", dead(net, data.x_train))

net = digits_net(ReLU, "he_uniform", hidden=3)
loss, step = SoftmaxCE(), SGD(3.0)
for _ in range(3):
    loss.forward(net.forward(data.x_train), data.y_train)
    step.step(net.params, net.backward(loss.backward()[0])[1])
print("after 3 steps too long", dead(net, data.x_train))

# %% tags=["words"]
net.trace(data.x_train, data.y_train, SoftmaxCE())

# %% [markdown]
# A leaky ReLU always lets a little through, so that it can come back.

# %%
from layers import LeakyReLU
from nets.plots import activations

activations(ReLU(), LeakyReLU(0.1), Tanh(), Sigmoid())

# %% [markdown]
# ## All the same
#
# Why not begin with the same number for all weights, such as 0? Because all units of a layer then
# get the same gradient, and remain the same unit for ever. Here all begin with 0.1:

# %%
net = Sequential(FullyConnected(64, 5), Tanh(), FullyConnected(5, 10))
for name in ("0.W", "2.W"):
    net.params[name] = np.full_like(net.params[name], 0.1)
train(net)
print("weights of five units from one pixel:", net.params["0.W"][20].round(4))

# %% [markdown]
# ## Exercises
#
# 1. The mean of $\mathrm{ReLU}(z)^2$ for a symmetric $z$ is half that of $z^2$. Derive He's $2/n$.
# 2. In `deep_net`, for which scale does the gradient of the ReLU net neither grow nor shrink?
#    Compare with exercise 1.
# 3. Train the eight layers of sigmoids for longer, or with `Adam`. Does the net get off the ground?
# 4. Set the biases of all ReLUs to -3 before training. How many units are dead, and how many come
#    back when `LeakyReLU` takes the place of `ReLU`?
