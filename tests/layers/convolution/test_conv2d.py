"""Convolutions equal PyTorch's, however many places are computed at a time."""

import tracemalloc

import numpy as np
import pytest

from layers import Conv2D
from layers.convolution import image_columns

torch = pytest.importorskip("torch", reason="the oracle: pip install handgrad[oracle]")


def random_case(seed):
    """A layer and images of random sizes."""
    rng = np.random.default_rng(seed)
    n, channels, kernels, kh, kw, down, right = rng.integers(1, 4, 7).tolist()
    stride, padding = (down, right), tuple(rng.integers(0, 4, 2).tolist())
    if seed % 4 == 0:
        stride, padding = 1, "same"
        kh, kw = kh | 1, kw | 1
    layer = Conv2D(channels, kernels, (kh, kw), stride=stride, padding=padding, rng=rng)
    return layer, rng.normal(size=(n, channels, *rng.integers(3, 9, 2))), rng


@pytest.mark.parametrize("size", [1, 1000, image_columns.BYTES])
def test_random_convolutions_are_those_of_another_library(size, monkeypatch):
    monkeypatch.setattr(image_columns, "BYTES", size)
    for seed in range(40):
        layer, x, rng = random_case(seed)
        tensors = [torch.tensor(a, requires_grad=True) for a in (x, *layer.params.values())]
        expected = torch.nn.functional.conv2d(*tensors, stride=layer.stride, padding=layer.padding)
        y = layer.forward(x)
        dout = rng.normal(size=y.shape)
        dx, grads = layer.backward(dout)
        expected.backward(torch.tensor(dout))
        np.testing.assert_allclose(y, expected.detach(), rtol=1e-9, atol=1e-12)
        for found, tensor in zip((dx, *grads.values()), tensors, strict=True):
            np.testing.assert_allclose(found, tensor.grad, rtol=1e-9, atol=1e-11)


def test_same_padding_of_an_even_kernel_adds_more_after():
    layer = Conv2D(1, 1, 2, padding="same")
    layer.params["W"] = np.ones((1, 1, 2, 2))
    y = layer.forward(np.ones((1, 1, 2, 2)))
    assert y[0, 0].tolist() == [[4.0, 2.0], [2.0, 1.0]]


def test_without_the_input_gradient_the_others_are_the_same():
    layer = Conv2D(2, 3, 3, rng=0)
    x = np.random.default_rng(1).normal(size=(2, 2, 5, 5))
    dout = layer.forward(x)
    _, expected = layer.backward(dout)
    dx, grads = layer.backward(dout, input_gradient=False)
    assert dx is None
    for name, gradient in grads.items():
        np.testing.assert_allclose(gradient, expected[name], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        ((2, 3, 5, 5), r"Conv2D 2 -> 4, 3 x 3: expected x of shape \(N, 2, H, W\), got \(2, 3, 5"),
        ((2, 5, 5), r"expected x of shape \(N, 2, H, W\), got \(2, 5, 5\)"),
        ((1, 2, 2, 5), r"expected images of at least 3 x 3 with their padding, .* got 2 x 5"),
    ],
)
def test_images_that_do_not_fit_are_refused(shape, sentence):
    with pytest.raises(ValueError, match=sentence):
        Conv2D(2, 4, 3).forward(np.ones(shape))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"stride": 0}, "Conv2D: expected stride of at least 1, got 0"),
        ({"padding": (1, -1)}, r"expected padding of at least 0, got \(1, -1\)"),
        ({"padding": "valid"}, 'expected padding to be numbers, or "same" with stride 1, got'),
        ({"padding": "same", "stride": 2}, r"got 'same' with stride \(2, 2\)"),
        ({"stride": (1, 2, 3)}, r"expected stride to be a number or a pair, got \(1, 2, 3\)"),
    ],
)
def test_invalid_arguments_are_refused(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        Conv2D(2, 4, 3, **arguments)


@pytest.mark.slow
def test_columns_take_little_memory_beside_the_images():
    layer = Conv2D(64, 64, 3, padding=1, dtype="float32", rng=0)
    x = np.ones((256, 64, 64, 64), np.float32)
    tracemalloc.start()
    try:
        y = layer.forward(x)
        assert tracemalloc.get_traced_memory()[1] < 2.1 * x.nbytes  # the padded images, and y
        layer.backward(y)
        assert tracemalloc.get_traced_memory()[1] < 4.2 * x.nbytes  # the padded dout too, and dx
    finally:
        tracemalloc.stop()
