# %% [markdown]
# # 8. Overfitting: L2, dropout, early stopping
#
# A net with more parameters than examples can learn the examples by heart. What we want is that it
# is right on examples that it has *not* seen.

# %%
import numpy as np

from nets import datasets

# %config InlineBackend.figure_format = "retina"

data = datasets.digits()
x, y = data.x_train[:150], data.y_train[:150]
noisy = y.copy()
wrong = np.random.default_rng(0).choice(150, 30, replace=False)
noisy[wrong] = (noisy[wrong] + 1) % 10  # a fifth of the labels is wrong
validation = (data.x_train[700:], data.y_train[700:])

# %% [markdown]
# 150 images, a fifth of them labelled wrong, and a net of 41,000 parameters.

# %%
from layers import Dropout, FullyConnected, ReLU, SoftmaxCE
from nets import Sequential, fit
from optimizers import Adam


def net_with(p=0.0):
    rng = np.random.default_rng(0)
    return Sequential(
        FullyConnected(64, 160, rng=rng),
        ReLU(),
        Dropout(p, rng=rng),
        FullyConnected(160, 180, rng=rng),
        ReLU(),
        Dropout(p, rng=rng),
        FullyConnected(180, 10, rng=rng),
    ).astype(np.float32)


def train(net, **options):
    options = {"epochs": 60, "batch_size": 15, "progress": False, "rng": 0, **options}
    return fit(net, SoftmaxCE(), Adam(0.001), x, noisy, validation=validation, **options)


net = net_with()
plain = train(net)
print(net.summary().total)
plain.plot()

# %% [markdown]
# The training loss falls to 0: the net has learnt the wrong labels too. The validation loss falls
# first, and then *rises*. From there on, the net learns what is true of these 150 images only.

# %% [markdown]
# ## Early stopping
#
# Stop where the validation loss is lowest, and keep those parameters. The cheapest cure.

# %% tags=["words"]
from nets import EarlyStopping, evaluate

stopping = EarlyStopping(patience=8)
stopped = net_with()
history = train(stopped, callbacks=[stopping])
print(f"best after epoch {stopping.best_epoch}, stopped after {len(history)}")

# %% [markdown]
# ## L2
#
# Large weights make sharp boundaries. Let them cost something:
#
# $$L' = L + \frac{\lambda}{2} \sum w^2 \qquad \frac{\partial L'}{\partial w} =
# \frac{\partial L}{\partial w} + \lambda w$$
#
# The training curve is that of $L'$, and so begins far above the other one.

# %%
from nets import L2

small = net_with()
with_l2 = train(small, regularizer=L2(0.025))
with_l2.plot()

# %% [markdown]
# ## Dropout
#
# Switch each unit off with probability $p$, anew in every step, and scale up the others so that the
# expected sum stays the same:
#
# $$y = \frac{m \odot x}{1 - p}, \qquad m_i = 0 \text{ with probability } p, \text{ else } 1$$
#
# No unit can rely on another one. At inference (`predict`) all of them work.

# %%
drop = Dropout(0.5, rng=0)
print("forward ", drop.forward(np.ones(10)))
print("predict ", drop.predict(np.ones(10)))

# %%
dropped = net_with(p=0.5)
with_dropout = train(dropped)
with_dropout.plot()

# %% [markdown]
# ## Side by side
#
# On 360 test digits that took no part in any decision:

# %%
nets = {"nothing": net, "early stopping": stopped, "L2": small, "dropout": dropped}
for name, one in nets.items():
    _, learnt = evaluate(one, SoftmaxCE(), x, noisy)
    _, right = evaluate(one, SoftmaxCE(), data.x_test, data.y_test)
    print(f"{name:15} training labels {learnt:4.0%}   test digits {right:4.0%}")

# %%
from nets.plots import loss_curves

runs = {"nothing": plain, "L2": with_l2, "dropout": with_dropout}
figure = loss_curves({name: history.validation_loss for name, history in runs.items()})
figure.axes[0].set(xlabel="epoch", ylabel="validation loss")
figure

# %% [markdown]
# ## What it looks like
#
# In two dimensions one can see it. Two classes that overlap along a wave, and the same net without
# and with L2:

# %%
from nets.plots import boundaries

rng = np.random.default_rng(3)
points = rng.uniform(-2, 2, size=(120, 2))
height = points[:, 1] + np.sin(2 * points[:, 0])
labels = (height + rng.normal(scale=0.6, size=120) > 0) * 1


def fitted(strength):
    rng = np.random.default_rng(0)
    net = Sequential(
        FullyConnected(2, 60, rng=rng),
        ReLU(),
        FullyConnected(60, 60, rng=rng),
        ReLU(),
        FullyConnected(60, 2, rng=rng),
    )
    options = {"epochs": 600, "batch_size": "all", "progress": False, "regularizer": L2(strength)}
    fit(net, SoftmaxCE(), Adam(0.01), points, labels, **options)
    return net


strengths = (0.0, 0.002, 0.01, 0.2)
boundaries({f"λ = {strength:g}": fitted(strength) for strength in strengths}, points, labels)

# %% [markdown]
# From "by heart" by way of "about right" to "too simple".
#
# ## The best cure
#
# More data. The same net, nothing else changed, with more and more of the images, rightly labelled:

# %%
for n in (50, 150, 500, 1437):
    net = net_with()
    options = {"epochs": 40, "batch_size": 15, "progress": False, "rng": 0}
    fit(net, SoftmaxCE(), Adam(0.001), data.x_train[:n], data.y_train[:n], **options)
    print(f"{n:5,} images: {evaluate(net, SoftmaxCE(), data.x_test, data.y_test)[1]:.1%}")

# %% [markdown]
# ## Exercises
#
# 1. Why is the validation part not the test part? What goes wrong if one stops early by the test
#    loss?
# 2. Find the best strength of L2 by the validation loss. Does `L1` do better? How many weights does
#    it bring below 0.001?
# 3. Scale `Dropout` not at training but at inference, as the first paper did. What has to change in
#    `forward`, `backward` and `predict`?
# 4. Make images by moving those that there are by one pixel, and train on them too. How far does
#    that get you from 150 images?
