import copy
import pickle
import re

import numpy as np
import pytest

from layers import Dropout, FullyConnected, Layer, ReLU
from layers.core.cache import Cached


class Keeping(Layer):
    _x = Cached()

    def forward(self, x):
        self._x = x
        return x

    def backward(self, dout):
        return self._x * dout, {}


def test_what_forward_keeps_is_found():
    layer = Keeping()
    layer.forward(3.0)
    assert layer.backward(2.0) == (6.0, {})


def test_what_forward_has_not_kept_yet_is_missed_with_a_sentence():
    message = (
        "Keeping: backward was called before forward; call forward(x) first, because backward "
        "needs what it keeps"
    )
    with pytest.raises(RuntimeError, match="^" + re.escape(message) + "$"):
        Keeping().backward(2.0)


def test_one_layers_cache_is_not_that_of_another():
    Keeping().forward(3.0)
    with pytest.raises(RuntimeError, match="before forward"):
        Keeping().backward(2.0)


def test_the_declaration_is_seen_on_the_class():
    assert isinstance(Keeping._x, Cached)


def test_what_is_missing_names_the_layer_with_its_sizes():
    with pytest.raises(RuntimeError, match=r"^FullyConnected 5 -> 2: backward was called before"):
        FullyConnected(5, 2).backward(np.ones((1, 2)))


@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))]
)
def test_copies_leave_out_what_forward_kept_and_nothing_else(duplicate):
    layer = Keeping()
    layer.note = "hello"
    layer.forward(3.0)
    other = duplicate(layer)
    assert other.note == "hello"
    assert "_x" in vars(layer)
    assert "_x" not in vars(other)
    assert layer.backward(1.0) == (3.0, {})


def test_a_class_without_base_may_declare_what_it_keeps():
    class Plain:
        _x = Cached()

    with pytest.raises(RuntimeError, match=r"^Plain: backward was called before forward"):
        Plain()._x  # noqa: B018, reading it is what raises


@pytest.mark.parametrize(
    ("layer", "name"), [(ReLU(), "ReLU"), (Dropout(0.5), r"Dropout 0\.5")], ids=["ReLU", "Dropout"]
)
def test_the_sentence_begins_with_the_label(layer, name):
    with pytest.raises(RuntimeError, match=f"^{name}: backward was called before forward"):
        layer.backward(1.0)
