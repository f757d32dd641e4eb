"""Outputs and gradients against those of another library, which finds gradients by a tape."""

import numpy as np
import pytest

from layers import MSE, Dropout, Flatten, FullyConnected, ReLU, Sigmoid, SoftmaxCE, Tanh, softmax
from tests.layers.table import LAYERS, LOSSES

torch = pytest.importorskip("torch", reason="the oracle: pip install handgrad[oracle]")

ACTIVATIONS = {ReLU: torch.relu, Sigmoid: torch.sigmoid, Tanh: torch.tanh}


def leaf(array):
    """A tensor whose gradient will be asked for."""
    return torch.tensor(array, requires_grad=True)


def twins(layer):
    """The parameters of a layer as tensors."""
    return {name: leaf(array) for name, array in layer.params.items()}


def torch_forward(layer, x, params, mask=None):
    """What the layer computes, written for tensors."""
    if isinstance(layer, FullyConnected):
        y = x @ params["W"]
        return y + params["b"] if "b" in params else y
    if isinstance(layer, Flatten):
        return torch.flatten(x, 1) if x.dim() > 1 else x.reshape(-1, 1)
    if isinstance(layer, Dropout):
        return x * torch.tensor(mask)
    return ACTIVATIONS[type(layer)](x)


def torch_loss(loss, y, target, weight=None):
    """What the loss computes, written for tensors."""
    target = torch.tensor(target)
    if isinstance(loss, SoftmaxCE):
        each = torch.nn.functional.cross_entropy(y, target, reduction="none")
    else:
        each = torch.nn.functional.mse_loss(y, target, reduction="none").flatten(1).mean(dim=1)
    if weight is None:
        return each.mean()
    weight = torch.tensor(weight)
    return (each * weight).sum() / weight.sum()


def assert_same(found, tensor, what):
    """Equal to 10 digits of the largest entry."""
    expected = tensor.detach().numpy() if isinstance(tensor, torch.Tensor) else tensor
    assert np.shape(found) == np.shape(expected), what
    difference = np.abs(found - expected).max(initial=0.0)
    assert difference <= 1e-10 * np.abs(expected).max(initial=0.0), what


def assert_same_gradients(grads, params, what=""):
    for name, tensor in params.items():
        assert_same(grads[name], tensor.grad, f"{what} {name}")


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("row", LAYERS, ids=[row.name for row in LAYERS])
def test_each_layer_by_itself(row, seed):
    layer, (x,) = row.make().astype(np.float64), row.inputs(seed)
    mask = row.make().forward(np.ones_like(x)) if row.random else np.ones_like(x)
    x_tensor, params = leaf(x), twins(layer)
    y = layer.forward(x)
    y_tensor = torch_forward(layer, x_tensor, params, mask)
    assert_same(y, y_tensor, "y")
    dout = np.random.default_rng(seed).normal(size=y.shape)
    y_tensor.backward(torch.tensor(dout))
    dx, grads = layer.backward(dout)
    assert_same(dx, x_tensor.grad, "dx")
    assert_same_gradients(grads, params)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("row", LOSSES, ids=[row.name for row in LOSSES])
def test_each_loss_by_itself(row, seed):
    loss, inputs = row.make(), row.inputs(seed)
    y = leaf(inputs[0])
    value = torch_loss(loss, y if y.dim() > 1 else y[:, None], *_columns(loss, inputs[1:]))
    assert_same(loss.forward(*inputs), value, "loss")
    (3 * value).backward()
    assert_same(loss.backward(3)[0], y.grad, "dy")


def _columns(loss, rest):
    """Targets (N,) of a mean squared error as (N, 1); all else as it is."""
    target, *weight = rest
    return (target[:, None] if isinstance(loss, MSE) and target.ndim == 1 else target), *weight


@pytest.mark.parametrize("size", [1e-3, 1.0, 30.0, 1e3])
def test_softmax_at_scores_of_any_size(size):
    scores = size * np.random.default_rng(0).normal(size=(20, 7))
    np.testing.assert_allclose(
        softmax(scores), torch.softmax(torch.tensor(scores), dim=-1).numpy(), rtol=1e-12
    )


def random_net(rng):
    """Layers that fit, a batch for them, a loss with its targets."""
    n, width = rng.integers(1, 11), int(rng.integers(1, 9))
    net = []
    x = rng.normal(size=(n, width))
    if rng.random() < 0.3:
        net.append(Flatten())
        x = rng.normal(size=(n, width, 2))
        width *= 2
    for _ in range(rng.integers(1, 5)):
        out = int(rng.integers(2, 9))
        init = rng.choice(["xavier_uniform", "xavier_normal", "he_uniform", "he_normal"])
        bias = bool(rng.random() < 0.8)
        net.append(FullyConnected(width, out, bias=bias, weight_init=str(init), rng=rng))
        if bias:
            net[-1].params["b"] = rng.normal(size=out)
        if rng.random() < 0.8:
            net.append(list(ACTIVATIONS)[rng.integers(len(ACTIVATIONS))]())
        width = out
    weight = rng.uniform(0.1, 2, n) if rng.random() < 0.3 else None
    if rng.random() < 0.5:
        return net, x, SoftmaxCE(), (rng.integers(width, size=n), weight)
    return net, x, MSE(), (rng.normal(size=(n, width)), weight)


@pytest.mark.parametrize("seed", range(100))
def test_a_random_net(seed):
    rng = np.random.default_rng(seed)
    net, x, loss, targets = random_net(rng)
    dout = float(rng.normal())

    y = x
    for layer in net:
        y = layer.forward(y)
    value = loss.forward(y, *targets)
    gradient, _ = loss.backward(dout)
    returned = []
    for layer in reversed(net):
        gradient, grads = layer.backward(gradient)
        returned.insert(0, grads)

    x_tensor, params = leaf(x), [twins(layer) for layer in net]
    y_tensor = x_tensor
    for layer, its_params in zip(net, params, strict=True):
        y_tensor = torch_forward(layer, y_tensor, its_params)
    value_tensor = torch_loss(loss, y_tensor, *targets)
    (dout * value_tensor).backward()

    assert_same(y, y_tensor, "y")
    assert_same(value, value_tensor, "loss")
    assert_same(gradient, x_tensor.grad, "dx")
    for index, (grads, its_params) in enumerate(zip(returned, params, strict=True)):
        assert grads.keys() == its_params.keys()
        assert_same_gradients(grads, its_params, f"layer {index}")
