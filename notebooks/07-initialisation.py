# %% [markdown]
# # 7. Initialisation, dead and saturated units, vanishing gradients
#
# If a deep net does not learn, its gradient is often not wrong but nearly 0. We look at the size of
# the signal and of the gradient in each layer.

# %% [markdown]
# ## The signal forward
#
# Ten layers of 256 units. How are their outputs distributed if the weights are too small, too
# large, or suitable?

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
    """The output of each activation."""
    return [net[:depth].predict(x) for depth in range(2, len(net) + 1, 2)]


# %% mystnb={"image": {"alt": "Outputs by layer: they shrink, keep their spread or saturate"}}
figure, rows = plt.subplots(3, 5, figsize=(10, 4.5), layout="constrained", sharex=True)
for row, scale in zip(rows, (0.5, 1.0, 3.0), strict=True):
    for axes, h, depth in zip(
        row, outputs(deep_net(Tanh, scale), x)[::2], range(1, 11, 2), strict=True
    ):
        axes.hist(h.ravel(), bins=40, range=(-1, 1), color=SEVERAL[4])
        axes.set(yticks=(), title=f"layer {depth}" if scale == 0.5 else None)
    row[0].set_ylabel(f"scale {scale}")

# %% [markdown]
# If the weights are too small, the signal dies out. If they are too large, tanh *saturates*: nearly
# all outputs are -1 or 1, where its slope is 0. In between, the signal keeps its size.

# %% [markdown]
# ## Why $1/\sqrt{n}$
#
# A unit sums $n$ independent products, so their variances add up:
#
# $$z = \sum_{i=1}^{n} x_i w_i \qquad
# \operatorname{Var} z = n \cdot \operatorname{Var} x \cdot \operatorname{Var} w$$
#
# The variance is preserved if $\operatorname{Var} w = 1/n$. In the backward pass the same holds
# with the number $m$ of outputs; Xavier's compromise is $2/(n + m)$. ReLU drops half of the signal,
# so He doubles the variance: $2/n$.

# %%
rng = np.random.default_rng(0)
n = 256
for name, init in {"Xavier": "xavier_normal", "He": "he_normal"}.items():
    W = FullyConnected(n, n, weight_init=init, rng=rng).params["W"]
    print(f"{name:7} n Var w = {n * W.var():.2f}")

# %% [markdown]
# ## The gradient backward
#
# Start with a random gradient at the output and look at its norm in each layer. On a logarithmic
# scale the curves are nearly straight: each layer multiplies the norm by about the same factor.


# %% mystnb={"image": {"alt": "Norm of the gradient by layer for six nets, on a log scale"}}
def gradient_norms(net, x):
    """The norm of the gradient at each layer, from the output down to the input."""
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
# The slope of the sigmoid is at most $1/4$. Ten such factors make about a millionth: the gradient
# *vanishes*. With weights that are too large it *explodes*.
#
# ## Does it matter?
#
# The same net with eight hidden layers, trained on handwritten digits from four initialisations.

# %% mystnb={"image": {"alt": "Training loss for four initialisations: two do not fall"}}
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
# `trace` runs a net once, forward and backward, and records the output of each layer, the size of
# the gradient that it received, and the size of the gradient that it passed on.

# %% tags=["words"]
net = digits_net(Sigmoid, "xavier_uniform")
trace = net.trace(data.x_train[:100], data.y_train[:100], SoftmaxCE())
trace

# %% mystnb={"image": {"alt": "Outputs and gradients by layer in the deep sigmoid net"}}
trace.plot()

# %% [markdown]
# ## Dead units
#
# A ReLU with a negative input for *every* example passes no gradient on and never recovers: it is
# dead. A single step that is far too large can kill many.


# %% tags=["words"]
def dead(net, x):
    """The share of units of each ReLU that are 0 for every example."""
    outputs = [net[: i + 1].predict(x) for i, layer in enumerate(net) if isinstance(layer, ReLU)]
    return [f"{np.mean((h <= 0).all(axis=0)):.0%}" for h in outputs]


net = digits_net(ReLU, "he_uniform", hidden=3)
print("at the start           ", dead(net, data.x_train))
train(net)
print("after training         ", dead(net, data.x_train))

net = digits_net(ReLU, "he_uniform", hidden=3)
loss, step = SoftmaxCE(), SGD(3.0)
for _ in range(3):
    loss.forward(net.forward(data.x_train), data.y_train)
    step.step(net.params, net.backward(loss.backward()[0])[1])
print("after 3 steps too large", dead(net, data.x_train))

# %% tags=["words"]
net.trace(data.x_train, data.y_train, SoftmaxCE())

# %% [markdown]
# A leaky ReLU always passes a little of the gradient on, so its units can recover.

# %% mystnb={"image": {"alt": "ReLU, LeakyReLU, Tanh and Sigmoid with their derivatives"}}
from layers import LeakyReLU
from nets.plots import activations

activations(ReLU(), LeakyReLU(0.1), Tanh(), Sigmoid())

# %% [markdown]
# ## All the same
#
# Why not initialise all weights to the same number, such as 0? Because all units of a layer would
# then get the same gradient and stay identical forever. Here all weights start at 0.1:

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
#
#    <details><summary>Answer</summary>
#
#    $z$ is symmetric, so $\mathrm{E}\,\mathrm{ReLU}(z)^2 = \frac{1}{2}\mathrm{E}\,z^2$. With $x =
#    \mathrm{ReLU}(z)$ of the layer before, $\operatorname{Var} z' = n \operatorname{Var} w \cdot
#    \mathrm{E}\,x^2 = \frac{n}{2} \operatorname{Var} w \cdot \operatorname{Var} z$. The variance is
#    preserved if $\operatorname{Var} w = 2/n$.
#
#    </details>
#
# 2. In `deep_net`, for which scale does the gradient of the ReLU net neither grow nor shrink?
#    Compare with exercise 1.
#
#    <details><summary>Answer</summary>
#
#    For the scale $\sqrt 2$: the weights have the variance $2/n$ then, as in exercise 1. Backward,
#    the mask sets half of the gradient to 0, and the same factor makes up for it.
#
#    </details>
#
# 3. Train the eight layers of sigmoids for longer, or with `Adam`. Does the net learn?
#
#    <details><summary>Answer</summary>
#
#    With SGD(0.05) it does not, even in 60 epochs: the loss stays at 2.31. Adam(0.003), which
#    divides by the size of the gradient, reaches a loss of about 1.7 after 15 epochs and 0.22, with
#    94 % of the training images correct, after 60.
#
#    </details>
#
# 4. In the net with three hidden layers, set the biases of all hidden layers to -1 before training.
#    How many units are dead? How many recover during training, and how many with `LeakyReLU(0.1)`
#    instead of `ReLU`? Train with `Adam(0.003)`.
#
#    <details><summary>Answer</summary>
#
#    At the start 41 % of the first layer is dead, and all units of the second and third layers:
#    nothing that reaches them is large enough. With `ReLU` none recovers, because no gradient gets
#    through; the net predicts the same for every image. With `LeakyReLU(0.1)` and Adam, 17 %, 6 %
#    and 0 % of the units are still negative for all images after 15 epochs, and 99 % of the
#    training images are correct. (With SGD(0.05) they do not recover in 15 epochs: three slopes of
#    0.1 make the gradient tiny.)
#
#    </details>
