# %% both
import numpy as np
import torch

from layers import FullyConnected, ReLU, SoftmaxCE
from nets import Sequential
from optimizers import Adam

rng = np.random.default_rng(0)
x, labels = rng.normal(size=(8, 5)), rng.integers(3, size=8)

# %% handgrad
net = Sequential(
    FullyConnected(5, 4),
    ReLU(),
    FullyConnected(4, 3),
)
loss, optimizer = SoftmaxCE(), Adam(0.01)

# %% PyTorch
model = torch.nn.Sequential(
    torch.nn.Linear(5, 4),
    torch.nn.ReLU(),
    torch.nn.Linear(4, 3),
).double()
criterion = torch.nn.CrossEntropyLoss()
adam = torch.optim.Adam(model.parameters(), lr=0.01)
inputs = torch.from_numpy(x)
targets = torch.from_numpy(labels)

# %% to take weights over
for i in (0, 2):
    net.params[f"{i}.W"] = model[i].weight.detach().numpy().T  # (in, out), not (out, in)
    net.params[f"{i}.b"] = model[i].bias.detach().numpy()

# %% handgrad
value = loss.forward(net.forward(x), labels)
dscores, _ = loss.backward()
dx, grads = net.backward(dscores)
optimizer.step(net.params, grads)

# %% PyTorch
adam.zero_grad()
theirs = criterion(model(inputs), targets)
theirs.backward()
adam.step()

# %% the same
assert np.isclose(value, theirs.item(), rtol=1e-12)
assert np.allclose(grads["0.W"], model[0].weight.grad.numpy().T, rtol=1e-10)
assert np.allclose(net.params["0.W"], model[0].weight.detach().numpy().T, rtol=1e-10)
