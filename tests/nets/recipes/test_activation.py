import re

import pytest

import layers
from layers import ELU, GELU, LeakyReLU, ReLU, Sigmoid, Softplus, Tanh
from nets.recipes.activation import ACTIVATIONS, maker, weight_init


def test_each_name_is_that_of_its_class():
    for name, kind in ACTIVATIONS.items():
        assert kind.__name__.lower() == name.replace("_", "")
        assert getattr(layers, kind.__name__) is kind
        assert maker(name, "mlp") is kind


def test_a_class_or_a_callable_is_used_as_it_is():
    assert repr(maker(Tanh, "mlp")()) == "Tanh()"
    assert repr(maker(lambda: LeakyReLU(0.2), "mlp")()) == "LeakyReLU(negative_slope=0.2)"


@pytest.mark.parametrize("name", ["ReLu", "relu ", "swish", ""])
def test_an_unknown_name_is_a_sentence_that_lists_the_known_ones(name):
    message = (
        "mlp: expected activation to be one of relu, leaky_relu, elu, gelu, softplus, tanh, "
        f"hard_tanh, sigmoid, sign, got {name!r}"
    )
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        maker(name, "mlp")


@pytest.mark.parametrize("activation", [ReLU(), None, 3])
def test_something_else_is_refused(activation):
    message = (
        "mlp: expected activation to be a name or a class such as ReLU, because each hidden layer "
        f"gets its own, got {activation!r}"
    )
    with pytest.raises(TypeError, match="^" + re.escape(message) + "$"):
        maker(activation, "mlp")


def test_rectifiers_start_with_larger_weights():
    for kind in (ReLU, LeakyReLU, ELU, GELU, Softplus, "relu", "leaky_relu"):
        assert weight_init(kind) == "he_uniform"
    for kind in (Tanh, Sigmoid, "tanh", "hard_tanh", lambda: Tanh()):
        assert weight_init(kind) == "xavier_uniform"


@pytest.mark.parametrize("activation", [len, lambda: 3, layers.SoftmaxCE.forward, layers.Copy])
def test_what_makes_no_layer_is_refused(activation):
    with pytest.raises(TypeError, match=r"^mlp: expected activation to make a layer"):
        maker(activation, "mlp")()
