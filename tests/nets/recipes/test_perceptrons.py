import re

import numpy as np
import pytest

from layers import Dropout, FullyConnected, ReLU, SigmoidCE, SoftmaxCE, Tanh, assert_gradients
from nets import Sequential, logistic_regression, mlp

RNG = np.random.default_rng(0)
X = RNG.normal(size=(6, 4))


def written(net):
    return [repr(layer) for layer in net]


def test_logistic_regression_is_one_layer():
    net = logistic_regression(4, 3, rng=0)
    assert isinstance(net, Sequential)
    assert written(net) == ["FullyConnected(4, 3)"]
    assert written(logistic_regression(4)) == ["FullyConnected(4, 1)"]


def test_its_gradients_are_correct_with_both_losses():
    targets, labels = RNG.integers(2, size=(6, 1)), RNG.integers(3, size=6)
    assert_gradients(logistic_regression(4, rng=0), X, loss=(SigmoidCE(), targets))
    assert_gradients(logistic_regression(4, 3, rng=0), X, loss=(SoftmaxCE(), labels))


def test_a_perceptron_has_an_activation_between_two_layers():
    assert written(mlp(4, 8, 5, 3)) == [
        "FullyConnected(4, 8, weight_init='he_uniform')",
        "ReLU()",
        "FullyConnected(8, 5, weight_init='he_uniform')",
        "ReLU()",
        "FullyConnected(5, 3)",
    ]
    assert written(mlp(4, 3)) == ["FullyConnected(4, 3)"]
    net = mlp(4, 8, 8, 3)
    assert net[1] is not net[3]


def test_dropout_follows_each_activation():
    kinds = [type(layer) for layer in mlp(4, 8, 5, 3, activation="tanh", dropout=0.5)]
    hidden = [FullyConnected, Tanh, Dropout]
    assert kinds == [*hidden, *hidden, FullyConnected]


@pytest.mark.parametrize("activation", ["relu", "tanh", "gelu", ReLU, Tanh])
def test_its_gradients_are_correct(activation):
    net = mlp(4, 8, 5, 3, activation=activation, dropout=0.3, rng=0)
    assert_gradients(net, X, loss=(SoftmaxCE(), RNG.integers(3, size=6)))


def test_weights_start_as_asked():
    net = mlp(4, 8, 3, weight_init="zeros")
    assert not net.params["0.W"].any()
    assert not net.params["2.W"].any()
    assert [layer.weight_init for layer in mlp(4, 8, 3, activation=Tanh)[::2]] == [
        "xavier_uniform",
        "xavier_uniform",
    ]


def test_the_same_seed_makes_the_same_net_and_dtype_is_kept():
    one, same, other = (mlp(4, 8, 3, dropout=0.5, rng=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.params["3.W"], same.params["3.W"])
    np.testing.assert_array_equal(one.forward(X), same.forward(X))
    assert (one.params["0.W"] != other.params["0.W"]).any()
    for net in (mlp(4, 8, 3, dtype="float32"), logistic_regression(4, dtype="float32")):
        assert {array.dtype for array in net.params.values()} == {np.dtype("float32")}


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ((), "mlp: expected two sizes or more, of the input, the hidden layers and the output"),
        ((4,), "mlp: expected two sizes or more, of the input, the hidden layers and the output"),
        (([4, 8, 3],), "got ([4, 8, 3],); pass them one by one: mlp(*sizes)"),
        ((4, 0, 3), "mlp: expected each size to be a positive integer, got 0"),
        ((4, 8.0, 3), "mlp: expected each size to be a positive integer, got 8.0"),
    ],
)
def test_sizes_that_make_no_net_are_refused(sizes, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        mlp(*sizes)


def test_bad_settings_are_refused():
    with pytest.raises(ValueError, match=r"mlp: expected activation to be one of relu, .* got 'x'"):
        mlp(4, 8, 3, activation="x")
    with pytest.raises(
        ValueError, match=r"mlp: expected dropout, a probability, from 0 to below 1, got 1.0"
    ):
        mlp(4, 8, 3, dropout=1.0)
    with pytest.raises(ValueError, match="FullyConnected: expected weight_init to be one of"):
        mlp(4, 8, 3, weight_init="big")
    with pytest.raises(TypeError, match="mlp: expected rng to be None, a seed"):
        mlp(4, 8, 3, rng="0")


@pytest.mark.parametrize("dropout", ["x", np.nan, None, True, -0.5, 1, [0.5]])
@pytest.mark.parametrize("sizes", [(4, 3), (4, 8, 3)])
def test_an_invalid_dropout_is_refused_whether_or_not_it_would_be_used(sizes, dropout):
    with pytest.raises(ValueError, match=r"^mlp: expected dropout"):
        mlp(*sizes, dropout=dropout)


def test_options_that_would_count_for_nothing_are_refused():
    with pytest.raises(ValueError, match=r"^mlp: dropout=0.5 needs a hidden layer"):
        mlp(4, 3, dropout=0.5)
    with pytest.raises((TypeError, ValueError), match="weight_init"):
        mlp(4, 3, weight_init="")
    with pytest.raises(ValueError, match="mlp: expected an array that fits into memory"):
        mlp(4, 10**15, 3)
