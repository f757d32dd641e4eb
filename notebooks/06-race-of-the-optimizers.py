# %% [markdown]
# # 6. The race of the optimizers
#
# All of them know only the gradient where they stand. They differ in what they remember.

# %% [markdown]
# ## A valley
#
# $J(x, y) = x^2/50 + y^2/2$ is 25 times as steep across as along. Gradient descent,
#
# $$\theta \leftarrow \theta - \eta\,\nabla J(\theta),$$
#
# has one learning rate for both: small enough for the steep direction, it crawls along the flat
# one; large enough for the flat one, it swings from side to side.

# %%
from nets.plots import race
from optimizers import SGD

# %config InlineBackend.figure_format = "retina"

race({"η = 0.2": SGD(0.2), "η = 1.8": SGD(1.8)})

# %% [markdown]
# ## Momentum
#
# A ball that rolls. Steps to and fro cancel, steps in one direction add up:
#
# $$v \leftarrow \gamma v + \nabla J(\theta) \qquad \theta \leftarrow \theta - \eta\,v$$

# %%
race(
    {
        "γ = 0": SGD(0.2),
        "γ = 0.8": SGD(0.2, momentum=0.8),
        "Nesterov, γ = 0.8": SGD(0.2, momentum=0.8, nesterov=True),
    }
)

# %% [markdown]
# Too much of it, and the ball rolls past the goal, again and again.

# %%
race({"γ = 0": SGD(0.02), "γ = 0.99": SGD(0.02, momentum=0.99)}, steps=300)

# %% [markdown]
# ## A learning rate for each parameter
#
# Adagrad divides each step by the root of all squared gradients so far, RMSProp by that of the
# recent ones; Adam does so too, and adds momentum:
#
# $$m \leftarrow \beta_1 m + (1 - \beta_1)\,g \qquad s \leftarrow \beta_2 s + (1 - \beta_2)\,g^2
# \qquad \theta \leftarrow \theta - \eta\,\frac{\hat m}{\sqrt{\hat s} + \epsilon}$$
#
# The division makes steep and flat directions alike. Look at how straight they go.

# %%
from optimizers import Adagrad, Adam, RMSProp

rules = {
    "SGD": SGD(1.8),
    "momentum": SGD(0.3, momentum=0.9),
    "Nesterov": SGD(0.3, momentum=0.9, nesterov=True),
    "Adagrad": Adagrad(1.0),
    "RMSProp": RMSProp(0.2, alpha=0.9),
    "Adam": Adam(0.5),
}
race(rules)

# %% [markdown]
# ## A saddle
#
# Down along $y$, up along $x$; the start is almost on the ridge. Where the slope is nearly 0, plain
# descent nearly stops. The others get away.

# %%
from nets.plots import SADDLE

race({**rules, "SGD": SGD(0.3)}, SADDLE)

# %% [markdown]
# ## By hand
#
# An optimizer sees a dict of parameters and a dict of gradients, nothing else. Its memory is open:

# %%
import numpy as np

theta = {"W": np.array([1.0, 1.0])}
adam = Adam(0.1)
for _ in range(3):
    adam.step(theta, {"W": np.array([100.0, 0.01])})
    print(adam.t, theta["W"], "m =", adam.state["W"]["m"])

# %% [markdown]
# One gradient is 10,000 times the other. The steps are the same: Adam looks at signs more than at
# sizes.

# %% [markdown]
# ## On a real net
#
# The same net, the same start, the same batches of handwritten digits.

# %%
from layers import FullyConnected, ReLU, SoftmaxCE
from nets import Sequential, datasets, fit
from nets.plots import loss_curves
from optimizers import Adadelta

data = datasets.digits()


def run(optimizer, epochs=10, batch_size=32):
    net = Sequential(FullyConnected(64, 64, rng=0), ReLU(), FullyConnected(64, 10, rng=1))
    options = {"epochs": epochs, "batch_size": batch_size, "progress": False, "rng": 0}
    net = net.astype(np.float32)
    return fit(net, SoftmaxCE(), optimizer, data.x_train, data.y_train, **options)


racers = {
    "SGD": SGD(0.05),
    "momentum": SGD(0.05, momentum=0.9),
    "Adagrad": Adagrad(0.02),
    "Adadelta": Adadelta(1.0),
    "RMSProp": RMSProp(0.001),
    "Adam": Adam(0.002),
}
loss_curves({name: run(optimizer) for name, optimizer in racers.items()})

# %% [markdown]
# No rule wins everywhere, and each is only as good as its learning rate. Too small, and nothing
# happens; too large, and it never settles.

# %%
rates = [0.0001, 0.001, 0.01, 0.1]
loss_curves({f"Adam, η = {rate}": run(Adam(rate)) for rate in rates})

# %% [markdown]
# ## Batch, minibatch, stochastic
#
# The gradient of a batch is the mean over its examples. A large batch points more exactly downhill
# and costs more. Twenty epochs of each:

# %%
sizes = {"all 1,437": None, "256": 256, "32": 32, "4": 4}
loss_curves({f"batches of {name}": run(SGD(0.1), 20, size) for name, size in sizes.items()})

# %% [markdown]
# ## A learning rate that falls
#
# A rate of 0.05 is quick, and never settles. Large steps first, small ones in the end: a schedule
# is a function of the number of steps.

# %%
from optimizers.schedules import Cosine, StepDecay

steps = 20 * 45  # 20 epochs of 45 batches
schedules = {
    "constant": 0.05,
    "a tenth every 300 steps": StepDecay(0.05, every=300, factor=0.1),
    "cosine": Cosine(0.05, steps),
}
figure = loss_curves({name: run(Adam(schedule), 20) for name, schedule in schedules.items()})
figure.axes[0].set_yscale("log")
figure

# %% [markdown]
# ## Exercises
#
# 1. For which learning rates does gradient descent diverge in the valley? Derive it from
#    $y \leftarrow y - \eta\,y$, then try.
# 2. Write momentum yourself: a class with `step(params, grads)` that keeps a dict of velocities.
#    Let it race with `SGD(0.2, momentum=0.8)`; the ways should be the same.
# 3. Start on the saddle exactly on the ridge: `replace(SADDLE, start=(-8.0, 0.0))` with `replace`
#    from `dataclasses`. Who gets away now, and why nobody?
# 4. Find the best learning rate for each of the six racers on the digits. Does the order change?
