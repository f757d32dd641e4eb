# %% [markdown]
# # Homework 7: a neural language model
#
# Predict the next character from the last T: each is looked up in an embedding, the vectors are
# concatenated, and a net with one hidden layer gives a score for every character.
#
# Check what you have with `handgrad check language_model.py`.

# %%
import numpy as np

from layers import Flatten, FullyConnected, SoftmaxCE, Tanh
from nets import Sequential
from optimizers import Adam


# %%
def windows(ids, length):
    """Return all windows of a text and the id after each: x (N, length) and y (N,), integers."""
    ### BEGIN SOLUTION
    ids = np.asarray(ids)
    places = np.arange(len(ids) - length)[:, None] + np.arange(length)
    return ids[places], ids[length:]
    ### END SOLUTION


# %% [markdown]
# ## The embedding
#
# Row i of W is the vector of character i. A character that occurs more than once in the batch gets
# the sum of its gradients. The ids are integers and have no gradient: return None for dx.


# %%
class Embedding:
    """Integers (N, T) to vectors (N, T, dim)."""

    def __init__(self, vocabulary_size, dim, rng=None):
        rng = np.random.default_rng(rng)
        self.params = {"W": rng.normal(size=(vocabulary_size, dim))}

    def forward(self, ids):
        """Return the rows of W."""
        ### BEGIN SOLUTION
        self.ids = ids
        return self.params["W"][ids]
        ### END SOLUTION

    def backward(self, dout):
        """Return None and the gradient of W."""
        ### BEGIN SOLUTION
        dW = np.zeros_like(self.params["W"])
        np.add.at(dW, self.ids, dout)
        return None, {"W": dW}
        ### END SOLUTION


# %%
def model(vocabulary_size, length, dim=8, hidden=32, rng=None):
    """Return a net: Embedding, Flatten, FullyConnected, Tanh, FullyConnected."""
    rng = np.random.default_rng(rng)
    ### BEGIN SOLUTION
    return Sequential(
        Embedding(vocabulary_size, dim, rng=rng),
        Flatten(),
        FullyConnected(length * dim, hidden, rng=rng),
        Tanh(),
        FullyConnected(hidden, vocabulary_size, rng=rng),
    )
    ### END SOLUTION


# %%
def train(net, x, y, steps, rng=None):
    """Train with Adam on minibatches of 32, and return the loss of each step."""
    rng = np.random.default_rng(rng)
    loss, optimizer, losses = SoftmaxCE(), Adam(0.01), []
    ### BEGIN SOLUTION
    for _ in range(steps):
        chosen = rng.integers(0, len(x), 32)
        losses.append(loss.forward(net.forward(x[chosen]), y[chosen]))
        _, grads = net.backward(loss.backward()[0], input_gradient=False)
        optimizer.step(net.params, grads)
    return losses
    ### END SOLUTION


# %%
def perplexity(net, x, y):
    """Return exp of the mean loss: 1 is perfect, len(vocabulary) is chance."""
    ### BEGIN SOLUTION
    return float(np.exp(SoftmaxCE().forward(net.predict(x), y)))
    ### END SOLUTION
