# %% both
import numpy as np

from optimizers import SGD

rng = np.random.default_rng(0)
start, gradients = rng.normal(size=4), rng.normal(size=(10, 4))

# %% handgrad
params = {"w": start.copy()}
optimizer = SGD(learning_rate=0.1, momentum=0.9)
for dw in gradients:
    optimizer.step(params, {"w": dw})


# %% CS231n
def sgd_momentum(w, dw, config):
    v = config.setdefault("velocity", np.zeros_like(w))
    mu, lr = config["momentum"], config["learning_rate"]
    v = mu * v - lr * dw
    config["velocity"] = v
    return w + v, config


w = start.copy()
config = {"learning_rate": 0.1, "momentum": 0.9}
for dw in gradients:
    w, config = sgd_momentum(w, dw, config)

# %% the same
assert np.allclose(params["w"], w, rtol=1e-12)
v = optimizer.state["w"]["v"]  # their velocity is -learning_rate times ours
assert np.allclose(config["velocity"], -0.1 * v, rtol=1e-12)
