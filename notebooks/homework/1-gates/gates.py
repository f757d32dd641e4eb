# %% [markdown]
# # Homework 1: gates and graphs by hand
#
# A gate computes its output in `forward` and caches what it needs. In `backward` it gets the
# gradient of its output, `dout`, and returns `(gradients of its inputs, {})`. The second part is
# the dict of the parameters' gradients; gates have none. Downstream is local times upstream.
#
# Check what you have with `handgrad check gates.py`.

# %%
import numpy as np


# %%
class Add:
    """x + y: distributes the gradient."""

    params = {}

    def forward(self, x, y):
        """Return x + y."""
        ### BEGIN SOLUTION
        return x + y
        ### END SOLUTION

    def backward(self, dout):
        """Return ((dx, dy), {})."""
        ### BEGIN SOLUTION
        return (1.0 * dout, 1.0 * dout), {}
        ### END SOLUTION


# %%
class Multiply:
    """x * y: switches the inputs."""

    params = {}

    def forward(self, x, y):
        """Return x * y."""
        ### BEGIN SOLUTION
        self.x, self.y = x, y
        return x * y
        ### END SOLUTION

    def backward(self, dout):
        """Return ((dx, dy), {})."""
        ### BEGIN SOLUTION
        return (dout * self.y, dout * self.x), {}
        ### END SOLUTION


# %%
class Max:
    """max(x, y), entry by entry: routes the gradient to the larger input."""

    params = {}

    def forward(self, x, y):
        """Return the larger of x and y."""
        ### BEGIN SOLUTION
        self.first = np.asarray(x) > y
        return np.maximum(x, y)
        ### END SOLUTION

    def backward(self, dout):
        """Return ((dx, dy), {})."""
        ### BEGIN SOLUTION
        return (dout * self.first, dout * ~self.first), {}
        ### END SOLUTION


# %%
class Sigmoid:
    """1 / (1 + exp(-x)): its slope is y (1 - y), of the output y."""

    params = {}

    def forward(self, x):
        """Return the sigmoid of x."""
        ### BEGIN SOLUTION
        self.y = 1 / (1 + np.exp(-x))
        return self.y
        ### END SOLUTION

    def backward(self, dout):
        """Return (dx, {})."""
        ### BEGIN SOLUTION
        return dout * self.y * (1 - self.y), {}
        ### END SOLUTION


# %% [markdown]
# ## A graph
#
# f(x, y, z) = (x + y) max(y, z). y is used twice, so its gradients are summed. Work it out by
# hand, with or without the classes above.


# %%
def graph(x, y, z):
    """Return f and its gradients: (f, (df/dx, df/dy, df/dz))."""
    ### BEGIN SOLUTION
    total, larger = Add(), Max()
    product = Multiply()
    f = product.forward(total.forward(x, y), larger.forward(y, z))
    (da, db), _ = product.backward(1.0)
    (dx, dy), _ = total.backward(da)
    (dy_too, dz), _ = larger.backward(db)
    return f, (dx, dy + dy_too, dz)
    ### END SOLUTION


# %%
def neuron(w, x):
    """Return 1 / (1 + exp(-(w0 x0 + w1 x1 + w2))) and its gradients: (f, dw, dx).

    w and dw have three entries, x and dx two.
    """
    ### BEGIN SOLUTION
    f = 1 / (1 + np.exp(-(w[0] * x[0] + w[1] * x[1] + w[2])))
    ds = f * (1 - f)
    return f, np.array([ds * x[0], ds * x[1], ds]), np.array([ds * w[0], ds * w[1]])
    ### END SOLUTION
