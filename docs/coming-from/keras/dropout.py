# %% both
import keras
import numpy as np

from layers import Dropout

x = np.ones((1000, 4), dtype="float32")

# %% handgrad
dropout = Dropout(0.25, rng=0)
trained = dropout.forward(x)
used = dropout.predict(x)

# %% Keras
layer = keras.layers.Dropout(0.25)
theirs_trained = layer(x, training=True)
theirs_used = layer(x)

# %% the same
theirs_trained, theirs_used = map(keras.ops.convert_to_numpy, (theirs_trained, theirs_used))
assert np.allclose(np.unique(trained), np.unique(theirs_trained))  # 0 and 4/3
assert (used == x).all()
assert (theirs_used == x).all()
