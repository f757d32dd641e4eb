"""Attention equals PyTorch's, with and without masks, and what it refuses."""

import re

import numpy as np
import pytest

from layers import MultiHeadAttention, softmax


def random_case(seed):
    """A layer, sequences and perhaps their lengths, and dout."""
    rng = np.random.default_rng(seed)
    n, steps, heads, width = rng.integers(1, [4, 8, 4, 5]).tolist()
    layer = MultiHeadAttention(heads * width, heads, causal=bool(seed % 2), rng=rng)
    for array in layer.params.values():
        array += rng.normal(size=array.shape)
    x, dout = rng.normal(size=(2, n, steps, heads * width))
    return layer, x, rng.integers(1, steps + 1, n) if seed % 3 else None, dout


def test_random_layers_are_those_of_another_library():
    torch = pytest.importorskip("torch", reason="the oracle: pip install handgrad[oracle]")
    for seed in range(40):
        layer, x, lengths, dout = random_case(seed)
        other = torch.nn.MultiheadAttention(
            layer.features, layer.heads, batch_first=True, dtype=torch.float64
        )
        with torch.no_grad():
            arrays = [array.T for array in layer.params.values()]
            tensors = (other.in_proj_weight, other.in_proj_bias)
            for tensor, array in zip(
                (*tensors, other.out_proj.weight, other.out_proj.bias), arrays, strict=True
            ):
                tensor.copy_(torch.tensor(array))
        steps = x.shape[1]
        later = torch.triu(torch.ones(steps, steps, dtype=torch.bool), 1)
        padding = None if lengths is None else torch.tensor(np.arange(steps) >= lengths[:, None])
        x_tensor = torch.tensor(x, requires_grad=True)
        expected, p = other(
            *[x_tensor] * 3,
            attn_mask=later if layer.causal else None,
            key_padding_mask=padding,
            average_attn_weights=False,
        )
        expected.backward(torch.tensor(dout))
        y = layer.forward(x, lengths)
        dx, grads = layer.backward(dout)
        found = [y, layer.probabilities, dx, *(gradient.T for gradient in grads.values())]
        parameters = [*tensors, other.out_proj.weight, other.out_proj.bias]
        for array, tensor in zip(
            found, [expected, p, x_tensor.grad, *(t.grad for t in parameters)], strict=True
        ):
            tensor = tensor.detach().numpy()
            scale = max(1, np.abs(tensor).max())
            np.testing.assert_allclose(array, tensor, rtol=0, atol=1e-10 * scale)


def test_one_head_written_out():
    layer, x = MultiHeadAttention(4, 1, rng=0), np.random.default_rng(1).normal(size=(1, 3, 4))
    q, k, v = np.split(x[0] @ layer.params["W_qkv"], 3, axis=1)
    o = softmax(q @ k.T / 2) @ v
    np.testing.assert_allclose(layer.predict(x)[0], o @ layer.params["W_o"], rtol=1e-12)


def test_a_causal_step_depends_on_no_later_one():
    layer, x = MultiHeadAttention(6, 3, causal=True, rng=0), np.ones((1, 5, 6))
    y = layer.predict(x)
    x[:, 3:] = 9.0
    np.testing.assert_array_equal(layer.predict(x)[:, :3], y[:, :3])


def test_padding_changes_nothing_before_the_end():
    layer, x = MultiHeadAttention(6, 3, rng=0), np.random.default_rng(0).normal(size=(2, 5, 6))
    y = layer.predict(x, [3, 5])
    np.testing.assert_allclose(y[:1, :3], layer.predict(x[:1, :3]), rtol=1e-12)
    np.testing.assert_allclose(y[1:], layer.predict(x[1:]), rtol=1e-12)


def test_large_scores_do_not_overflow():
    layer = MultiHeadAttention(4, 2, rng=0)
    x = 1e5 * np.random.default_rng(0).normal(size=(2, 3, 4))
    y = layer.forward(x)
    assert np.isfinite(y).all()
    assert np.isfinite(layer.backward(np.ones_like(y))[0]).all()


def test_without_the_input_gradient_the_others_are_the_same():
    layer, x, lengths, dout = random_case(5)
    layer.forward(x, lengths)
    _, expected = layer.backward(dout)
    dx, grads = layer.backward(dout, input_gradient=False)
    assert dx is None
    assert all(np.array_equal(grads[name], expected[name]) for name in expected)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((2, 5, 3), "expected x of shape (N, T, 4), got (2, 5, 3)"),
        ((5, 4), "expected x of shape (N, T, 4), got (5, 4); one sequence is x[None]"),
        ((2, 0, 4), "expected sequences of at least one step, got x of shape (2, 0, 4)"),
    ],
)
def test_sequences_that_do_not_fit_are_refused(shape, message):
    message = f"MultiHeadAttention 4 in 2 heads: {message}"
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        MultiHeadAttention(4, 2).forward(np.zeros(shape))


@pytest.mark.parametrize(
    ("lengths", "error", "message"),
    [
        ([3, 0], ValueError, r"expected lengths from 1 to 5, the number of steps, got 0 at \[1\]"),
        ([6, 1], ValueError, r"expected lengths from 1 to 5, the number of steps, got 6 at \[0\]"),
        ([3], ValueError, r"expected lengths of shape \(2,\), one for each sequence, got \(1,\)"),
        ([3.0, 2.0], TypeError, "expected integer lengths, got dtype float64"),
        ([True, True], TypeError, "expected integer lengths, got dtype bool"),
        ("ab", TypeError, "expected lengths to be an array of real numbers, got str"),
    ],
)
def test_lengths_that_do_not_fit_are_refused(lengths, error, message):
    with pytest.raises(error, match=f"^MultiHeadAttention 4 in 2 heads: {message}"):
        MultiHeadAttention(4, 2).forward(np.zeros((2, 5, 4)), lengths)


@pytest.mark.parametrize(("features", "heads"), [(4, 3), (4, 8)])
def test_heads_that_do_not_divide_the_features_are_refused(features, heads):
    message = f"^MultiHeadAttention: expected heads to divide the {features} features, got {heads}$"
    with pytest.raises(ValueError, match=message):
        MultiHeadAttention(features, heads)
