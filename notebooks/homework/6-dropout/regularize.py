# %% [markdown]
# # Homework 6: dropout and regularization
#
# Check what you have with `handgrad check regularize.py`.

# %%
import numpy as np


# %% [markdown]
# ## Dropout
#
# In training, `forward` sets each entry to 0 with probability p, and divides the others by 1 - p;
# `backward` uses the same mask. In inference, `predict` returns x as it is. Draw a new mask from
# `self.rng` in each `forward`.


# %%
class Dropout:
    """Set entries to 0 with probability p."""

    def __init__(self, p, rng=None):
        self.params = {}
        self.p, self.rng = p, np.random.default_rng(rng)

    def forward(self, x):
        """Return x times a mask of 0 and 1 / (1 - p)."""
        ### BEGIN SOLUTION
        self.mask = (self.rng.random(x.shape) >= self.p) / (1 - self.p)
        return x * self.mask
        ### END SOLUTION

    def backward(self, dout):
        """Return dx and {}."""
        ### BEGIN SOLUTION
        return dout * self.mask, {}
        ### END SOLUTION

    def predict(self, x):
        """Return x."""
        ### BEGIN SOLUTION
        return x
        ### END SOLUTION


# %% [markdown]
# ## L2
#
# penalty = strength / 2 * sum of W**2 over all weights. Biases, the parameters with one axis, are
# not penalized.


# %%
def l2_penalty(params, strength):
    """Return the penalty, a number."""
    ### BEGIN SOLUTION
    return strength / 2 * sum(float(np.sum(W**2)) for W in params.values() if W.ndim > 1)
    ### END SOLUTION


# %%
def with_l2(params, grads, strength):
    """Return a new dict: the gradients, with those of the penalty added."""
    ### BEGIN SOLUTION
    return {
        key: g + strength * params[key] if params[key].ndim > 1 else g.copy()
        for key, g in grads.items()
    }
    ### END SOLUTION


# %% [markdown]
# ## Early stopping
#
# Stop once the loss on the validation data has not improved for `patience` epochs.


# %%
def stopped_after(losses, patience):
    """Return the epoch (from 1) after which to stop, or the last one."""
    ### BEGIN SOLUTION
    best, since = np.inf, 0
    for epoch, loss in enumerate(losses, 1):
        best, since = (loss, 0) if loss < best else (best, since + 1)
        if since == patience:
            return epoch
    return len(losses)
    ### END SOLUTION
