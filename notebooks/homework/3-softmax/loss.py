# %% [markdown]
# # Homework 3: softmax cross-entropy, stable
#
# From scores (N, C) and labels (N,), integers from 0 to C - 1, to one number: the mean over the
# batch of -log p of the correct class. A loss is a layer: `backward(dout=1.0)` returns
# `(dscores, {})`. It has to be correct for any finite scores, without overflow or log 0.
#
# Check what you have with `handgrad check loss.py`.

# %%
import numpy as np


# %%
def softmax(scores):
    """Return probabilities (N, C): subtract the largest score of each row first."""
    ### BEGIN SOLUTION
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %% [markdown]
# log p = s - log sum exp(s), after the largest score of the row has been subtracted from s. Do not
# take the logarithm of a probability: it may be 0.


# %%
class SoftmaxCE:
    """Mean of -log softmax(scores)[n, labels[n]] over the batch."""

    params = {}

    def forward(self, scores, labels):
        """Return the loss, a number."""
        ### BEGIN SOLUTION
        self.p, self.labels = softmax(scores), labels
        shifted = scores - scores.max(axis=1, keepdims=True)
        right = shifted[np.arange(len(labels)), labels]
        return float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - right))
        ### END SOLUTION

    def backward(self, dout=1.0):
        """Return dscores = (p - onehot(labels)) / N, times dout, and {}."""
        ### BEGIN SOLUTION
        dscores = self.p.copy()
        dscores[np.arange(len(self.labels)), self.labels] -= 1
        return dout * dscores / len(self.labels), {}
        ### END SOLUTION
