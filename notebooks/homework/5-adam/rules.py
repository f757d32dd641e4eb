# %% [markdown]
# # Homework 5: Adam and friends
#
# Each rule has `step(params, grads)`, two dicts with the same keys; it changes the
# parameters in place, leaves the gradients as they are, and stores what it needs for each key.
# Epsilon is added outside the root.
#
# Check what you have with `handgrad check rules.py`.

# %%
import numpy as np


# %%
class Adagrad:
    """s <- s + g**2; theta <- theta - learning_rate g / (sqrt(s) + epsilon)."""

    def __init__(self, learning_rate=0.01, epsilon=1e-10):
        self.learning_rate, self.epsilon = learning_rate, epsilon
        self.s = {}

    def step(self, params, grads):
        """Move every parameter in place."""
        ### BEGIN SOLUTION
        for key, g in grads.items():
            self.s[key] = self.s.get(key, 0.0) + g**2
            params[key] -= self.learning_rate * g / (np.sqrt(self.s[key]) + self.epsilon)
        ### END SOLUTION


# %%
class RMSProp:
    """s <- rho s + (1 - rho) g**2; theta <- theta - learning_rate g / (sqrt(s) + epsilon)."""

    def __init__(self, learning_rate=0.01, rho=0.99, epsilon=1e-8):
        self.learning_rate, self.rho, self.epsilon = learning_rate, rho, epsilon
        self.s = {}

    def step(self, params, grads):
        """Move every parameter in place."""
        ### BEGIN SOLUTION
        for key, g in grads.items():
            self.s[key] = self.rho * self.s.get(key, 0.0) + (1 - self.rho) * g**2
            params[key] -= self.learning_rate * g / (np.sqrt(self.s[key]) + self.epsilon)
        ### END SOLUTION


# %% [markdown]
# ## Adam
#
# m and v are moving averages of g and of g**2. Both start at 0, so they are too small at first:
# m / (1 - beta1**t) and v / (1 - beta2**t) correct this. t counts steps, not parameters, and is 1
# in the first step.


# %%
class Adam:
    """theta <- theta - learning_rate m_hat / (sqrt(v_hat) + epsilon)."""

    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.learning_rate, self.epsilon = learning_rate, epsilon
        self.beta1, self.beta2 = beta1, beta2
        self.m, self.v, self.t = {}, {}, 0

    def step(self, params, grads):
        """Move every parameter in place."""
        ### BEGIN SOLUTION
        self.t += 1
        for key, g in grads.items():
            self.m[key] = self.beta1 * self.m.get(key, 0.0) + (1 - self.beta1) * g
            self.v[key] = self.beta2 * self.v.get(key, 0.0) + (1 - self.beta2) * g**2
            m_hat = self.m[key] / (1 - self.beta1**self.t)
            v_hat = self.v[key] / (1 - self.beta2**self.t)
            params[key] -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)
        ### END SOLUTION
