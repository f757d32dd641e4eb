# %% [markdown]
# # 9. MNIST to 98 %
#
# 70,000 handwritten digits of 28 × 28 pixels: 60,000 to learn from and 10,000 to be tested on. They
# are fetched once, or read from a folder that you name: `datasets.mnist(path=...)`.

# %%
import numpy as np

from nets import datasets
from nets.plots import sample_images

# %config InlineBackend.figure_format = "retina"

data = datasets.mnist()
x, y = data.x_train, data.y_train
print(data)
sample_images(x[:30], y[:30], data.image_shape)

# %% [markdown]
# The test part is for the end. To choose anything, we keep 5,000 of the training images aside.

# %%
x_train, y_train = x[:55_000], y[:55_000]
validation = x[55_000:], y[55_000:]

# %% [markdown]
# ## Without a hidden layer
#
# Softmax regression, $s = xW + b$: each score compares the image with one template, a column of
# $W$.

# %%
from layers import FullyConnected, SoftmaxCE
from nets import L2, Sequential, fit
from optimizers import Adam

linear = Sequential(FullyConnected(784, 10, rng=0)).astype(np.float32)
options = {"batch_size": 128, "validation": validation, "rng": 0}
l2 = {"regularizer": L2(0.003), "epochs": 4, "progress": False}
history = fit(linear, SoftmaxCE(), Adam(0.002), x_train, y_train, **l2, **options)
print(f"right on {history.validation_accuracy[-1]:.1%} of the validation images")

# %% [markdown]
# The ten templates: bright where ink speaks for the digit, dark where it speaks against it.

# %%
sample_images(linear.params["0.W"].T, np.arange(10), data.image_shape)

# %% [markdown]
# ## With hidden layers
#
# One template for all ways to write a 7 is not enough. Hidden units look for parts. With `progress`
# (the default) one sees it learn.

# %% tags=["machine"]
from layers import ReLU
from optimizers.schedules import Linear

rng = np.random.default_rng(0)
net = Sequential(
    FullyConnected(784, 512, weight_init="he_uniform", rng=rng),
    ReLU(),
    FullyConnected(512, 256, weight_init="he_uniform", rng=rng),
    ReLU(),
    FullyConnected(256, 10, rng=rng),
).astype(np.float32)
epochs = 5
optimizer = Adam(Linear(0.002, steps=epochs * 430))  # falls to 0 in a straight line
history = fit(net, SoftmaxCE(), optimizer, x_train, y_train, epochs=epochs, **options)

# %%
net.summary()

# %%
history.plot()

# %% [markdown]
# ## The test
#
# Now, and only now, the 10,000 images that nobody has looked at.

# %%
from nets import evaluate

loss, accuracy = evaluate(net, SoftmaxCE(), data.x_test, data.y_test)
assert accuracy > 0.98
print(f"right on {accuracy:.1%} of the test images")

# %% [markdown]
# ## What it gets wrong
#
# Those of which it was most certain come first. How many can you read?

# %%
from layers import softmax

p = softmax(net.predict(data.x_test))
read = p.argmax(axis=1)
wrong = np.flatnonzero(read != data.y_test)
worst = wrong[np.argsort(-p[wrong].max(axis=1))][:20]
sample_images(data.x_test[worst], data.y_test[worst], data.image_shape, read[worst])

# %% [markdown]
# Which digits are taken for which? A row is what it was, a column is what the net read.

# %%
import matplotlib.pyplot as plt

confused = np.zeros((10, 10), dtype=int)
np.add.at(confused, (data.y_test[wrong], read[wrong]), 1)
figure, axes = plt.subplots(figsize=(4.6, 4.2), layout="constrained")
axes.imshow(confused, cmap="Blues", vmax=2 * confused.max())
for i, j in np.argwhere(confused):
    axes.text(j, i, confused[i, j], ha="center", va="center", fontsize=8)
axes.set(xlabel="read", ylabel="was", xticks=range(10), yticks=range(10))
axes.spines[:].set_visible(False)

# %% [markdown]
# ## Does it know when it does not know?
#
# The largest probability is its confidence. Among images of which it is sure, how many are right?

# %% tags=["words"]
from itertools import pairwise

confidence = p.max(axis=1)
for low, high in pairwise((0, 0.6, 0.9, 0.99, 1.0001)):
    some = (low <= confidence) & (confidence < high)
    right = (read == data.y_test)[some].mean()
    print(f"confidence from {low:4}: {some.mean():6.1%} of the images, {right:.1%} right")

# %% [markdown]
# ## Keep it
#
# Weights go to a file that other programs can read, and come back.

# %%
net.save("mnist.safetensors")
again = Sequential.load("mnist.safetensors")
print(np.array_equal(again.predict(data.x_test[:100]), net.predict(data.x_test[:100])))

# %% [markdown]
# ## Exercises
#
# 1. How far does one get with 32 hidden units? Plot the accuracy against their number.
# 2. Add `Dropout(0.2)` behind each ReLU and train twice as long. Watch the validation loss.
# 3. Move each training image by up to two pixels in a random direction, anew in every epoch. 99 %
#    is within reach.
# 4. Invert the test images (`1 - x`). What does the net say, and how sure is it?
