"""Names of layers in other libraries lead to those here."""

import pytest

import layers
from layers.core.foreign_classes import HERE
from nets import Sequential


@pytest.mark.parametrize("name", ["Dense", "Linear", "CrossEntropyLoss", "Softmax"])
def test_a_foreign_name_says_what_it_is_here(name):
    with pytest.raises(ImportError, match=f"layers has no {name}; here it is "):
        exec(f"from layers import {name}")


def test_the_names_here_are_there():
    public = {*layers.__all__, "Sequential"}
    for text in HERE.values():
        assert public & set(text.replace(",", " ").split()), text
    assert not HERE.keys() & set(layers.__all__)


def test_any_other_name_is_an_attribute_error():
    assert not hasattr(layers, "nothing_like_it")
    with pytest.raises(AttributeError, match="module 'layers' has no attribute 'Conv9'"):
        layers.Conv9  # noqa: B018


def test_a_custom_layer_may_have_such_a_name():
    class Dense(layers.Layer):
        def forward(self, x):
            return x

    assert "Dense" in str(Sequential(Dense()).summary((3,)))
