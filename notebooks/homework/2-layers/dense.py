# %% [markdown]
# # Homework 2: a fully connected layer and ReLU
#
# Write the two layers that most nets are made of. Each has `forward(x)`, which returns the output
# and keeps on `self` what `backward` needs, and `backward(dout)`, which gets the gradient of the
# output and returns `(dx, grads)`: the gradient of x, and a dict with one gradient for each
# parameter. Leave x and dout as they are: make new arrays.
#
# Check what you have with `handgrad check dense.py`.

# %%
import numpy as np


# %% [markdown]
# ## The fully connected layer
#
# y = x W + b, for x of shape (N, D), W (D, M) and b (M,). Derive dW, db and dx by writing y[n, m]
# as a sum, and check each result by its shape.


# %%
class FullyConnected:
    """y = x W + b."""

    def __init__(self, in_features, out_features, rng=None):
        rng = np.random.default_rng(rng)
        self.params = {
            "W": rng.normal(size=(in_features, out_features)) / np.sqrt(in_features),
            "b": np.zeros(out_features),
        }

    def forward(self, x):
        """Return y, of shape (N, M)."""
        ### BEGIN SOLUTION
        self.x = x
        return x @ self.params["W"] + self.params["b"]
        ### END SOLUTION

    def backward(self, dout):
        """Return dx and the gradients {"W": ..., "b": ...}."""
        ### BEGIN SOLUTION
        grads = {"W": self.x.T @ dout, "b": dout.sum(axis=0)}
        return dout @ self.params["W"].T, grads
        ### END SOLUTION


# %% [markdown]
# ## ReLU
#
# y = max(0, x), entry by entry. Where x is exactly 0, let the slope be 0.


# %%
class ReLU:
    """y = max(0, x)."""

    params = {}

    def forward(self, x):
        """Return y, in the shape of x."""
        ### BEGIN SOLUTION
        self.mask = x > 0
        return x * self.mask
        ### END SOLUTION

    def backward(self, dout):
        """Return dx and {}."""
        ### BEGIN SOLUTION
        return dout * self.mask, {}
        ### END SOLUTION
