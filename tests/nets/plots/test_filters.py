import re

import numpy as np
import pytest

from layers import Conv2D
from nets import plots
from tests.nets.plots.drawing import draw

RNG = np.random.default_rng(3)


def tiles(figure):
    return [np.asarray(axes.images[0].get_array()) for axes in figure.axes]


def test_grey_kernels_have_one_scale_with_0_in_the_middle():
    W = np.zeros((3, 1, 2, 2))
    W[0], W[1, 0, 0, 1] = 2.0, -4.0
    figure = plots.filters(W, columns=2)
    one, other, zero = tiles(figure)
    np.testing.assert_array_equal(one, np.full((2, 2), 0.75))
    np.testing.assert_array_equal(other, [[0.5, 0.0], [0.5, 0.5]])
    np.testing.assert_array_equal(zero, np.full((2, 2), 0.5))
    assert {axes.images[0].get_clim() for axes in figure.axes} == {(0.0, 1.0)}
    grid = figure.axes[0].get_subplotspec().get_gridspec()
    assert (grid.nrows, grid.ncols) == (2, 2)
    draw(figure)


def test_kernels_of_three_channels_are_in_colours():
    W = Conv2D(3, 4, 5, rng=0, dtype="float32").params["W"]
    found = tiles(plots.filters(W))
    assert [tile.shape for tile in found] == [(5, 5, 3)] * 4
    largest = np.abs(W).max()
    np.testing.assert_allclose(found[1][2, 3], W[1, :, 2, 3] / largest / 2 + 0.5, rtol=1e-6)


def test_of_other_kernels_each_channel_is_an_image_of_its_row():
    W = RNG.normal(size=(40, 6, 2, 3))
    figure = plots.filters(W, columns=4)
    grid = figure.axes[0].get_subplotspec().get_gridspec()
    assert (grid.nrows, grid.ncols) == (16, 4)
    np.testing.assert_allclose(tiles(figure)[5], W[1, 1] / np.abs(W).max() / 2 + 0.5)
    assert len(plots.filters(RNG.normal(size=(3, 2, 2, 2))).axes) == 6
    assert len(plots.filters(RNG.normal(size=(300, 1, 1, 1)), columns=10).axes) == 160


def test_kernels_that_are_all_0_are_grey():
    (tile,) = tiles(plots.filters(np.zeros((1, 1, 2, 2))))
    np.testing.assert_array_equal(tile, np.full((2, 2), 0.5))


@pytest.mark.parametrize(
    ("W", "message"),
    [
        (
            np.ones((4, 3)),
            "filters: expected the weights of a convolution, an array of shape (kern",
        ),
        (np.ones((0, 3, 2, 2)), "got (0, 3, 2, 2); pass net.params['0.W'], for instance"),
        (
            np.full((1, 1, 2, 2), np.nan),
            "filters: expected finite weights, got nan at [0, 0, 0, 0]",
        ),
    ],
)
def test_what_holds_no_kernels_is_refused(W, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        plots.filters(W)
