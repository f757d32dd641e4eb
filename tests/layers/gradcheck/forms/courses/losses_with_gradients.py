"""One call gives the loss and its gradient."""

import numpy as np


def softmax_loss(x, y):
    shifted = x - x.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(x))
    dx = np.exp(log_p)
    dx[rows, y] -= 1  # wrong: dx[rows, y] - 2
    return -log_p[rows, y].mean(), dx / len(x)


def svm_loss_vectorized(W, X, y, reg):
    scores = X @ W
    rows = np.arange(len(X))
    margins = np.maximum(0, scores - scores[rows, y][:, None] + 1)
    margins[rows, y] = 0
    d = (margins > 0).astype(float)
    d[rows, y] = -d.sum(axis=1)
    dW = X.T @ d / len(X) + 2 * reg * W  # wrong: X.T @ d / len(X) + reg * W
    return margins.sum() / len(X) + reg * np.sum(W * W), dW


class TwoLayerNet:
    """Without labels, loss returns scores."""

    def __init__(self, input_dim=4, hidden_dim=5, num_classes=3, reg=0.1):
        self.reg = reg
        self.params = {
            "W1": np.random.randn(input_dim, hidden_dim),
            "b1": np.zeros(hidden_dim),
            "W2": np.random.randn(hidden_dim, num_classes),
        }

    def loss(self, X, y=None):
        W1, b1, W2 = self.params["W1"], self.params["b1"], self.params["W2"]
        hidden = np.tanh(X @ W1 + b1)
        scores = hidden @ W2
        if y is None:
            return scores
        loss, d = softmax_loss(scores, y)
        loss += 0.5 * self.reg * np.sum(W2**2)
        dz = d @ W2.T * (1 - hidden**2)
        grads = {"W2": hidden.T @ d + self.reg * W2}  # wrong: {"W2": hidden.T @ d}
        grads["W1"], grads["b1"] = X.T @ dz, dz.sum(axis=0)
        return loss, grads
