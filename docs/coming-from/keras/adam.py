# %% both
import keras
import numpy as np

from optimizers import Adam

start = np.array([1.0, -2.0], dtype="float32")
gradients = np.array([[0.5, 1e-6], [0.3, 2e-6], [-0.2, 3e-6]], dtype="float32")

# %% handgrad
params = {"theta": start.copy()}
optimizer = Adam(0.1, epsilon=1e-7)
for g in gradients:
    optimizer.step(params, {"theta": g})

# %% Keras
theta = keras.Variable(start)
adam = keras.optimizers.Adam(0.1)  # epsilon is 1e-7
for g in gradients:
    adam.apply([keras.ops.convert_to_tensor(g)], [theta])

# %% the same where gradients are not tiny
moved = params["theta"] - start, keras.ops.convert_to_numpy(theta) - start
assert np.isclose(moved[0][0], moved[1][0], rtol=1e-4)
assert abs(moved[0][1]) > 1.5 * abs(moved[1][1])  # theirs adds epsilon before the correction
