# %% [markdown]
# # 2. The computational graph and its gradients
#
# Any formula is a graph of small steps. In the forward pass, each node computes its value. In the
# backward pass, each node takes the gradient of its output (*upstream*), multiplies it by its own
# derivative (*local*) and passes the result to its inputs (*downstream*):
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
# Values are shown above the edges, gradients below them. Read the values from left to right and the
# gradients from right to left, starting with 1.

# %% mystnb={"image": {"alt": "Graph of (x + y) z with values and gradients on its edges"}}
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
# A sum *distributes* the gradient, a maximum *routes* it to the larger input, and a product
# *switches* the inputs: each gets the upstream gradient times the value of the other. If a value is
# used twice, its gradients are *summed*.
#
# $f(x, y, z) = (x + y)\,\max(y, z)$ at $(1, 2, 0)$: here $y$ is used twice.

# %% mystnb={"image": {"alt": "Graph of (x + y) max(y, z) with values and gradients"}}
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
# with $w = (2, -3, -3)$ and $x = (-1, -2)$, split into gates with simple derivatives:
# $(e^x)' = e^x$, $(1/x)' = -1/x^2$, $(c + x)' = 1$, $(ax)' = a$.

# %% mystnb={"image": {"alt": "Graph of the sigmoid neuron: eight gates, with gradients"}}
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
# Four of the gates make up the sigmoid, with the derivative $\sigma(1 - \sigma)$. A gate can be as
# large as we like, as long as we know its derivative. Such a gate is a layer.

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
# The edges of a net carry matrices. This graph uses one layer twice, in two towers that compare two
# inputs. The gradient of a shared layer is the sum over its uses.

# %% mystnb={"image": {"alt": "Graph of two towers that share a layer and are multiplied"}}
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
# The numeric check perturbs each input and parameter and measures the change of the output.

# %%
from layers import gradcheck

gradcheck(twins, rng.normal(size=(4, 3)), rng.normal(size=(4, 3)))

# %% [markdown]
# ## Why backward, and not forward?
#
# Derivatives can also be computed forward, one input at a time, or by finite differences. Both need
# one pass for *each input*. The backward pass computes the derivatives with respect to all inputs
# at once, and a net has millions of inputs (its parameters) and one output (the loss).

# %% tags=["machine"]
from nets.differentiation import cost_against_inputs

cost_against_inputs(sizes=(1, 5, 50, 500), formulas=5)

# %% [markdown]
# Finite differences have another drawback. If the step $h$ is too large, the curvature of the
# function causes an error; if it is too small, rounding does.

# %% mystnb={"image": {"alt": "Error against h: smallest in the middle, larger at both ends"}}
from nets.differentiation import error_against_h

error_against_h(lambda x: np.exp(x) * np.sin(x), 1.0)

# %% [markdown]
# ## Exercises
#
# 1. Draw $d = 2b$, $e = a + d$, $L = c\,e$ at $(a, b, c) = (3, 1, -2)$ on paper, with all values
#    and gradients. Then let `Graph` draw it.
#
#    <details><summary>Answer</summary>
#
#    $d = 2$, $e = 5$, $L = -10$. Backward: $\partial L/\partial c = e = 5$,
#    $\partial L/\partial e = c = -2$, $\partial L/\partial a = \partial L/\partial d = -2$,
#    $\partial L/\partial b = 2 \cdot (-2) = -4$. The node $d$ is `(MultiplyConstant(2), "b")`.
#
#    </details>
#
# 2. What are the gradients of $(x + y)\max(y, z)$ at $(1, 2, 3)$? First predict them, then run it.
#
#    <details><summary>Answer</summary>
#
#    All three are 3. The maximum is $z = 3$ and takes the gradient $x + y = 3$; $y$ gets nothing
#    from it. From the sum, $x$ and $y$ each get $\max(y, z) = 3$.
#
#    </details>
#
# 3. Build $f(x, z) = e^{xz} + xz / \log x$ from `Exp`, `Log`, `Multiply`, `Reciprocal` and `Add`,
#    with $xz$ as a single node, and check it with `gradcheck` at some $x > 1$.
#
#    <details><summary>Answer</summary>
#
#    ```python
#    from layers import Log
#
#    graph = Graph(
#        inputs=("x", "z"),
#        output="f",
#        nodes={
#            "xz": (Multiply(), "x", "z"),
#            "exp": (Exp(), "xz"),
#            "log": (Log(), "x"),
#            "1 / log": (Reciprocal(), "log"),
#            "quotient": (Multiply(), "xz", "1 / log"),
#            "f": (Add(), "exp", "quotient"),
#        },
#    )
#    gradcheck(graph, np.array([2.0, 3.0]), np.array([0.5, -1.0]))
#    ```
#
#    The check passes. `xz` is used twice, so its two gradients are summed.
#
#    </details>
#
# 4. A `Copy` gate has one input and two outputs. What must its `backward` do, and why?
#
#    <details><summary>Answer</summary>
#
#    It returns the sum of the two gradients that it is given. Both outputs equal the input, so by
#    the chain rule $\partial f/\partial x = \partial f/\partial y_1 + \partial f/\partial y_2$.
#
#    </details>
