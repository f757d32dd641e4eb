# %% [markdown]
# # 4. A two-layer net on digits, from scratch and with the library
#
# 1,437 handwritten digits of 8 × 8 pixels to learn from, and 360 others to be tested on.

# %%
import numpy as np

from nets import datasets
from nets.plots import sample_images

# %config InlineBackend.figure_format = "retina"

data = datasets.digits(dtype=np.float64)
x, y, x_test, y_test = data
sample_images(x[:30], y[:30], data.image_shape)

# %% [markdown]
# ## The net
#
# $$h = \max(0,\; x W_1 + b_1) \qquad s = h W_2 + b_2 \qquad p = \mathrm{softmax}(s)$$
#
# One row of $x$ is one image, of 64 numbers. 32 hidden units, 10 scores.

# %%
rng = np.random.default_rng(0)
W1, b1 = rng.normal(size=(64, 32)) * np.sqrt(2 / 64), np.zeros(32)
W2, b2 = rng.normal(size=(32, 10)) * np.sqrt(1 / 32), np.zeros(10)


def forward(x):
    h = np.maximum(0, x @ W1 + b1)
    return h, h @ W2 + b2


# %% [markdown]
# ## The loss
#
# The softmax turns scores into probabilities; the loss is the mean of $-\log p_y$ over the batch.
# Its gradient is as simple as can be:
#
# $$p_j = \frac{e^{s_j}}{\sum_k e^{s_k}} \qquad
# \frac{\partial L}{\partial s_j} = \frac{1}{N}\,\bigl(p_j - [\,j = y\,]\bigr)$$

# %%


def softmax_loss(s, y):
    p = np.exp(s - s.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    rows = np.arange(len(y))
    loss = -np.log(p[rows, y]).mean()
    p[rows, y] -= 1
    return loss, p / len(y)


# %% [markdown]
# Before any training all ten digits are about equally likely, so the loss is near $\log 10$.

# %%
loss, ds = softmax_loss(forward(x)[1], y)
print(f"loss {loss:.2f}, log 10 = {np.log(10):.2f}")

# %% [markdown]
# ## Backward
#
# From the last line of `forward` to the first. For $s = hW_2 + b_2$ with the gradient $ds$:
#
# $$dW_2 = h^\top ds \qquad db_2 = \textstyle\sum_i ds_i \qquad dh = ds\,W_2^\top$$
#
# Whoever forgets which factor is transposed looks at the shapes: only one way fits.

# %%


def backward(x, h, ds):
    dW2, db2 = h.T @ ds, ds.sum(axis=0)
    dh = ds @ W2.T
    dz = dh * (h > 0)  # the ReLU lets through where it was open
    dW1, db1 = x.T @ dz, dz.sum(axis=0)
    return dW1, db1, dW2, db2


# %% [markdown]
# ## Training
#
# Gradient descent on minibatches: shuffle, take 32 images, go forward, go backward, step downhill.

# %%
losses = []
for _ in range(30):
    order = rng.permutation(len(x))
    for rows in np.array_split(order, len(x) // 32):
        h, s = forward(x[rows])
        loss, ds = softmax_loss(s, y[rows])
        grads = backward(x[rows], h, ds)
        for theta, g in zip((W1, b1, W2, b2), grads, strict=True):
            theta -= 0.3 * g
        losses.append(loss)

read = forward(x_test)[1].argmax(axis=1)
print(f"loss {losses[-1]:.3f}, right on {np.mean(read == y_test):.1%} of the test digits")

# %%
from nets.plots import minibatch_losses

minibatch_losses(losses)

# %% [markdown]
# ## The same with the library
#
# The layers are the lines of `forward` and `backward` above, each in a file of its own:
# `layers/fully_connected.py` is worth opening. With the same weights they give the same gradients.

# %%
from layers import FullyConnected, ReLU, SoftmaxCE
from nets import Sequential

net = Sequential(FullyConnected(64, 32), ReLU(), FullyConnected(32, 10))
for name, theta in zip(net.params, (W1, b1, W2, b2), strict=True):
    net.params[name] = theta

h, s = forward(x)
ours = backward(x, h, softmax_loss(s, y)[1])

loss = SoftmaxCE()
value = loss.forward(net.forward(x), y)
dscores, _ = loss.backward()
dx, grads = net.backward(dscores)
for name, mine in zip(grads, ours, strict=True):
    print(f"{name}: largest difference {np.abs(grads[name] - mine).max():.0e}")

# %% [markdown]
# `trace` shows such a pass: read it downwards to go forward, and upwards to go backward.

# %% tags=["words"]
net.trace(x[:100], y[:100], SoftmaxCE())

# %% [markdown]
# The loop is `fit`, and the step is an optimizer. `L2` draws weights that are of no use towards 0.
# It is part of the training loss, which therefore ends above the other one.

# %%
from nets import L2, fit
from optimizers import SGD

net = Sequential(FullyConnected(64, 32, rng=0), ReLU(), FullyConnected(32, 10, rng=1))
options = {"epochs": 30, "batch_size": 32, "regularizer": L2(0.002), "progress": False, "rng": 0}
history = fit(net, SoftmaxCE(), SGD(0.3), x, y, validation=(x_test, y_test), **options)
history.plot()

# %% [markdown]
# ## What it gets wrong
#
# Never just believe a percentage. These it read wrong:

# %%
read = net.predict(x_test).argmax(axis=1)
wrong = read != y_test
print(f"{wrong.sum()} of {len(y_test)} wrong")
sample_images(x_test[wrong], y_test[wrong], data.image_shape, read[wrong])

# %% [markdown]
# ## What the hidden units look for
#
# Each column of $W_1$ is a picture of 8 × 8: bright pixels excite its unit, dark ones inhibit it.

# %%
sample_images(net.params["0.W"].T[:20], np.arange(20), data.image_shape)

# %% [markdown]
# ## Exercises
#
# 1. Forget `/ len(y)` in `softmax_loss`. What happens to the training, and why? Which learning rate
#    repairs it?
# 2. Leave out `* (h > 0)` in `backward`. It still learns something! Compare with the library's
#    gradients: which of the four are wrong, and why only those?
# 3. Add a second hidden layer, from scratch and with the library.
# 4. Start with all weights 0. Look at the gradients of `W1`, and explain.
