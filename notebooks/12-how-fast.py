# %% [markdown]
# # 12. How fast is it, and why
#
# All times depend on the machine. Yours will differ, but the ratios between them will be similar.

# %% tags=["machine"]
from nets import doctor

doctor()

# %% [markdown]
# ## Never loop over single numbers
#
# The product of two matrices in Python and in NumPy. Both do the same $2 n^3$ operations.

# %% tags=["words"]
import time

import numpy as np


def seconds(function, repeats=5):
    """The shortest of several times: the time without interference from other processes."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        function()
        times.append(time.perf_counter() - began)
    return min(times)


def product(A, B):
    columns = list(zip(*B, strict=True))
    return [
        [sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in A
    ]


n = 100
rng = np.random.default_rng(0)
A, B = rng.normal(size=(2, n, n)).astype(np.float32)
rows, columns = A.tolist(), B.tolist()
slow, fast = seconds(lambda: product(rows, columns)), seconds(lambda: A @ B, 50)
print(f"Python {1e3 * slow:.1f} ms, NumPy {1e3 * fast:.3f} ms: {slow / fast:,.0f} times as fast")

# %% [markdown]
# ## What a training step costs
#
# A layer `FullyConnected(D, M)` computes three matrix products for a batch of N examples, each of
# $2NDM$ operations:
#
# $$y = xW \qquad dW = x^\top dy \qquad dx = dy\,W^\top$$
#
# The first layer does not need $dx$, the gradient with respect to the pixels.

# %%
from itertools import pairwise

sizes, N = (784, 512, 512, 10), 128
pairs = list(pairwise(sizes))
flops = [2 * N * D * M for D, M in pairs]
needed = 3 * sum(flops) - flops[0]
print(f"forward {sum(flops) / 1e6:.0f} million, a step {needed / 1e6:.0f} million operations")

# %% [markdown]
# How much of a step is spent on these products, which every library has to compute?

# %% tags=["words"]
from layers import FullyConnected, ReLU, SoftmaxCE
from nets import Sequential
from optimizers import SGD


def net_of(dtype):
    rng = np.random.default_rng(0)
    layers = []
    for D, M in pairs:
        layers += [FullyConnected(D, M, rng=rng), ReLU()]
    return Sequential(*layers[:-1]).astype(dtype)


def stepper(dtype=np.float32, n=N, input_gradient=False):
    net, loss, optimizer = net_of(dtype), SoftmaxCE(), SGD(0.01)
    x = rng.normal(size=(n, sizes[0])).astype(dtype)
    labels = rng.integers(0, 10, n)

    def step():
        loss.forward(net.forward(x), labels)
        _, grads = net.backward(loss.backward()[0], input_gradient=input_gradient)
        optimizer.step(net.params, grads)

    return step


# %% tags=["words"]
def normal(*shape):
    return rng.normal(size=shape).astype(np.float32)


def products():
    for layer, (x, W, dy) in enumerate(operands):
        x @ W
        x.T @ dy
        if layer > 0:
            dy @ W.T


operands = [(normal(N, D), normal(D, M), normal(N, M)) for D, M in pairs]
step_time, product_time = seconds(stepper(), 20), seconds(products, 20)
print(f"step {1e3 * step_time:.2f} ms, its products alone {1e3 * product_time:.2f} ms")
print(f"{needed / step_time / 1e9:.0f} GFLOP/s, {product_time / step_time:.0%} of it in products")

# %% [markdown]
# ## Where the rest goes
#
# The parts of a step, timed separately.

# %% tags=["words"] mystnb={"image": {"alt": "Milliseconds of forward, loss, backward, optimizer"}}
import matplotlib.pyplot as plt

from nets.plots.style import BLUE, plain

# %config InlineBackend.figure_format = "retina"

net, loss, optimizer = net_of(np.float32), SoftmaxCE(), SGD(0.01)
x, labels = normal(N, 784), rng.integers(0, 10, N)
scores = net.forward(x)
value = loss.forward(scores, labels)
dscores, _ = loss.backward()
_, grads = net.backward(dscores, input_gradient=False)
parts = {
    "forward": lambda: net.forward(x),
    "loss": lambda: (loss.forward(scores, labels), loss.backward()),
    "backward": lambda: net.backward(dscores, input_gradient=False),
    "optimizer": lambda: optimizer.step(net.params, grads),
}
times = {name: 1e3 * seconds(part, 20) for name, part in parts.items()}

figure, axes = plt.subplots(figsize=(6.4, 2.2), layout="constrained")
bars = axes.barh(list(times), list(times.values()), color=BLUE)
axes.bar_label(bars, fmt="%.2f", padding=4)
axes.invert_yaxis()
axes.set(xlabel="milliseconds")
axes.spines[["top", "right"]].set_visible(False)

# %% [markdown]
# ## Three switches
#
# float32 instead of float64; no gradient of the input; batches that are large enough.

# %% tags=["words"]
base = seconds(stepper(), 15)
print(f"float32            {1e3 * base:.2f} ms")
print(f"float64            {1e3 * seconds(stepper(np.float64), 15):.2f} ms")
print(f"with the unused dx {1e3 * seconds(stepper(input_gradient=True), 15):.2f} ms")

# %% [markdown]
# A small batch does not keep the processor's arithmetic units busy: the weights have to be fetched
# from memory in each step, whatever the batch size. A large batch learns less per example. About a
# hundred is a good compromise.

# %% mystnb={"image": {"alt": "Examples per second against the batch size, rising"}}
batches = (1, 4, 16, 64, 256, 1024)
speeds = [n / seconds(stepper(n=n), 4) for n in batches]

figure, axes = plt.subplots(figsize=(6.4, 3.4), layout="constrained")
axes.loglog(batches, speeds, "o-", color=BLUE)
axes.set(xlabel="examples in a batch", ylabel="examples a second")
axes.set_xticks(batches, batches)
plain(axes)

# %% [markdown]
# ## The way to memory
#
# If arrays do not fit into the cache, the time goes into memory traffic and not into arithmetic. A
# formula in NumPy is a series of passes over its arrays; Adam's has ten. If it is computed block by
# block, all passes over a block run while it is in the cache.

# %% tags=["words"]
theta, g, m, s = (normal(4_000_000) for _ in range(4))
s **= 2


def adam(theta, g, m, s):
    m += 0.1 * (g - m)
    s += 0.001 * (g * g - s)
    theta -= 0.001 * m / (np.sqrt(s) + 1e-8)


def adam_in_blocks(size=16_384):
    for start in range(0, len(theta), size):
        adam(*(array[start : start + size] for array in (theta, g, m, s)))


whole, blocks = seconds(lambda: adam(theta, g, m, s)), seconds(adam_in_blocks)
print(f"whole arrays {1e3 * whole:.1f} ms, in blocks {1e3 * blocks:.1f} ms")

# %% [markdown]
# The optimizers of this library compute their steps in blocks. `PERFORMANCE.md` compares whole
# training steps with those of other libraries, and `python -m tests.benchmarks` measures them on
# your machine.

# %% [markdown]
# ## Exercises
#
# 1. Predict from the number of operations how long a step with two hidden layers of 1,024 units
#    takes. Then measure it.
#
#    <details><summary>Answer</summary>
#
#    A step makes 3 times the sum of all $2NDM$, less the first layer's $dx$: 411 million operations
#    with 512 units and 1,224 million with 1,024, so we expect it to take 3.0 times as long. We
#    measured about 4 on a machine with one busy core: the larger weights (7.4 MB) no longer fit
#    into its cache.
#
#    </details>
#
# 2. At which batch size does a step take twice as long as for a batch of one? Why not earlier?
#
#    <details><summary>Answer</summary>
#
#    On one core of our machine, between 8 and 16: 0.5 ms for 1 example, 0.8 ms for 8 and 1.1 ms for
#    16, while 128 take 5.5 ms. Up to there, most of the time goes into fetching the weights and
#    updating them, which does not depend on the batch.
#
#    </details>
#
# 3. Write a ReLU with a Python loop over all entries, and put it into the net. By how much does the
#    step slow down?
#
#    <details><summary>Answer</summary>
#
#    By a factor of about 30 here: 128 × 1,024 entries are visited one by one, twice in a step, at
#    about half a microsecond each.
#
#    </details>
#
# 4. `Adam` keeps two arrays for each parameter. How much longer does its step take than that of
#    `SGD`? Is that what you expect from the memory that it reads and writes?
#
#    <details><summary>Answer</summary>
#
#    Its step took 2.4 times as long, 0.31 instead of 0.13 ms. `SGD` reads parameters and gradients
#    and writes parameters: 3 arrays. `Adam` also reads and writes two arrays of state: 7 arrays,
#    2.3 times as many. Measured over the whole training step, the difference is about 5 %.
#
#    </details>
