# %% [markdown]
# # 3. A layer of your own, checked
#
# A layer is a class with three things: `params`, `forward(x)` and `backward(dout)`. There is no
# base class to learn and nothing to register.
#
# We write the activation *Swish*, $y = x\,\sigma(x)$, get its gradient wrong, and let the check
# find out.

# %% tags=["words"]
import numpy as np

from layers import gradcheck


class Swish:
    params = {}

    def forward(self, x):
        self.x, self.s = x, 1 / (1 + np.exp(-x))
        return x * self.s

    def backward(self, dout):
        return dout * self.s, {}  # is that all?


x = np.random.default_rng(0).normal(size=(4, 3))
gradcheck(Swish(), x)

# %% [markdown]
# The check moved each entry of `x` a little, and saw $y$ move differently from what `backward`
# says. Indeed $x$ occurs twice in $x\,\sigma(x)$, and the product rule has two terms:
#
# $$\frac{dy}{dx} = \sigma(x) + x\,\sigma(x)\,(1 - \sigma(x))$$

# %% tags=["words"]


class Swish:
    params = {}

    def forward(self, x):
        self.x, self.s = x, 1 / (1 + np.exp(-x))
        return x * self.s

    def backward(self, dout):
        return dout * (self.s + self.x * self.s * (1 - self.s)), {}


gradcheck(Swish(), x)

# %% [markdown]
# Right. This is what it looks like, with its derivative as `backward` computes it:

# %%
from layers import GELU, ReLU
from nets.plots import activations

# %config InlineBackend.figure_format = "retina"

activations(ReLU(), Swish(), GELU())

# %% [markdown]
# ## A layer with parameters
#
# Parameters are arrays in the dict `params`, and `backward` returns a dict with a gradient for
# each, under the same key and of the same shape. A scale and a shift for each column:
#
# $$y_{ij} = x_{ij}\,g_j + b_j \qquad
# \frac{\partial L}{\partial g_j} = \sum_i \frac{\partial L}{\partial y_{ij}}\,x_{ij} \qquad
# \frac{\partial L}{\partial b_j} = \sum_i \frac{\partial L}{\partial y_{ij}}$$
#
# One $g_j$ acts on all rows $i$, so its gradient is a sum over them.

# %% tags=["words"]


class ScaleShift:
    def __init__(self, features):
        self.params = {"g": np.ones(features), "b": np.zeros(features)}

    def forward(self, x):
        self.x = x
        return x * self.params["g"] + self.params["b"]

    def backward(self, dout):
        grads = {"g": (dout * self.x).sum(axis=0), "b": dout.sum(axis=0)}
        return dout * self.params["g"], grads


gradcheck(ScaleShift(3), x)

# %% [markdown]
# ## Mistakes that numbers alone do not show
#
# This ReLU is right, and yet spoils the net that it stands in: it writes into an array that belongs
# to somebody else. The check looks for that too.

# %% tags=["words"]


class RudeReLU:
    params = {}

    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, dout):
        dout[~self.mask] = 0
        return dout, {}


gradcheck(RudeReLU(), x)

# %% [markdown]
# ## In a net
#
# Layers of your own stand beside those of the library, and train with them.

# %% tags=["words"]
from layers import FullyConnected, SoftmaxCE
from nets import Sequential, datasets, evaluate, fit
from optimizers import Adam

data = datasets.digits()
net = Sequential(
    FullyConnected(64, 64, rng=0), ScaleShift(64), Swish(), FullyConnected(64, 10, rng=1)
)
gradcheck(net, data.x_train[:5], loss=(SoftmaxCE(), data.y_train[:5]))

# %%
options = {"epochs": 15, "batch_size": 32, "progress": False, "rng": 0}
history = fit(net, SoftmaxCE(), Adam(0.003), data.x_train, data.y_train, **options)
loss, accuracy = evaluate(net, SoftmaxCE(), data.x_test, data.y_test)
print(f"right on {accuracy:.1%} of {len(data.y_test)} digits never seen before")

# %% [markdown]
# ## In a test
#
# `assert_gradients` is the same check for a test: silent, or an error that says what is wrong.

# %%
from layers import assert_gradients


def test_swish():
    assert_gradients(Swish(), np.linspace(-3, 3, 7))


test_swish()

# %% [markdown]
# ## Exercises
#
# 1. Write `Square`, $y = x^2$, and `Cosine`, $y = \cos x$, and check them.
# 2. Give Swish a parameter $\beta$, $y = x\,\sigma(\beta x)$, a number for the whole layer. What is
#    the shape of its gradient? Over what is it summed?
# 3. Write `LayerNorm`, which takes from each row its mean and divides it by its standard deviation.
#    The mean depends on all entries of the row, and so does the gradient. Let the check lead you.
# 4. Make `ScaleShift` accumulate its gradients over calls (`+=`), as some libraries do, and see
#    what the check says.
