# %% [markdown]
# # Homework 4: a two-layer net on digits, with momentum
#
# The layers are given: `FullyConnected`, `ReLU` and `SoftmaxCE` of the library. Write the net that
# chains them, the rule that updates its parameters, and the loop that trains it on minibatches.
#
# Check what you have with `handgrad check digits_net.py`.

# %%
import numpy as np

from layers import FullyConnected, ReLU, SoftmaxCE


# %% [markdown]
# ## The net
#
# FullyConnected, ReLU, FullyConnected. `params` and the gradients are dicts with the keys
# "W1", "b1", "W2" and "b2".


# %%
class TwoLayerNet:
    """scores = relu(x W1 + b1) W2 + b2."""

    def __init__(self, in_features, hidden, classes, rng=None):
        rng = np.random.default_rng(rng)
        self.first = FullyConnected(in_features, hidden, rng=rng)
        self.relu = ReLU()
        self.second = FullyConnected(hidden, classes, rng=rng)
        self.params = {
            "W1": self.first.params["W"],
            "b1": self.first.params["b"],
            "W2": self.second.params["W"],
            "b2": self.second.params["b"],
        }

    def forward(self, x):
        """Return scores (N, classes)."""
        ### BEGIN SOLUTION
        return self.second.forward(self.relu.forward(self.first.forward(x)))
        ### END SOLUTION

    def backward(self, dout):
        """Return dx and the gradients, under the keys of params."""
        ### BEGIN SOLUTION
        dh, second = self.second.backward(dout)
        da, _ = self.relu.backward(dh)
        dx, first = self.first.backward(da)
        grads = {"W1": first["W"], "b1": first["b"], "W2": second["W"], "b2": second["b"]}
        return dx, grads
        ### END SOLUTION


# %% [markdown]
# ## The rule
#
# v <- momentum v + g, and then theta <- theta - learning_rate v. Each parameter has its own v,
# which starts at 0. Change the parameters in place: the layers use the same arrays.


# %%
class Momentum:
    """Gradient descent with momentum."""

    def __init__(self, learning_rate, momentum=0.0):
        self.learning_rate, self.momentum = learning_rate, momentum
        self.v = {}

    def step(self, params, grads):
        """Move every parameter in place; leave the gradients as they are."""
        ### BEGIN SOLUTION
        for key, theta in params.items():
            self.v[key] = self.momentum * self.v.get(key, 0.0) + grads[key]
            theta -= self.learning_rate * self.v[key]
        ### END SOLUTION


# %% [markdown]
# ## The loop
#
# In each epoch, shuffle x and the labels together, go through them in batches, and record the mean
# loss. Compare the curves for momentum 0 and 0.9.


# %%
def train(net, optimizer, x, labels, epochs, batch_size, rng=None):
    """Train the net and return the losses, one number for each epoch."""
    rng = np.random.default_rng(rng)
    loss, curve = SoftmaxCE(), []
    ### BEGIN SOLUTION
    for _ in range(epochs):
        order, values = rng.permutation(len(x)), []
        for start in range(0, len(x), batch_size):
            chosen = order[start : start + batch_size]
            values.append(loss.forward(net.forward(x[chosen]), labels[chosen]))
            _, grads = net.backward(loss.backward()[0])
            optimizer.step(net.params, grads)
        curve.append(float(np.mean(values)))
    return curve
    ### END SOLUTION


# %%
def curves(x, labels, epochs=10):
    """Return the losses for momentum 0 and for momentum 0.9: a dict with the keys 0.0 and 0.9."""
    ### BEGIN SOLUTION
    found = {}
    for momentum in (0.0, 0.9):
        net = TwoLayerNet(x.shape[1], 32, labels.max() + 1, rng=0)
        found[momentum] = train(net, Momentum(0.05, momentum), x, labels, epochs, 64, rng=0)
    return found
    ### END SOLUTION


# %% [markdown]
# Look at both curves. Which one would keep falling?

# %%
if __name__ == "__main__":
    from IPython.display import display

    from nets import datasets, plots

    data = datasets.digits(dtype=np.float64)
    found = curves(data.x_train, data.y_train)
    display(plots.loss_curves({f"momentum {key}": losses for key, losses in found.items()}))
