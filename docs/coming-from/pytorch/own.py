# %% both
import numpy as np
import torch

from layers import assert_gradients

x = np.array([[1.0, -2.0, 3.0]])


# %% handgrad
class Cube:
    params = {}

    def forward(self, x):
        self._x = x
        return x**3

    def backward(self, dout):
        return 3 * self._x**2 * dout, {}


assert_gradients(Cube(), x)


# %% PyTorch
class TorchCube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, dout):
        (x,) = ctx.saved_tensors
        return 3 * x**2 * dout


inputs = torch.tensor(x, requires_grad=True)
assert torch.autograd.gradcheck(TorchCube.apply, inputs)

# %% the same
cube = Cube()
y = cube.forward(x)
dx, _ = cube.backward(np.ones_like(y))
TorchCube.apply(inputs).sum().backward()
assert (dx == inputs.grad.numpy()).all()
