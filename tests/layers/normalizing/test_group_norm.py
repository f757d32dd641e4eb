"""What normalised layers have: mean 0 and variance 1, of each example or group by itself."""

import numpy as np
import pytest

from layers import Conv2D, Flatten, FullyConnected, GroupNorm, LayerNorm, MaxPool2D, ReLU
from nets import Sequential

X = np.random.default_rng(0).normal(3.0, 5.0, size=(2, 6, 4, 5))


@pytest.mark.parametrize(
    ("layer", "axes"),
    [(LayerNorm(5), 3), (GroupNorm(1, 6), (1, 2, 3)), (GroupNorm(6, 6), (2, 3))],
)
def test_the_output_has_mean_0_and_variance_1(layer, axes):
    y = layer.forward(X)
    np.testing.assert_allclose(y.mean(axes), 0, atol=1e-12)
    np.testing.assert_allclose(y.var(axes), 1, rtol=1e-3)


def test_numbers_that_are_all_the_same_become_beta():
    layer = LayerNorm(3)
    layer.params["beta"] = [1.0, 2.0, 3.0]
    assert layer.forward(np.full((1, 3), 7.0)).tolist() == [[1.0, 2.0, 3.0]]


def test_sizes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="GroupNorm: expected groups to divide the 6 channels, g"):
        GroupNorm(4, 6)
    with pytest.raises(ValueError, match=r"GroupNorm 2 of 4: expected x of shape \(N, 4, \.\.\.\)"):
        GroupNorm(2, 4).forward(X)
    with pytest.raises(
        ValueError, match=r"LayerNorm 4: expected x of shape \(\.\.\., 4\), got \(2"
    ):
        LayerNorm(4).forward(X)
    with pytest.raises(ValueError, match="LayerNorm: expected epsilon of at least 0, got -1"):
        LayerNorm(4, epsilon=-1)


def test_a_summary_knows_the_shapes_of_a_net_for_images():
    net = Sequential(
        *(Conv2D(1, 4, 3, padding="same"), GroupNorm(2, 4), ReLU(), MaxPool2D(2)),
        *(Flatten(), FullyConnected(64, 10), LayerNorm(10)),
    )
    shapes = [row[1] for row in net.summary((1, 8, 8)).rows]
    assert shapes[:4] == ["(N, 4, 8, 8)"] * 3 + ["(N, 4, 4, 4)"]
    assert shapes[4:] == ["(N, 64)", "(N, 10)", "(N, 10)"]
