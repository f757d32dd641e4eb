# %% [markdown]
# # 2. The computational graph and its gradients
#
# Any formula is a graph of small steps. Forward, each node computes its value. Backward, each node
# takes the gradient of its output (*upstream*), multiplies it by its own slope (*local*) and hands
# the result to its inputs (*downstream*):
#
# $$\underbrace{\frac{\partial f}{\partial x}}_{\text{downstream}} =
# \underbrace{\frac{\partial y}{\partial x}}_{\text{local}} \cdot
# \underbrace{\frac{\partial f}{\partial y}}_{\text{upstream}}$$

# %% [markdown]
# ## A sum and a product
#
# $f(x, y, z) = (x + y)\,z$ at $(-2, 5, -4)$.

# %%
from layers import Add, Multiply
from nets import Graph

graph = Graph(
    inputs=("x", "y", "z"),
    output="f",
    nodes={"q": (Add(), "x", "y"), "f": (Multiply(), "q", "z")},
)
print("f =", graph.forward(-2.0, 5.0, -4.0))
(dx, dy, dz), _ = graph.backward(1.0)
print("gradients:", dx, dy, dz)

# %% [markdown]
# Values stand above the edges, gradients below them. Read the values from left to right and the
# gradients from right to left, beginning with 1.

# %%
graph.draw()

# %% [markdown]
# By hand, in the same order:

# %%
x, y, z = -2.0, 5.0, -4.0
q = x + y
f = q * z

df = 1.0
dq, dz = z * df, q * df  # a product swaps
dx, dy = dq, dq  # a sum distributes
print(dx, dy, dz)

# %% [markdown]
# ## Three patterns
#
# A sum *distributes* the gradient, a maximum *routes* it to the larger input, a product *switches*:
# each input gets the other one's value. Where a value is used twice, its gradients are *summed*.
#
# $f(x, y, z) = (x + y)\,\max(y, z)$ at $(1, 2, 0)$: here $y$ is used twice.

# %%
from layers import Max

graph = Graph(
    inputs=("x", "y", "z"),
    output="f",
    nodes={"a": (Add(), "x", "y"), "b": (Max(), "y", "z"), "f": (Multiply(), "a", "b")},
)
graph.forward(1.0, 2.0, 0.0)
graph.backward(1.0)
graph.draw()

# %%
print("values   ", graph.values)
print("gradients", graph.gradients)
print("y gets   ", graph.shares["a"][1], "from a and", graph.shares["b"][0], "from b")

# %% [markdown]
# ## A neuron, gate by gate
#
# $$f = \frac{1}{1 + e^{-(w_0 x_0 + w_1 x_1 + w_2)}}$$
#
# with $w = (2, -3, -3)$ and $x = (-1, -2)$, cut into gates whose slopes everybody knows:
# $(e^x)' = e^x$, $(1/x)' = -1/x^2$, $(c + x)' = 1$, $(ax)' = a$.

# %%
from layers import AddConstant, Exp, MultiplyConstant, Reciprocal

neuron = Graph(
    inputs=("w0", "x0", "w1", "x1", "w2"),
    output="f",
    nodes={
        "w0 x0": (Multiply(), "w0", "x0"),
        "w1 x1": (Multiply(), "w1", "x1"),
        "sum": (Add(), "w0 x0", "w1 x1"),
        "z": (Add(), "sum", "w2"),
        "-z": (MultiplyConstant(-1), "z"),
        "exp": (Exp(), "-z"),
        "1 +": (AddConstant(1), "exp"),
        "f": (Reciprocal(), "1 +"),
    },
)
neuron.forward(2.0, -1.0, -3.0, -2.0, -3.0)
neuron.backward(1.0)
neuron.draw()

# %% [markdown]
# Four of the gates are the sigmoid, whose slope is $\sigma(1 - \sigma)$. One gate may be as large
# as one likes, as long as its slope is known: that is what a layer is.

# %%
from layers import Sigmoid

sigmoid = Sigmoid()
value = sigmoid.forward(1.0)
slope, _ = sigmoid.backward(1.0)
print(f"{float(value):.2f} * (1 - {float(value):.2f}) = {float(slope):.2f}")
print(f"and the graph says {neuron.gradients['z']:.2f}")

# %% [markdown]
# ## A net is a graph
#
# With matrices on its edges. Sharing is summing: this graph uses one layer twice, as two towers
# that compare two inputs, and its gradient is the sum of both uses.

# %%
import numpy as np

from layers import FullyConnected, Tanh

tower = FullyConnected(3, 2, rng=0)
twins = Graph(
    inputs=("left", "right"),
    output="product",
    nodes={
        "h1": (tower, "left"),
        "h2": (tower, "right"),
        "t1": (Tanh(), "h1"),
        "t2": (Tanh(), "h2"),
        "product": (Multiply(), "t1", "t2"),
    },
)
rng = np.random.default_rng(0)
twins.forward(rng.normal(size=(4, 3)), rng.normal(size=(4, 3)))
twins.backward(np.ones((4, 2)))
twins.draw()

# %% [markdown]
# The numeric check moves every number that goes in, and looks at what comes out.

# %%
from layers import gradcheck

gradcheck(twins, rng.normal(size=(4, 3)), rng.normal(size=(4, 3)))

# %% [markdown]
# ## Why backward, and not forward?
#
# One can also carry derivatives forward, one input at a time, or move each input and look. Both
# cost a pass for *each input*. Backward costs one pass for all, and nets have millions of inputs
# (their parameters) and one output (the loss).

# %% tags=["machine"]
from nets.differentiation import cost_against_inputs

cost_against_inputs(sizes=(1, 5, 50, 500), formulas=5)

# %% [markdown]
# Moving an input has another price. A step $h$ that is too long misses the slope, because the
# function bends; one that is too short drowns in rounding.

# %%
from nets.differentiation import error_against_h

error_against_h(lambda x: np.exp(x) * np.sin(x), 1.0)

# %% [markdown]
# ## Exercises
#
# 1. Draw $d = 2b$, $e = a + d$, $L = c\,e$ at $(a, b, c) = (3, 1, -2)$ on paper, with all values
#    and gradients. Then let `Graph` draw it.
# 2. In $(x + y)\max(y, z)$, what are the gradients at $(1, 2, 3)$? First guess, then run.
# 3. Build $f(x, z) = e^{xz} + xz / \log x$ from `Exp`, `Log`, `Multiply`, `Reciprocal` and `Add`,
#    with $xz$ as a single node, and check it with `gradcheck`.
# 4. A `Copy` gate has one input and two outputs. What must its `backward` do, and why?
