# %% [markdown]
# # 8. Overfitting: L2, dropout, early stopping
#
# A net with more parameters than examples can memorise the examples. But we want it to be correct
# on examples that it has *not* seen.

# %%
import numpy as np

from nets import datasets

# %config InlineBackend.figure_format = "retina"

data = datasets.digits()
x, y = data.x_train[:150], data.y_train[:150]
noisy = y.copy()
wrong = np.random.default_rng(0).choice(150, 30, replace=False)
noisy[wrong] = (noisy[wrong] + 1) % 10  # a fifth of the labels are wrong
validation = (data.x_train[700:], data.y_train[700:])

# %% [markdown]
# 150 images, a fifth of them labelled wrong, and a net of 41,000 parameters.

# %% mystnb={"image": {"alt": "Training loss falls to 0, validation loss falls, then rises"}}
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
# The training loss falls to 0: the net has learned the wrong labels too. The validation loss first
# falls and then *rises*. From that point on, the net learns what holds for these 150 images only.

# %% [markdown]
# ## Early stopping
#
# Stop when the validation loss no longer improves, and go back to the parameters that gave the
# lowest. This is the cheapest remedy.

# %% tags=["words"]
from nets import EarlyStopping, evaluate

stopping = EarlyStopping(patience=8)
stopped = net_with()
history = train(stopped, callbacks=[stopping])
print(f"best after epoch {stopping.best_epoch}, stopped after {len(history)}")

# %% [markdown]
# ## L2
#
# Large weights make sharp decision boundaries. A penalty keeps them small:
#
# $$L' = L + \frac{\lambda}{2} \sum w^2 \qquad \frac{\partial L'}{\partial w} =
# \frac{\partial L}{\partial w} + \lambda w$$
#
# The curves show $L$, so training and validation can be compared; `history.penalty` holds the
# penalty.

# %% mystnb={"image": {"alt": "With L2: the validation loss falls and then stays level"}}
from nets import L2

small = net_with()
with_l2 = train(small, regularizer=L2(0.025))
with_l2.plot()

# %% [markdown]
# ## Dropout
#
# In every step, switch each unit off with probability $p$, and scale up the others so that the
# expected sum stays the same:
#
# $$y = \frac{m \odot x}{1 - p}, \qquad m_i = 0 \text{ with probability } p, \text{ else } 1$$
#
# So no unit can rely on another. At inference (`predict`) all units are used.

# %%
drop = Dropout(0.5, rng=0)
print("forward ", drop.forward(np.ones(10)))
print("predict ", drop.predict(np.ones(10)))

# %% mystnb={"image": {"alt": "With dropout: the validation loss keeps falling"}}
dropped = net_with(p=0.5)
with_dropout = train(dropped)
with_dropout.plot()

# %% [markdown]
# ## Side by side
#
# Now the test part, 360 digits that were used for no decision so far, once for each net:

# %%
nets = {"nothing": net, "early stopping": stopped, "L2": small, "dropout": dropped}
for name, one in nets.items():
    _, learned = evaluate(one, SoftmaxCE(), x, noisy)
    _, correct = evaluate(one, SoftmaxCE(), data.x_test, data.y_test)
    print(f"{name:15} training labels {learned:4.0%}   test digits {correct:4.0%}")

# %% mystnb={"image": {"alt": "Validation loss over epochs: nothing, L2 and dropout"}}
from nets.plots import loss_curves

runs = {"nothing": plain, "L2": with_l2, "dropout": with_dropout}
figure = loss_curves({name: history.validation_loss for name, history in runs.items()})
figure.axes[0].set(xlabel="epoch", ylabel="validation loss")
figure

# %% [markdown]
# ## What it looks like
#
# In two dimensions we can see it. Two classes overlap along a wave; the same net is trained without
# L2 and with three strengths of it:

# %% mystnb={"image": {"alt": "Boundaries for four strengths of L2: jagged to nearly straight"}}
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
# The nets range from memorising, over a good fit, to a boundary that is too simple.
#
# ## The best remedy
#
# More data. The same net, with more and more of the images, labelled correctly. Again we look at
# the validation part, because the test part has done its work:

# %%
for n in (50, 150, 350, 700):
    net = net_with()
    options = {"epochs": 40, "batch_size": 15, "progress": False, "rng": 0}
    fit(net, SoftmaxCE(), Adam(0.001), data.x_train[:n], data.y_train[:n], **options)
    print(f"{n:3} images: {evaluate(net, SoftmaxCE(), *validation)[1]:.1%}")

# %% [markdown]
# ## Exercises
#
# 1. Why is the validation part not the test part? What goes wrong if you stop early by the test
#    loss?
#
#    <details><summary>Answer</summary>
#
#    Early stopping chooses the epoch with the lowest loss on the part that it watches, so the
#    result on that part is the best of many and too good. On the test part it would no longer
#    estimate the error on new digits. A part that is used to choose cannot also be used to judge.
#
#    </details>
#
# 2. Find the best strength of L2 by the validation loss. Does `L1` do better? How many weights does
#    it push below 0.001?
#
#    <details><summary>Answer</summary>
#
#    After 60 epochs, the validation loss is lowest for `L2(0.01)`, 0.64 (0.003: 0.67, 0.025: 0.71),
#    and the validation accuracy for `L2(0.025)` is highest, 80 %. `L1` is as good: `L1(0.001)`
#    gives 0.63 and 79 %, `L1(0.002)` 0.70 and 80 %. But L1 makes weights small one by one: with
#    0.002, 80 % of them are below 0.001, with `L2(0.025)` only 29 %.
#
#    </details>
#
# 3. Let `Dropout` scale at inference instead of in training, as the first paper did. What has to
#    change in `forward`, `backward` and `predict`?
#
#    <details><summary>Answer</summary>
#
#    `forward` returns $m \odot x$ and `backward` returns `dout * m`, both without the division by
#    $1 - p$. `predict` returns $(1 - p)\,x$, so that the next layer gets the sum that it is used
#    to.
#
#    </details>
#
# 4. Make more images by shifting the 150 by one pixel in each of the four directions, and train on
#    them too, all labelled correctly. How much does the validation accuracy gain?
#
#    <details><summary>Answer</summary>
#
#    Nothing here: the validation accuracy is 94.0 % with the 150 images and 94.0 % with all 750. On
#    images of 8 × 8, a shift by one pixel is an eighth of the picture, and the digits of this data
#    set are all centred. On MNIST, where a pixel is a 28th, it does help (notebook 9).
#
#    </details>
