# %% both
import keras
import numpy as np

from layers import FullyConnected, ReLU, SoftmaxCE
from nets import Sequential, datasets, fit
from optimizers import SGD

data = datasets.digits()

# %% handgrad
net = Sequential(
    FullyConnected(64, 32, rng=0),
    ReLU(),
    FullyConnected(32, 10, rng=1),
).astype("float32")

# %% Keras
model = keras.Sequential(
    [
        keras.layers.Input((64,)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(10),
    ]
)

# %% to take weights over
for layer, i in zip(model.layers, (0, 2), strict=True):
    layer.set_weights([net.params[f"{i}.W"], net.params[f"{i}.b"]])  # both are (in, out)

# %% handgrad
history = fit(
    net,
    SoftmaxCE(),  # takes scores
    SGD(0.1, momentum=0.9),
    data.x_train,
    data.y_train,
    epochs=3,
    batch_size=32,
    shuffle=False,  # only to compare
    progress=False,
)

# %% Keras
crossentropy = keras.losses.SparseCategoricalCrossentropy
model.compile(
    loss=crossentropy(from_logits=True),
    optimizer=keras.optimizers.SGD(0.1, momentum=0.9),
)
theirs = model.fit(
    data.x_train,
    data.y_train,
    epochs=3,
    batch_size=32,
    shuffle=False,
    verbose=0,
)

# %% the same
scores = model.predict(data.x_test, verbose=0)
assert np.allclose(net.predict(data.x_test), scores, atol=1e-2)
assert np.allclose(history["loss"], theirs.history["loss"], rtol=1e-3)
