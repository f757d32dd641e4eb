# %% [markdown]
# # 11. float32, stability and softmax
#
# Computers do not calculate with real numbers. Most of the time this does not matter. Here are the
# cases in which it does.

# %% [markdown]
# ## About seven digits
#
# A float32 keeps 24 significant bits of a number, a float64 keeps 53. The rest is rounded away.

# %%
import numpy as np

for kind in (np.float32, np.float64):
    info = np.finfo(kind)
    print(f"{kind.__name__}: spacing at 1 is {info.eps:.1e}, largest {info.max:.1e}")

# %%
print("0.1 + 0.2 == 0.3  :", 0.1 + 0.2 == 0.3)
print("1e8 + 1 in float32:", np.float32(1e8) + np.float32(1))
with np.errstate(over="ignore"):
    print("exp(89) in float32:", np.exp(np.float32(89)))

# %% [markdown]
# ## Softmax overflows
#
# $$p_j = \frac{e^{s_j}}{\sum_k e^{s_k}}$$
#
# The formula is correct, but it fails for scores as small as 1,000.

# %%
scores = np.array([1000.0, 999.0, 0.0])


def naive(s):
    return np.exp(s) / np.exp(s).sum()


with np.errstate(over="ignore", invalid="ignore"):
    print(naive(scores))

# %% [markdown]
# Subtracting a number $c$ from all scores does not change the quotient:
#
# $$\frac{e^{s_j - c}}{\sum_k e^{s_k - c}} = \frac{e^{-c}\,e^{s_j}}{e^{-c}\,\sum_k e^{s_k}} = p_j$$
#
# With $c = \max s$ the largest exponential is $e^0 = 1$, so nothing overflows.

# %%
from layers import softmax

print(softmax(scores))

# %% [markdown]
# ## The logarithm of a probability
#
# A probability below about $10^{-324}$ is rounded to 0, and its logarithm is infinite. So we never
# take the logarithm of a softmax, but compute it directly:
#
# $$\log p_j = s_j - \log \sum_k e^{s_k}$$

# %%
from layers import SoftmaxCE

label = np.array([2])
with np.errstate(divide="ignore"):
    print("-log of the softmax:", -np.log(softmax(scores)[2]))
print(f"SoftmaxCE          : {SoftmaxCE().forward(scores[None], label):.4f}")

# %% [markdown]
# That is why the loss takes *scores*, and why the last layer of a net is not a softmax. The
# gradient is $p - \mathrm{onehot}$, which cannot overflow.

# %%
loss = SoftmaxCE()
loss.forward(scores[None], label)
print(loss.backward()[0])

# %% [markdown]
# ## The same with two classes
#
# For one score $z$ and the label 0, the loss is $-\log(1 - \sigma(z)) = \log(1 + e^z)$, which for
# large $z$ is just $z$. Computed from the probability in float32, it becomes infinite above 16.6,
# where $1 + e^{-z}$ is rounded to 1.

# %% mystnb={"image": {"alt": "Loss from the probability is infinite from 16.7 on"}}
import matplotlib.pyplot as plt

from layers import SigmoidCE
from nets.plots.style import BLUE, VERMILION, plain

# %config InlineBackend.figure_format = "retina"

z = np.linspace(0, 30, 301, dtype=np.float32)[:, None]
with np.errstate(divide="ignore"):
    by_probability = -np.log(1 - 1 / (1 + np.exp(-z)))
by_score = np.array([SigmoidCE().forward(row[None], np.zeros((1, 1))) for row in z])

figure, axes = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
axes.plot(z, by_score, color=BLUE, lw=2.2, label="from the score")
axes.plot(z, by_probability, color=VERMILION, lw=1.5, label="from the probability")
first = float(z[np.isinf(by_probability)].min())
axes.axvline(first, color="grey", ls=":")
axes.annotate(f"infinite from z = {first:.1f} on", (first + 0.4, 3))
axes.set(xlabel="score z", ylabel="loss")
axes.legend(frameon=False)
plain(axes)

# %% [markdown]
# `BinaryCE`, which takes probabilities, does not clip them. Being certain and wrong costs what the
# formula says, and a number that is not a probability raises an error.

# %%
from layers import BinaryCE

print("certain and wrong:", BinaryCE().forward(np.array([[1.0]]), np.array([[0.0]])))
try:
    BinaryCE().forward(np.array([[1.5]]), np.array([[1.0]]))
except ValueError as error:
    print(error)

# %% [markdown]
# ## Checking gradients needs float64
#
# A centred difference subtracts two nearly equal numbers, which leaves few of the seven digits. In
# float32 no step $h$ gives an error below about $10^{-5}$, so a correct gradient looks wrong. That
# is why `gradcheck` works on a float64 copy.


# %% mystnb={"image": {"alt": "Error of the difference quotient against h, in both types"}}
def error(kind, h):
    x = np.linspace(-2, 2, 50).astype(kind)
    h = kind(h)
    numeric = (np.tanh(x + h) - np.tanh(x - h)) / (2 * h)
    return np.abs(numeric - (1 - np.tanh(x.astype(float)) ** 2)).max()


steps = 10.0 ** np.arange(-12, 0, 0.5)
figure, axes = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
for kind, colour in ((np.float32, VERMILION), (np.float64, BLUE)):
    steps_that_move = [h for h in steps if h > (1e-7 if kind is np.float32 else 0)]
    errors = [error(kind, h) for h in steps_that_move]
    axes.loglog(steps_that_move, errors, "o-", ms=4, color=colour, label=kind.__name__)
axes.set(xlabel="step h", ylabel="largest error")
axes.legend(frameon=False)
plain(axes)

# %% [markdown]
# ## Training does not
#
# The noise of minibatches is much larger than the rounding of float32. The same net and the same
# batches in both:

# %%
from layers import FullyConnected, ReLU
from nets import Sequential, datasets, evaluate, fit
from nets.plots import loss_curves
from optimizers import Adam

data = datasets.digits()
runs = {}
for kind in (np.float64, np.float32):
    net = Sequential(FullyConnected(64, 64, rng=0), ReLU(), FullyConnected(64, 10, rng=1))
    net, x, x_test = net.astype(kind), data.x_train.astype(kind), data.x_test.astype(kind)
    options = {"epochs": 10, "batch_size": 32, "progress": False, "rng": 0}
    runs[kind.__name__] = fit(net, SoftmaxCE(), Adam(0.003), x, data.y_train, **options)
    accuracy = evaluate(net, SoftmaxCE(), x_test, data.y_test)[1]
    size = sum(theta.nbytes for theta in net.params.values())
    print(f"{kind.__name__}: accuracy {accuracy:.1%}, {size / 1000:.0f} kB")

# %% mystnb={"image": {"alt": "The training curves in float32 and float64 coincide"}}
figure = loss_curves(runs)
figure.axes[0].lines[0].set(lw=8, alpha=0.25)  # the wide one, below the other
figure.axes[0].legend(frameon=False)
figure

# %% [markdown]
# The curves lie on top of each other. So: train in float32, which takes half the memory and about
# half the time; check gradients in float64.
#
# ## Sums
#
# If a million numbers are added one by one, the error grows with each. NumPy adds pairwise and is
# nearly exact.

# %%
numbers = np.full(1_000_000, 0.1, dtype=np.float32)
one_by_one = np.add.accumulate(numbers)[-1]
print(f"one by one {one_by_one:,.0f}, in pairs {numbers.sum():,.0f}, truth 100,000")

# %% [markdown]
# ## Exercises
#
# 1. Write $\log(1 + e^z)$ so that it is correct for $z = 1000$ and for $z = -1000$. `np.log1p`
#    helps, and so does $\log(1 + e^z) = z + \log(1 + e^{-z})$.
#
#    <details><summary>Answer</summary>
#
#    `np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))`: the exponential is at most 1, so it cannot
#    overflow, and `log1p` keeps tiny values.
#
#    </details>
#
# 2. Put a softmax layer *before* `SoftmaxCE`, a common mistake. What is the smallest possible loss
#    with 10 classes? Train a net to see it.
#
#    <details><summary>Answer</summary>
#
#    The loss now takes probabilities for scores. The best is 1 for the label and 0 for the other
#    nine: $-\log \frac{e}{e + 9} = 1.461$. Ten epochs as above end at a loss of 1.51, although
#    about 98 % of the training digits are read correctly. The gradients are small too, so training
#    is slower.
#
#    </details>
#
# 3. For which $z$ is $\sigma(z)$ rounded to 1 in float64?
#
#    <details><summary>Answer</summary>
#
#    From $z = 36.74$ on: $1 + e^{-z}$ is rounded to 1 if $e^{-z} \le 2^{-53}$, that is if
#    $z \ge 53 \log 2$.
#
#    </details>
#
# 4. Rewrite $\sqrt{x + 1} - \sqrt{x}$ so that it is correct for $x = 10^{15}$.
#
#    <details><summary>Answer</summary>
#
#    $\dfrac{1}{\sqrt{x + 1} + \sqrt{x}} = 1.58 \cdot 10^{-8}$. The difference itself gives
#    $1.86 \cdot 10^{-8}$, wrong by 18 %, because both roots are rounded to 16 digits.
#
#    </details>
