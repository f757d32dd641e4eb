# %% [markdown]
# # 4. A two-layer net on digits, from scratch and with the library
#
# 1,797 handwritten digits of 8 × 8 pixels, in three parts: 1,200 images to train on, 237 for
# *validation*, which we may look at as often as we like while we choose nets and settings, and 360
# for the *test*. The test part is used once, at the end: a choice made by looking at it would make
# its result too good.

# %% mystnb={"image": {"alt": "Thirty training digits with their labels"}}
import numpy as np

from nets import datasets
from nets.plots import sample_images

# %config InlineBackend.figure_format = "retina"

data = datasets.digits(dtype=np.float64)
x, y = data.x_train[:1200], data.y_train[:1200]
validation = x_val, y_val = data.x_train[1200:], data.y_train[1200:]
sample_images(x[:30], y[:30], data.image_shape)

# %% [markdown]
# ## The net
#
# $$h = \max(0,\; x W_1 + b_1) \qquad s = h W_2 + b_2 \qquad p = \mathrm{softmax}(s)$$
#
# Each row of $x$ is one image of 64 numbers. There are 32 hidden units and 10 scores.

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
# Its gradient is simple:
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
# Before training, all ten digits are about equally likely, so the loss should be near $\log 10$.

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
# If you forget which factor is transposed, look at the shapes: only one way fits.

# %%


def backward(x, h, ds):
    dW2, db2 = h.T @ ds, ds.sum(axis=0)
    dh = ds @ W2.T
    dz = dh * (h > 0)  # the ReLU passes the gradient on where its input was positive
    dW1, db1 = x.T @ dz, dz.sum(axis=0)
    return dW1, db1, dW2, db2


# %% [markdown]
# ## Training
#
# Minibatch gradient descent: shuffle, take 32 images, run forward and backward, take a step.

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

read = forward(x_val)[1].argmax(axis=1)
print(f"loss {losses[-1]:.3f}, validation accuracy {np.mean(read == y_val):.1%}")

# %% mystnb={"image": {"alt": "The loss of the minibatches falls from 2.4 to nearly 0"}}
from nets.plots import minibatch_losses

minibatch_losses(losses)

# %% [markdown]
# ## The same with the library
#
# Each layer of the library has its own file, with the lines of `forward` and `backward` above:
# `FullyConnected` is worth reading. With the same weights we get the same gradients.

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
# `trace` shows such a pass: read it from top to bottom for the forward pass, and from bottom to top
# for the backward pass.

# %% tags=["words"]
net.trace(x[:100], y[:100], SoftmaxCE())

# %% [markdown]
# `fit` is the loop, and an optimizer makes the step. `L2` pulls weights that do not help towards 0.
# Its penalty is recorded apart from the loss, in `history.penalty`.

# %% mystnb={"image": {"alt": "Training and validation loss and accuracy over 30 epochs"}}
from nets import L2, fit
from optimizers import SGD

net = Sequential(FullyConnected(64, 32, rng=0), ReLU(), FullyConnected(32, 10, rng=1))
options = {"epochs": 30, "batch_size": 32, "regularizer": L2(0.002), "progress": False, "rng": 0}
history = fit(net, SoftmaxCE(), SGD(0.3), x, y, validation=validation, **options)
history.plot()

# %% [markdown]
# ## The test
#
# The net is final. Now, and only once, the test part: how accurate is it, and which digits does it
# misread?

# %% mystnb={"image": {"alt": "The test digits that were misread, with what was read"}}
read = net.predict(data.x_test).argmax(axis=1)
wrong = read != data.y_test
print(f"test accuracy {1 - wrong.mean():.1%}: {wrong.sum()} of {len(wrong)} misread")
sample_images(data.x_test[wrong], data.y_test[wrong], data.image_shape, read[wrong])

# %% [markdown]
# ## What the hidden units look for
#
# Each column of $W_1$ can be drawn as an image of 8 × 8: bright pixels excite the unit, dark pixels
# inhibit it.

# %% mystnb={"image": {"alt": "The weights of twenty hidden units as images of 8 by 8"}}
sample_images(net.params["0.W"].T[:20], np.arange(20), data.image_shape)

# %% [markdown]
# ## Exercises
#
# 1. Leave out `/ len(y)` in `softmax_loss`. What happens to the training, and why? Which learning
#    rate repairs it?
#
#    <details><summary>Answer</summary>
#
#    All gradients are about 32 times as large, so the steps are too. With the learning rate 0.3 the
#    ReLUs die after a few steps; the loss stays near 2.5 and the accuracy near 10 %. A learning
#    rate of 0.3 / 32 gives nearly the same training as before.
#
#    </details>
#
# 2. Leave out `* (h > 0)` in `backward`. It still learns something! Compare with the library's
#    gradients: which of the four are wrong, and why only those?
#
#    <details><summary>Answer</summary>
#
#    `dW1` and `db1` are wrong, `dW2` and `db2` are correct: the mask only affects what flows below
#    the ReLU. The wrong gradient still points roughly downhill, so the net learns, a little worse:
#    on the validation part about 97.0 % where the correct gradient gives 97.9 %.
#
#    </details>
#
# 3. Add a second hidden layer, from scratch and with the library.
#
#    <details><summary>Answer</summary>
#
#    From scratch: with `h2 = np.maximum(0, h1 @ W2 + b2)` and `s = h2 @ W3 + b3`, backward repeats
#    the pattern: `dh2 = ds @ W3.T`, `dz2 = dh2 * (h2 > 0)`, `dW2 = h1.T @ dz2`, `dh1 = dz2 @ W2.T`,
#    `dz1 = dh1 * (h1 > 0)`, `dW1 = x.T @ dz1`. With the library: `Sequential(FullyConnected(64,
#    32), ReLU(), FullyConnected(32, 32), ReLU(), FullyConnected(32, 10))`.
#
#    </details>
#
# 4. Start with all weights 0. Look at the gradients of `W1`, and explain.
#
#    <details><summary>Answer</summary>
#
#    All gradients but that of `b2` are 0: $h = 0$, so $dW_2 = h^\top ds = 0$; and $dh =
#    ds\,W_2^\top = 0$, so $dW_1 = 0$. Only `b2` changes, and the net learns nothing but how
#    frequent each digit is.
#
#    </details>
