# %% [markdown]
# # 3. A layer of your own, checked
#
# A layer is a class with `params`, `forward(x)` and `backward(dout)`. There is no base class to
# inherit from and nothing to register.
#
# We write the activation *Swish*, $y = x\,\sigma(x)$, make a mistake in its gradient, and let the
# check find it.

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
# The check changed each entry of `x` a little, and $y$ did not change as `backward` says it should.
# Indeed, $x$ occurs twice in $x\,\sigma(x)$, and the product rule gives two terms:
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
# Now the gradient is correct. Here is the function, with its derivative as `backward` computes it:

# %% mystnb={"image": {"alt": "Curves of ReLU, Swish and GELU with their derivatives"}}
from layers import GELU, ReLU
from nets.plots import activations

# %config InlineBackend.figure_format = "retina"

activations(ReLU(), Swish(), GELU())

# %% [markdown]
# ## A layer with parameters
#
# Parameters are arrays in the dict `params`. `backward` returns a dict with the gradient of each
# under the same key and in the same shape. This layer scales and shifts each column:
#
# $$y_{ij} = x_{ij}\,g_j + b_j \qquad
# \frac{\partial L}{\partial g_j} = \sum_i \frac{\partial L}{\partial y_{ij}}\,x_{ij} \qquad
# \frac{\partial L}{\partial b_j} = \sum_i \frac{\partial L}{\partial y_{ij}}$$
#
# Each $g_j$ is used in all rows $i$, so its gradient is a sum over the rows.

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
# This ReLU returns the correct gradient, but it breaks the net around it: it overwrites an array
# that belongs to the caller. The check tests for that too.

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
# Your own layers can be combined with those of the library and trained together.

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
print(f"test accuracy {accuracy:.1%} on {len(data.y_test)} digits")

# %% [markdown]
# ## In a test
#
# `assert_gradients` is the same check for unit tests: it raises an `AssertionError` that says what
# is wrong, or does nothing.

# %%
from layers import assert_gradients


def test_swish():
    assert_gradients(Swish(), np.linspace(-3, 3, 7))


test_swish()

# %% [markdown]
# ## Exercises
#
# 1. Write `Square`, $y = x^2$, and `Cosine`, $y = \cos x$, and check them.
#
#    <details><summary>Answer</summary>
#
#    ```python
#    class Square:
#        params = {}
#
#        def forward(self, x):
#            self.x = x
#            return x**2
#
#        def backward(self, dout):
#            return 2 * self.x * dout, {}
#    ```
#
#    `Cosine` is the same with `np.cos(x)` and `-np.sin(self.x) * dout`.
#
#    </details>
#
# 2. Give Swish a parameter $\beta$, $y = x\,\sigma(\beta x)$, one number for the whole layer. What
#    is the shape of its gradient? Over what is it summed?
#
#    <details><summary>Answer</summary>
#
#    One number, of the shape of the parameter, such as (1,). $\beta$ acts on every entry, so its
#    gradient is the sum over the whole array:
#    $\partial L/\partial\beta = \sum_{ij} \frac{\partial L}{\partial y_{ij}}\, x_{ij}^2\,
#    \sigma(\beta x_{ij})\,(1 - \sigma(\beta x_{ij}))$. The gradient of $x$ is
#    $\sigma(\beta x) + \beta x\,\sigma(\beta x)(1 - \sigma(\beta x))$ times `dout`.
#
#    </details>
#
# 3. Write `LayerNorm`, which subtracts from each row its mean and divides by its standard
#    deviation. The mean depends on all entries of the row, and so does the gradient. Let the check
#    guide you.
#
#    <details><summary>Answer</summary>
#
#    ```python
#    class LayerNorm:
#        params = {}
#
#        def forward(self, x):
#            self.s = x.std(axis=1, keepdims=True)
#            self.y = (x - x.mean(axis=1, keepdims=True)) / self.s
#            return self.y
#
#        def backward(self, dout):
#            mean = dout.mean(axis=1, keepdims=True)
#            along = (dout * self.y).mean(axis=1, keepdims=True)
#            return (dout - mean - self.y * along) / self.s, {}
#    ```
#
#    `mean` is due to the mean of the row, and `along` to its standard deviation.
#
#    </details>
#
# 4. Make `ScaleShift` accumulate its gradients over calls (`+=`), as some libraries do, and see
#    what the check says.
#
#    <details><summary>Answer</summary>
#
#    It reports the law `accumulates`: a second `backward` gives twice the gradient, because it adds
#    to what was there. If the sums are kept in arrays that `backward` returns, it also reports
#    `overwrites`: the second call changes the gradients that the first one returned.
#
#    </details>
