import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers import FullyConnected


def with_weights(W, b=None, **options):
    layer = FullyConnected(*np.shape(W), bias=b is not None, **options)
    layer.params["W"] = W
    if b is not None:
        layer.params["b"] = b
    return layer


@pytest.fixture
def layer():
    """y = (x0 + 3 x1 + 10, 2 x0 + 4 x1 + 20)."""
    return with_weights([[1.0, 2.0], [3.0, 4.0]], [10.0, 20.0])


def test_forward_by_hand(layer):
    assert layer.forward([[1.0, 1.0], [0.0, -1.0]]).tolist() == [[14.0, 26.0], [7.0, 16.0]]


def test_backward_by_hand(layer):
    layer.forward([[1.0, 2.0], [3.0, 4.0]])
    dx, grads = layer.backward([[1.0, 0.0], [10.0, 100.0]])
    assert dx.tolist() == [[1.0, 3.0], [210.0, 430.0]]
    assert grads["W"].tolist() == [[31.0, 300.0], [42.0, 400.0]]
    assert grads["b"].tolist() == [11.0, 100.0]


def test_without_bias_there_is_no_b():
    layer = with_weights([[1.0, 2.0], [3.0, 4.0]])
    assert layer.forward([[1.0, 1.0]]).tolist() == [[4.0, 6.0]]
    _, grads = layer.backward([[1.0, 1.0]])
    assert list(grads) == list(layer.params) == ["W"]
    assert not layer.bias


def test_all_axes_but_the_last_are_batch(layer):
    x = np.arange(12.0).reshape(2, 3, 2)
    y = layer.forward(x)
    dx, grads = layer.backward(x)
    assert y.shape == dx.shape == (2, 3, 2)
    rows = layer.forward(x.reshape(6, 2))
    np.testing.assert_array_equal(y.reshape(6, 2), rows)
    dx_rows, grads_rows = layer.backward(x.reshape(6, 2))
    np.testing.assert_array_equal(dx.reshape(6, 2), dx_rows)
    np.testing.assert_array_equal(grads["W"], grads_rows["W"])
    assert grads["b"].tolist() == [30.0, 36.0]


def test_one_example_without_a_batch_axis(layer):
    assert layer.forward([1.0, 1.0]).tolist() == [14.0, 26.0]
    dx, grads = layer.backward([1.0, -1.0])
    assert dx.tolist() == [-1.0, -1.0]
    assert grads["W"].tolist() == [[1.0, -1.0], [1.0, -1.0]]
    assert grads["b"].tolist() == [1.0, -1.0]


def test_the_gradient_of_x_can_be_spared(layer):
    layer.forward([[1.0, 2.0], [3.0, 4.0]])
    dx, grads = layer.backward([[1.0, 0.0], [10.0, 100.0]], input_gradient=False)
    assert dx is None
    assert grads["W"].tolist() == [[31.0, 300.0], [42.0, 400.0]]
    assert grads["b"].tolist() == [11.0, 100.0]


def test_weights_come_from_the_seed_and_the_bias_starts_at_0():
    one, same, other = (FullyConnected(5, 2, rng=seed) for seed in (1, 1, 2))
    assert one.params["W"].tolist() == same.params["W"].tolist()
    assert one.params["W"].tolist() != other.params["W"].tolist()
    assert one.params["b"].tolist() == [0.0, 0.0]


def test_two_layers_on_one_generator_start_apart():
    rng = np.random.default_rng(0)
    one, other = FullyConnected(5, 2, rng=rng), FullyConnected(5, 2, rng=rng)
    assert not np.isclose(one.params["W"], other.params["W"]).any()


def test_float32_weights_are_the_float64_ones_rounded():
    short, long = (FullyConnected(5, 2, dtype=dtype, rng=3) for dtype in ("float32", None))
    assert short.dtype == short.params["b"].dtype == np.float32
    assert long.dtype == np.float64
    np.testing.assert_array_equal(short.params["W"], long.params["W"].astype(np.float32))


def test_sizes_are_plain_numbers():
    layer = FullyConnected(np.int64(5), np.uint8(2))
    assert repr(layer) == "FullyConnected(5, 2)"
    assert (layer.in_features, layer.out_features) == (5, 2)
    assert layer.params["W"].shape == (5, 2)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({}, "FullyConnected(5, 2)"),
        ({"bias": False}, "FullyConnected(5, 2, bias=False)"),
        ({"dtype": np.float32}, "FullyConnected(5, 2, dtype='float32')"),
        ({"dtype": float}, "FullyConnected(5, 2)"),
        ({"rng": 5}, "FullyConnected(5, 2)"),
        (
            {"weight_init": "zeros", "bias": False, "dtype": "float32"},
            "FullyConnected(5, 2, bias=False, weight_init='zeros', dtype='float32')",
        ),
    ],
)
def test_repr(options, text):
    assert repr(FullyConnected(5, 2, **options)) == text


def test_repr_of_an_initializer_that_has_a_name():
    from layers.initializers import he_normal

    assert " at 0x" not in repr(FullyConnected(5, 2, weight_init=he_normal))


@pytest.mark.parametrize("shape", [(6, 4), (6, 6), (5, 6), (4,), (), (2, 5, 1), (0, 4), (5, 0)])
def test_x_of_another_width_is_refused(shape):
    message = f"FullyConnected 5 -> 2: expected x of shape (..., 5), got {shape}"
    layer = FullyConnected(5, 2)
    for verb in (layer.forward, layer.predict):
        with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
            verb(np.ones(shape))


@pytest.mark.parametrize("shape", [(6, 3), (5, 2), (2,), (6,), (1, 2), (6, 1), (12,), (1, 6, 2)])
def test_dout_of_another_shape_is_refused(shape):
    layer = FullyConnected(5, 2)
    layer.forward(np.ones((6, 5)))
    message = (
        "FullyConnected 5 -> 2: expected dout of shape (6, 2), the shape of the output, "
        f"got {shape}"
    )
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        layer.backward(np.ones(shape))


def test_anything_but_an_array_of_numbers_is_refused():
    message = (
        "FullyConnected 5 -> 2: expected x to be an array of real numbers, got str of dtype <U3"
    )
    with pytest.raises(TypeError, match="^" + re.escape(message) + "$"):
        FullyConnected(5, 2).forward("abc")


@pytest.mark.parametrize("name", ["in_features", "out_features"])
@pytest.mark.parametrize("value", [0, -3, 2.0, "5", None, True])
def test_sizes_are_positive_integers(name, value):
    sizes = {"in_features": 5, "out_features": 2, name: value}
    message = f"FullyConnected: expected {name} to be a positive integer, got {value!r}"
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        FullyConnected(**sizes)


def test_a_dtype_that_is_not_floating_is_refused():
    with pytest.raises(TypeError, match="expected a floating dtype such as 'float32', got 'int32'"):
        FullyConnected(5, 2, dtype="int32")


def test_a_forward_that_was_refused_leaves_the_one_before(layer):
    layer.forward([[1.0, 1.0]])
    with pytest.raises(ValueError, match="expected x of shape"):
        layer.forward([[1.0]])
    _, grads = layer.backward([[1.0, 1.0]])
    assert grads["W"].tolist() == [[1.0, 1.0], [1.0, 1.0]]


def test_infinity_and_nan_stay_visible(layer):
    with np.errstate(invalid="ignore"):  # some BLAS kernels set the flag, though nothing is invalid
        y = layer.forward([[np.inf, 0.0], [np.nan, 0.0], [1.0, 1.0]])
    assert y[0].tolist() == [np.inf, np.inf]
    assert np.isnan(y[1]).all()
    assert y[2].tolist() == [14.0, 26.0]


@given(
    st.lists(st.integers(0, 4), max_size=3),
    st.integers(1, 4),
    st.integers(1, 4),
    st.booleans(),
    st.sampled_from([np.float32, np.float64]),
    st.sampled_from([np.float32, np.float64, np.int16]),
)
@settings(deadline=None, max_examples=80, derandomize=True)
def test_sums_over_all_examples_and_units(batch, d, m, bias, dtype, fed):
    rng = np.random.default_rng(0)
    layer = FullyConnected(d, m, bias=bias, dtype=dtype, rng=rng)
    W, b = layer.params["W"], layer.params.get("b", np.zeros(m))
    b += 1 if bias else 0
    x = (3 * rng.normal(size=(*batch, d))).astype(fed)
    dout = rng.normal(size=(*batch, m))
    y = layer.forward(x)
    dx, grads = layer.backward(dout)
    assert y.dtype == dx.dtype == dtype
    close = {"rtol": 0, "atol": 1e-4 if dtype == np.float32 else 1e-12}
    np.testing.assert_allclose(y, np.einsum("...d,dm->...m", x, W) + b, **close)
    np.testing.assert_allclose(dx, np.einsum("...m,dm->...d", dout, W), **close)
    x, dout = x.reshape(-1, d), dout.reshape(-1, m)
    np.testing.assert_allclose(grads["W"], np.einsum("nd,nm->dm", x, dout), **close)
    if bias:
        np.testing.assert_allclose(grads["b"], np.einsum("nm->m", dout), **close)


@pytest.mark.parametrize("bias", ["no", 1, None, np.zeros(2)])
def test_bias_is_true_or_false(bias):
    with pytest.raises(TypeError, match=r"^FullyConnected: expected bias to be True or False, got"):
        FullyConnected(3, 2, bias=bias)
