# %% both
import numpy as np
import torch

from layers import FullyConnected

layer = FullyConnected(5, 3, rng=0)
linear = torch.nn.Linear(5, 3).double()
with torch.no_grad():
    linear.weight.copy_(torch.from_numpy(layer.params["W"].T))
rng = np.random.default_rng(1)
parts = [(rng.normal(size=(4, 5)), rng.normal(size=(4, 3))) for _ in range(2)]

# %% handgrad
total = dict.fromkeys(layer.params, 0)
for x, dout in parts:
    layer.forward(x)
    _, grads = layer.backward(dout)
    for key in total:
        total[key] = total[key] + grads[key]

# %% PyTorch
linear.zero_grad()
for x, dout in parts:
    y = linear(torch.from_numpy(x))
    y.backward(torch.from_numpy(dout))  # adds to .grad

# %% the same
assert np.allclose(total["W"], linear.weight.grad.numpy().T, rtol=1e-10)
assert np.allclose(total["b"], linear.bias.grad.numpy(), rtol=1e-10)
