# %% [markdown]
# # 1. One neuron, by hand
#
# A neuron weighs its inputs, adds a bias, and squashes the sum:
#
# $$z = w_1 x_1 + w_2 x_2 + b \qquad a = \sigma(z) = \frac{1}{1 + e^{-z}}$$
#
# We compute its output, and then how the output changes with each input and parameter.

# %%
import math

w1, w2, b = 2.0, -3.0, -3.0
x1, x2 = -1.0, -2.0

z = w1 * x1 + w2 * x2 + b
a = 1 / (1 + math.exp(-z))
print(f"z = {z}, a = {a:.4f}")

# %% [markdown]
# ## Backward
#
# The chain rule, from the output to the inputs. First the slope of the sigmoid, which needs only
# its output:
#
# $$\frac{\partial a}{\partial z} = \sigma(z)\,(1 - \sigma(z)) = a\,(1 - a)$$

# %%
da_dz = a * (1 - a)
print(f"da/dz = {da_dz:.4f}")

# %% [markdown]
# This is the slope of the tangent: steep in the middle, flat on both sides. A neuron with $z$ far
# from 0 hardly learns.

# %% mystnb={"image": {"alt": "The sigmoid, with its tangent at z = 1 of slope 0.20"}}
import matplotlib.pyplot as plt
import numpy as np

from nets.plots.style import BLUE, VERMILION, plain

# %config InlineBackend.figure_format = "retina"

zs = np.linspace(-6, 6, 200)
figure, axes = plt.subplots(figsize=(6, 3.2), layout="constrained")
axes.plot(zs, 1 / (1 + np.exp(-zs)), color=BLUE, lw=2.2, label="$\\sigma(z)$")
near = np.array([z - 2, z + 2])
axes.plot(near, a + da_dz * (near - z), color=VERMILION, lw=1.8, label=f"slope {da_dz:.2f}")
axes.plot(z, a, "o", color="black")
axes.set(xlabel="z", ylabel="a", ylim=(-0.1, 1.3))
axes.legend(frameon=False)
plain(axes)

# %% [markdown]
# Then each term of the sum. A product passes on the gradient times the *other* factor:
#
# $$\frac{\partial a}{\partial w_i} = \frac{\partial a}{\partial z}\,x_i \qquad
# \frac{\partial a}{\partial x_i} = \frac{\partial a}{\partial z}\,w_i \qquad
# \frac{\partial a}{\partial b} = \frac{\partial a}{\partial z}$$

# %%
dw1, dw2, db = da_dz * x1, da_dz * x2, da_dz
dx1, dx2 = da_dz * w1, da_dz * w2
print(f"dw1 = {dw1:.4f}  dw2 = {dw2:.4f}  db = {db:.4f}  dx1 = {dx1:.4f}  dx2 = {dx2:.4f}")

# %% [markdown]
# ## Is it true?
#
# A derivative is a promise: move $w_2$ by a little $h$, and $a$ moves by
# $h\,\partial a/\partial w_2$.

# %%


def neuron(w1, w2, b, x1, x2):
    return 1 / (1 + math.exp(-(w1 * x1 + w2 * x2 + b)))


h = 1e-5
slope = (neuron(w1, w2 + h, b, x1, x2) - neuron(w1, w2 - h, b, x1, x2)) / (2 * h)
print(f"by hand {dw2:.8f}, by moving w2 {slope:.8f}")

# %% [markdown]
# ## The same neuron in the library
#
# Each row of `x` is one example. `forward` caches what `backward` needs; `backward` takes the
# gradient of the output and returns the gradients of the input and of the parameters.

# %%
from layers import FullyConnected, Sigmoid
from nets import Sequential

net = Sequential(FullyConnected(2, 1), Sigmoid())
net.params["0.W"] = [[2.0], [-3.0]]
net.params["0.b"] = [-3.0]

print("a  =", net.forward(np.array([[-1.0, -2.0]])))
dx, grads = net.backward(np.array([[1.0]]))
print("dx =", dx)
for name, gradient in grads.items():
    print(f"d{name} =", gradient.ravel())

# %% [markdown]
# ## Let it learn
#
# Learning means reducing a loss. For a label $y$ of 0 or 1, the loss is the cross-entropy
#
# $$L = -\,y \log a - (1 - y) \log(1 - a) \qquad \frac{\partial L}{\partial z} = a - y$$
#
# The slope of the sigmoid cancels. Only the error, $a - y$, is left.

# %%
rng = np.random.default_rng(0)
y = np.arange(80) % 2
x = rng.normal(size=(80, 2)) + np.where(y[:, None] == 1, [1.2, 1.0], [-1.0, -0.8])

w, b, losses = np.zeros(2), 0.0, []
for _ in range(100):
    a = 1 / (1 + np.exp(-(x @ w + b)))
    losses.append(-np.mean(y * np.log(a) + (1 - y) * np.log(1 - a)))
    error = a - y
    w -= 0.5 * (x.T @ error) / len(x)
    b -= 0.5 * error.mean()

print(f"loss {losses[0]:.3f} -> {losses[-1]:.3f}, accuracy {np.mean((a > 0.5) == y):.0%}")

# %% [markdown]
# The neuron predicts 1 on one side of the line $w_1 x_1 + w_2 x_2 + b = 0$ and 0 on the other.

# %% mystnb={"image": {"alt": "Points of two classes and the line that separates most"}}
from nets.plots import boundaries, loss_curves

neuron = Sequential(FullyConnected(2, 1))
neuron.params["0.W"], neuron.params["0.b"] = w[:, None], [b]
boundaries({"one neuron": neuron}, x, y)

# %% mystnb={"image": {"alt": "The loss falls from 0.69 to 0.20 in 100 steps"}}
loss_curves({"gradient descent": losses})

# %% [markdown]
# ## What one neuron cannot do
#
# A line separates the classes of AND, and another those of OR. For exclusive or (XOR) there is no
# such line: none has (0, 1) and (1, 0) on one side and (0, 0) and (1, 1) on the other.

# %%
from layers import SigmoidCE
from nets import fit
from optimizers import SGD

corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
truth = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "XOR": [0, 1, 1, 0]}
for name, labels in truth.items():
    net = Sequential(FullyConnected(2, 1, rng=0))
    target = np.array(labels)[:, None]
    fit(net, SigmoidCE(), SGD(1.0), corners, target, epochs=500, batch_size=4, progress=False)
    print(f"{name:4} {np.mean((net.predict(corners) > 0) == target):.0%} correct")

# %% [markdown]
# Two hidden neurons and an output neuron can. The hidden layer bends the plane until a line
# separates the classes.

# %% mystnb={"image": {"alt": "XOR: the hidden layer bends the plane so a line separates"}}
from layers import Tanh
from nets import L2
from nets.plots import bending
from optimizers import Adam

points = np.repeat(corners, 40, axis=0) + rng.normal(scale=0.12, size=(160, 2))
labels = np.repeat(truth["XOR"], 40)
net = Sequential(FullyConnected(2, 2, rng=0), Tanh(), FullyConnected(2, 1, rng=1))
options = {"epochs": 300, "batch_size": "all", "regularizer": L2(0.004), "progress": False}
fit(net, SigmoidCE(), Adam(0.05), points, labels[:, None], **options)
bending(net, points, labels)

# %% [markdown]
# ## Exercises
#
# 1. Set `b = 5.0` in the first cell and run all of "Backward" again. Why are all gradients so
#    small?
#
#    <details><summary>Answer</summary>
#
#    $z = 9$ and $a = 0.99988$, so $a(1 - a) = 0.00012$. The sigmoid is saturated, and every
#    gradient contains this factor.
#
#    </details>
#
# 2. Replace the sigmoid by $\tanh$ in the forward and the backward pass, and check
#    $\partial a/\partial w_2$ by moving $w_2$.
#
#    <details><summary>Answer</summary>
#
#    $a = \tanh(1) = 0.7616$ and $\partial a/\partial z = 1 - a^2 = 0.4200$, so $\partial a/\partial
#    w_2 = 0.4200 \cdot (-2) = -0.8399$. The difference quotient gives the same.
#
#    </details>
#
# 3. Derive $\partial L/\partial z = a - y$: write down $\partial L/\partial a$ and multiply by
#    $a(1 - a)$.
#
#    <details><summary>Answer</summary>
#
#    $\dfrac{\partial L}{\partial a} = -\dfrac{y}{a} + \dfrac{1 - y}{1 - a} =
#    \dfrac{a - y}{a(1 - a)}$. Multiplied by $\partial a/\partial z = a(1 - a)$, this is $a - y$.
#
#    </details>
#
# 4. Choose weights for the AND neuron by hand, without training, so that it is correct at all four
#    corners.
#
#    <details><summary>Answer</summary>
#
#    For example $w = (1, 1)$ and $b = -1.5$: $z$ is -1.5, -0.5, -0.5 and 0.5, positive at (1, 1)
#    only.
#
#    </details>
