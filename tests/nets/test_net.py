import numpy as np
import pytest

from layers import MSE, FullyConnected, ReLU
from nets.net import Net


def test_a_custom_net_needs_named_layers():
    class Pair(Net):
        def __init__(self, *layers):
            self.layers = layers

        def named_layers(self):
            return list(zip(("left", "right"), self.layers, strict=True))

    pair = Pair(FullyConnected(2, 3), ReLU())
    assert list(pair.params) == ["left.W", "left.b"]
    pair.params["left.b"] = np.ones(3)
    assert pair.layers[0].params["b"].all()


def test_a_net_without_named_layers_is_refused():
    with pytest.raises(NotImplementedError, match=r"^Net does not define named_layers\(\)$"):
        _ = Net().params


@pytest.mark.parametrize("verb", ["trace", "save"])
def test_a_custom_net_must_define_the_named_method(verb, tmp_path):
    class Empty(Net):
        def named_layers(self):
            return []

    if verb == "save":
        Empty().save(tmp_path / "net.safetensors")  # its arrays, to be loaded with load_params
        Empty().load_params(tmp_path / "net.safetensors")
    else:
        with pytest.raises(NotImplementedError, match=r"^Empty does not define steps\(x, labels"):
            Empty().trace(np.ones(1), np.ones(1), MSE())
