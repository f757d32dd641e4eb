import numpy as np
import pytest

from layers import gradcheck
from layers.gradcheck import FunctionPair

X = np.random.default_rng(0).normal(size=(5, 4))
W, B = np.random.default_rng(1).normal(size=(4, 3)), np.ones(3)


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def tanh_forward(x):
    y = np.tanh(x)
    return y, y


def tanh_backward(dout, cache):
    return dout * (1 - cache**2)


def dropout_forward(x, dropout_param):
    mask = np.random.default_rng(dropout_param["seed"]).random(x.shape) > dropout_param["p"]
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout * cache


def test_a_pair_with_parameters_is_a_layer():
    layer = FunctionPair(affine_forward, affine_backward, {"w": W, "b": B})
    report = gradcheck(layer, X)
    report.raise_if_failed()
    assert [tensor.name for tensor in report.tensors] == ["x", "w", "b"]
    assert layer.params["w"] is W


def test_a_pair_without_parameters_may_return_the_array_alone():
    assert gradcheck(FunctionPair(tanh_forward, tanh_backward), X)
    assert gradcheck(FunctionPair(tanh_forward, lambda dout, y: (tanh_backward(dout, y),)), X)


def test_options_are_passed_on():
    layer = FunctionPair(
        dropout_forward, dropout_backward, {"dropout_param": {"seed": 0, "p": 0.5}}
    )
    assert layer.params == {}
    assert gradcheck(layer, X)


def test_a_mistake_is_named():
    def averaged(dout, cache):
        dx, dw, db = affine_backward(dout, cache)
        return dx, dw, db / len(dout)

    report = gradcheck(FunctionPair(affine_forward, averaged, {"w": W, "b": B}), X)
    assert [(f.mistake, f.tensor) for f in report.findings] == [("bias-averaged", "b")]


def test_a_list_is_accepted():
    layer = FunctionPair(
        affine_forward, lambda dout, cache: list(affine_backward(dout, cache)), {"w": W, "b": B}
    )
    assert gradcheck(layer, X)


def test_too_few_gradients_are_reported():
    layer = FunctionPair(affine_forward, tanh_like := (lambda dout, cache: dout), {"w": W, "b": B})
    tanh_like.__name__ = "affine_backward"
    (finding,) = gradcheck(layer, X).findings
    assert finding.mistake == "backward-raises"
    assert finding.evidence == (
        "backward raises TypeError: expected affine_backward to return 3 gradients, of x, w, b, "
        "got 1"
    )


@pytest.mark.parametrize("returned", [X, (X,), None])
def test_a_forward_without_a_cache_is_reported(returned):
    class Forward:
        def __call__(self, x):
            return returned

    (finding,) = gradcheck(FunctionPair(Forward(), tanh_backward), X).findings
    assert finding.evidence == (
        "forward raises TypeError: expected Forward to return (out, cache), "
        f"got {type(returned).__name__}"
    )
