"""Outputs and gradients against those of another library, which finds gradients by a tape."""

import numpy as np
import pytest

from layers import (
    ELU,
    GELU,
    MSE,
    Add,
    AddConstant,
    AveragePool2D,
    BatchNorm,
    BinaryCE,
    Concat,
    Conv2D,
    Copy,
    Dropout,
    Embedding,
    Exp,
    Flatten,
    FullyConnected,
    GlobalAveragePool2D,
    GroupNorm,
    HardTanh,
    Hinge,
    LayerNorm,
    LeakyReLU,
    Log,
    Max,
    MaxPool2D,
    Mean,
    MeanEmbedding,
    Multiply,
    MultiplyConstant,
    Reciprocal,
    ReLU,
    Sigmoid,
    SigmoidCE,
    Sign,
    Sin,
    SoftmaxCE,
    Softplus,
    Tanh,
    softmax,
)
from tests.layers.table import GATES, LAYERS, LOOKUPS, LOSSES, dout_for, flat

torch = pytest.importorskip("torch", reason="the oracle: pip install handgrad[oracle]")

F = torch.nn.functional
ACTIVATIONS = {
    ReLU: lambda layer, x: torch.relu(x),
    Sigmoid: lambda layer, x: torch.sigmoid(x),
    Tanh: lambda layer, x: torch.tanh(x),
    Sign: lambda layer, x: torch.sign(x),
    LeakyReLU: lambda layer, x: F.leaky_relu(x, layer.negative_slope),
    HardTanh: lambda layer, x: F.hardtanh(x),
    ELU: lambda layer, x: F.elu(x, layer.alpha),
    GELU: lambda layer, x: F.gelu(x),
    Softplus: lambda layer, x: F.softplus(x, threshold=100),  # beyond 20, unless told, it gives x
}
OTHERS = {
    Flatten: lambda layer, x: torch.flatten(x, 1) if x.dim() > 1 else x.reshape(-1, 1),
    Mean: lambda layer, x: torch.mean(x, layer.axis),
    MaxPool2D: lambda layer, x: F.max_pool2d(x, layer.size, layer.stride, layer.padding),
    AveragePool2D: lambda layer, x: F.avg_pool2d(x, layer.size, layer.stride, layer.padding),
    GlobalAveragePool2D: lambda layer, x: x.mean((2, 3)),
    Exp: lambda layer, x: torch.exp(x),
    Log: lambda layer, x: torch.log(x),
    Sin: lambda layer, x: torch.sin(x),
    Reciprocal: lambda layer, x: torch.reciprocal(x),
    AddConstant: lambda layer, x: layer.c + x,
    MultiplyConstant: lambda layer, x: layer.a * x,
    Add: lambda layer, *xs: sum(xs),
    Multiply: lambda layer, *xs: torch.prod(torch.stack(xs), 0),
    Max: lambda layer, *xs: torch.amax(torch.stack(xs), 0),
    Concat: lambda layer, *xs: torch.cat(xs, layer.axis),
    Copy: lambda layer, x: tuple(x.clone() for _ in range(layer.n)),
}
PLAIN = ACTIVATIONS | OTHERS  # all that have no parameters and draw no random numbers
KINKS = np.array([-2.0, -1.0, -1e-300, -0.0, 0.0, 1e-300, 0.5, 1.0, 3.0])

WITH_PARAMETERS = (
    *(FullyConnected, Conv2D, Embedding, MeanEmbedding),
    *(BatchNorm, LayerNorm, GroupNorm),
)
COMPARED = [
    row
    for row in LAYERS + GATES + LOOKUPS
    if isinstance(
        row.make(),
        (*WITH_PARAMETERS, Dropout, *PLAIN),
    )
]


def leaf(array):
    """A tensor whose gradient will be asked for, if it can have one."""
    return torch.tensor(array, requires_grad=np.asarray(array).dtype.kind == "f")


def twins(layer):
    """The parameters of a layer as tensors."""
    return {name: leaf(array) for name, array in layer.params.items()}


def torch_forward(layer, xs, params, mask=None):
    """What the layer computes, written for tensors."""
    if isinstance(layer, FullyConnected):
        y = xs[0] @ params["W"]
        return y + params["b"] if "b" in params else y
    if isinstance(layer, Conv2D):
        x, b = xs[0].to(params["W"].dtype), params.get("b")
        return F.conv2d(x, params["W"], b, layer.stride, layer.padding)
    if isinstance(layer, BatchNorm):
        x, gamma, beta = xs[0].to(params["gamma"].dtype), params["gamma"], params["beta"]
        return F.batch_norm(x, None, None, gamma, beta, True, eps=layer.epsilon)
    if isinstance(layer, LayerNorm):
        x = xs[0].to(params["gamma"].dtype)
        return F.layer_norm(x, x.shape[-1:], params["gamma"], params["beta"], layer.epsilon)
    if isinstance(layer, GroupNorm):
        return F.group_norm(xs[0], layer.groups, params["gamma"], params["beta"], layer.epsilon)
    if isinstance(layer, MeanEmbedding):
        return F.embedding_bag(xs[0], params["W"], mode="mean", padding_idx=layer.padding)
    if isinstance(layer, Embedding):
        return F.embedding(xs[0], params["W"])
    if isinstance(layer, Dropout):
        return xs[0] * torch.tensor(mask)
    return PLAIN[type(layer)](layer, *xs)


def torch_loss(loss, y, target, weight=None):
    """What the loss computes, written for tensors."""
    target = torch.tensor(target)
    if isinstance(loss, SoftmaxCE | Hinge):
        y, target = y.flatten(0, -2), target.flatten()
        weight = None if weight is None else np.ravel(weight)
    if isinstance(loss, SoftmaxCE):
        losses = F.cross_entropy(y, target, reduction="none")
    elif isinstance(loss, Hinge):
        losses = F.multi_margin_loss(y, target, reduction="none") * y.shape[1]
    else:
        name = {MSE: "mse_loss", BinaryCE: "binary_cross_entropy"}
        function = getattr(F, name.get(type(loss), "binary_cross_entropy_with_logits"))
        losses = function(y, target.to(y.dtype), reduction="none").flatten(1).mean(dim=1)
    if weight is None:
        return losses.mean()
    weight = torch.tensor(weight)
    return (losses * weight).sum() / weight.sum()


def assert_same(found, tensor, what):
    """Equal to 10 digits of the largest entry."""
    expected = tensor.detach().numpy() if isinstance(tensor, torch.Tensor) else tensor
    assert np.shape(found) == np.shape(expected), what
    difference = np.abs(found - expected).max(initial=0.0)
    assert difference <= 1e-10 * np.abs(expected).max(initial=0.0), what


def assert_same_gradients(grads, params, what=""):
    for name, tensor in params.items():
        assert_same(grads[name], tensor.grad, f"{what} {name}")


def compare(layer, xs, mask=None, seed=0):
    """One pass forward and one backward, by both libraries."""
    tensors, params = [leaf(x) for x in xs], twins(layer)
    y, y_tensor = layer.forward(*xs), torch_forward(layer, tensors, params, mask)
    for part, tensor in zip(flat(y), flat(y_tensor), strict=True):
        assert_same(part, tensor, "y")
    dout = dout_for(y, seed)
    torch.autograd.backward(flat(y_tensor), [torch.tensor(part) for part in flat(dout)])
    dx, grads = layer.backward(dout)
    for gradient, tensor in zip(flat(dx), tensors, strict=True):
        if tensor.requires_grad:
            assert_same(gradient, tensor.grad, "dx")
    assert_same_gradients(grads, params)


@pytest.mark.parametrize("row", COMPARED, ids=[row.name for row in COMPARED])
def test_each_layer_alone(row):
    seed, xs = 0, row.inputs(0)
    mask = row.make().forward(np.ones_like(xs[0])) if row.random else np.ones_like(xs[0])
    compare(row.make().astype(np.float64), xs, mask, seed)


@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_the_slope_at_a_kink(kind):
    compare(kind(), [KINKS])


@pytest.mark.parametrize("kind", ACTIVATIONS)
@pytest.mark.parametrize("size", [1e-3, 10.0, 90.0])
def test_activations_at_inputs_of_any_size(kind, size):
    compare(kind(), [size * np.random.default_rng(0).normal(size=500)])


@pytest.mark.parametrize("others", [[KINKS], [KINKS, KINKS], [np.zeros(9), np.zeros(9)]])
def test_a_tie_in_the_max_gate(others):
    compare(Max(), [KINKS, *others])


def test_gelu_to_twelve_digits():
    x = np.linspace(-12, 12, 4801)
    gelu, tensor = GELU(), leaf(x)
    y_tensor = F.gelu(tensor)
    y_tensor.sum().backward()
    y = gelu.forward(x)
    dx, _ = gelu.backward(np.ones_like(x))
    np.testing.assert_allclose(y, y_tensor.detach().numpy(), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(dx, tensor.grad.numpy(), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("row", LOSSES, ids=[row.name for row in LOSSES])
def test_each_loss_alone(row):
    loss, inputs = row.make(), row.inputs(0)
    y = leaf(inputs[0])
    value = torch_loss(loss, y if y.dim() > 1 else y[:, None], *_columns(inputs[1:], y.dim()))
    assert_same(loss.forward(*inputs), value, "loss")
    (3 * value).backward()
    assert_same(loss.backward(3)[0], y.grad, "dy")


def _columns(rest, axes):
    """Targets (N,) for outputs (N,) as (N, 1); all else as it is."""
    target, *weight = rest
    return (target[:, None] if axes == 1 else target), *weight


@pytest.mark.parametrize("size", [1e-3, 1.0, 30.0, 1e3])
def test_the_sigmoid_loss_at_scores_of_any_size(size):
    rng = np.random.default_rng(0)
    scores, t = size * rng.normal(size=(20, 3)), rng.integers(2, size=(20, 3))
    loss, tensor = SigmoidCE(), leaf(scores)
    value = F.binary_cross_entropy_with_logits(tensor, torch.tensor(t, dtype=tensor.dtype))
    value.backward()
    assert_same(loss.forward(scores, t), value, "loss")
    assert_same(loss.backward()[0], tensor.grad, "dscores")


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


@pytest.mark.parametrize("seed", range(30))
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
        y_tensor = torch_forward(layer, [y_tensor], its_params)
    value_tensor = torch_loss(loss, y_tensor, *targets)
    (dout * value_tensor).backward()

    assert_same(y, y_tensor, "y")
    assert_same(value, value_tensor, "loss")
    assert_same(gradient, x_tensor.grad, "dx")
    for index, (grads, its_params) in enumerate(zip(returned, params, strict=True)):
        assert grads.keys() == its_params.keys()
        assert_same_gradients(grads, its_params, f"layer {index}")
