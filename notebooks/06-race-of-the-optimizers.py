# %% [markdown]
# # 6. The race of the optimizers
#
# An optimizer only knows the gradient at the current point. Optimizers differ in what they remember
# of earlier gradients.

# %% [markdown]
# ## A valley
#
# $J(x, y) = x^2/50 + y^2/2$ is 25 times as steep across the valley as along it. Gradient descent,
#
# $$\theta \leftarrow \theta - \eta\,\nabla J(\theta),$$
#
# has one learning rate for both directions. If it is small enough for the steep direction, progress
# along the flat one is slow; if it is large enough for the flat one, the steps oscillate.

# %% mystnb={"image": {"alt": "Gradient descent in a valley: one path slow, one zigzags"}}
from nets.plots import race
from optimizers import SGD

# %config InlineBackend.figure_format = "retina"

race({"η = 0.2": SGD(0.2), "η = 1.8": SGD(1.8)})

# %% [markdown]
# ## Momentum
#
# Think of a rolling ball. Steps in opposite directions cancel, steps in the same direction add up:
#
# $$v \leftarrow \gamma v + \nabla J(\theta) \qquad \theta \leftarrow \theta - \eta\,v$$

# %% mystnb={"image": {"alt": "Momentum reaches the minimum sooner than plain descent"}}
race(
    {
        "γ = 0": SGD(0.2),
        "γ = 0.8": SGD(0.2, momentum=0.8),
        "Nesterov, γ = 0.8": SGD(0.2, momentum=0.8, nesterov=True),
    }
)

# %% [markdown]
# With too much momentum, the ball rolls past the minimum again and again.

# %% mystnb={"image": {"alt": "Momentum of 0.99 overshoots the minimum again and again"}}
race({"γ = 0": SGD(0.02), "γ = 0.99": SGD(0.02, momentum=0.99)}, steps=300)

# %% [markdown]
# ## A learning rate for each parameter
#
# Adagrad divides each step by the root of the sum of all squared gradients so far, RMSProp by the
# root of a moving average of them. Adam does the same and adds momentum:
#
# $$m \leftarrow \beta_1 m + (1 - \beta_1)\,g \qquad s \leftarrow \beta_2 s + (1 - \beta_2)\,g^2
# \qquad \theta \leftarrow \theta - \eta\,\frac{\hat m}{\sqrt{\hat s} + \epsilon}$$
#
# The division makes up for steep and flat directions. Look at how straight the paths are.

# %% mystnb={"image": {"alt": "Paths of six optimizers in the valley, and their heights"}}
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
# The surface falls along $y$ and rises along $x$; the start is almost on the ridge. Where the slope
# is nearly 0, plain gradient descent nearly stops. The others escape.

# %% mystnb={"image": {"alt": "Six optimizers at a saddle: plain descent hardly leaves it"}}
from nets.plots import SADDLE

race({**rules, "SGD": SGD(0.3)}, SADDLE)

# %% [markdown]
# ## By hand
#
# An optimizer sees a dict of parameters and a dict of gradients and nothing else. Its state can be
# read:

# %%
import numpy as np

theta = {"W": np.array([1.0, 1.0])}
adam = Adam(0.1)
for _ in range(3):
    adam.step(theta, {"W": np.array([100.0, 0.01])})
    print(adam.t, theta["W"], "m =", adam.state["W"]["m"])

# %% [markdown]
# One gradient is 10,000 times the other, but the steps are equal: Adam depends on the signs of
# gradients more than on their sizes.

# %% [markdown]
# ## On a real net
#
# The same net, the same initial weights, the same batches of handwritten digits.

# %% mystnb={"image": {"alt": "Training loss of six optimizers on the digits"}}
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
# No optimizer is always best, and each needs a suitable learning rate. With one that is too small,
# training is slow; with one that is too large, it does not converge.

# %% mystnb={"image": {"alt": "Training loss of Adam for four learning rates"}}
rates = [0.0001, 0.001, 0.01, 0.1]
loss_curves({f"Adam, η = {rate}": run(Adam(rate)) for rate in rates})

# %% [markdown]
# ## Batch, minibatch, stochastic
#
# The gradient of a batch is the mean over its examples. A large batch estimates the full gradient
# better, but costs more. Twenty epochs of each:

# %% mystnb={"image": {"alt": "Training loss for four batch sizes"}}
sizes = {"all 1,437": "all", "256": 256, "32": 32, "4": 4}
loss_curves({f"batches of {name}": run(SGD(0.1), 20, size) for name, size in sizes.items()})

# %% [markdown]
# ## A learning rate that falls
#
# A learning rate of 0.05 is fast at first but does not converge. It is better to start with large
# steps and end with small ones: a schedule is a function of the step number.

# %% mystnb={"image": {"alt": "Training loss of Adam with three learning-rate schedules"}}
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
#
#    <details><summary>Answer</summary>
#
#    Each step multiplies $y$ by $1 - \eta$, which grows if $|1 - \eta| > 1$, that is for $\eta >
#    2$. Along the flat direction the factor is $1 - \eta/25$, which allows $\eta < 50$. At $\eta =
#    2$ exactly, $y$ only changes its sign.
#
#    </details>
#
# 2. Write momentum yourself: a class with `step(params, grads)` that keeps a dict of velocities.
#    Let it race with `SGD(0.2, momentum=0.8)`; the paths should be the same.
#
#    <details><summary>Answer</summary>
#
#    ```python
#    class Momentum:
#        def __init__(self, learning_rate, momentum):
#            self.learning_rate, self.momentum, self.v = learning_rate, momentum, {}
#
#        def step(self, params, grads):
#            for name, theta in params.items():
#                self.v[name] = self.momentum * self.v.get(name, 0.0) + grads[name]
#                theta -= self.learning_rate * self.v[name]  # in place
#    ```
#
#    </details>
#
# 3. Start on the saddle exactly on the ridge: `replace(SADDLE, start=(-8.0, 0.0))` with `replace`
#    from `dataclasses`. Which optimizers escape now? Why?
#
#    <details><summary>Answer</summary>
#
#    None. On the ridge the gradient along $y$ is exactly 0, and stays 0: momentum and scaling have
#    nothing to amplify. All six end near (0, 0). In practice, the noise of minibatches moves the
#    parameters off such a ridge.
#
#    </details>
#
# 4. Find the best learning rate for each of the six racers on the digits, with a validation part
#    cut from the training data. Does the order change?
#
#    <details><summary>Answer</summary>
#
#    Yes. With 1,200 images to train on, 237 for validation and ten epochs, we found (learning rate,
#    validation loss): Adadelta 10, 0.054; momentum 0.1, 0.063; Adam 0.01, 0.082; Adagrad 0.3,
#    0.082; RMSProp 0.01, 0.086; SGD 1.0, 0.095. Tuned, all six reach 96 to 98 % on the validation
#    part: the learning rate matters more than the rule.
#
#    </details>
