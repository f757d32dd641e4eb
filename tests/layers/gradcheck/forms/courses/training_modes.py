"""Batch norms with a mode, which is that of inference unless they are told otherwise."""

import numpy as np


class BatchNorm:
    def __init__(self, dim):
        self.gamma, self.beta = np.ones(dim), np.zeros(dim)
        self.running_mean, self.running_var = np.zeros(dim), np.ones(dim)

    def forward(self, x, is_training=False):
        mean, var = self.running_mean, self.running_var
        if is_training:
            mean, var = x.mean(axis=0), x.var(axis=0)
            self.running_mean = 0.9 * self.running_mean + 0.1 * mean
            self.running_var = 0.9 * self.running_var + 0.1 * var
        self.std = np.sqrt(var + 1e-5)
        self.x_hat = (x - mean) / self.std
        return self.gamma * self.x_hat + self.beta

    def backward(self, dout):
        self.dgamma, self.dbeta = (dout * self.x_hat).sum(axis=0), dout.sum(axis=0)
        d = dout * self.gamma
        along = (d * self.x_hat).mean(axis=0)
        return (d - d.mean(axis=0) - self.x_hat * along) / self.std


class ModeArgument(BatchNorm):
    def forward(self, x, mode="test"):
        return super().forward(x, mode == "train")


class EvalArgument(BatchNorm):
    def forward(self, x, eval=True):
        return super().forward(x, not eval)


class RequiredFlag(BatchNorm):
    def forward(self, x, is_test):
        return super().forward(x, not is_test)


class KeywordFlag(BatchNorm):
    def forward(self, x, *, training=False):
        return super().forward(x, training)


class Attribute(BatchNorm):
    def __init__(self, dim, training=False):
        super().__init__(dim)
        self.training = training

    def forward(self, x):
        return super().forward(x, self.training)

    def backward(self, dout):
        dx = super().backward(dout)
        return dx  # wrong: dx * self.std


class Methods(BatchNorm):
    def __init__(self, dim):
        super().__init__(dim)
        self.phase = 0

    def train(self):
        self.phase = 1

    def eval(self):
        self.phase = 0

    def forward(self, x):
        return super().forward(x, self.phase == 1)


def norm_forward(x, gamma, beta, running_mean, running_var, mode):
    mean, var = (x.mean(axis=0), x.var(axis=0)) if mode == "train" else (running_mean, running_var)
    std = np.sqrt(var + 1e-5)
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x_hat, std, gamma)


def norm_backward(dout, cache):
    x_hat, std, gamma = cache
    d = dout * gamma
    dx = (d - d.mean(axis=0) - x_hat * (d * x_hat).mean(axis=0)) / std
    dgamma, dbeta = (dout * x_hat).sum(axis=0), dout.sum(axis=0)
    return dx, dgamma, dbeta  # wrong: dx, dbeta, dbeta
