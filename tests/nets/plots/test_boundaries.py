"""The regions drawn are those that the nets predict."""

import numpy as np
import pytest

from layers import FullyConnected, Tanh
from nets import Sequential
from nets.plots import boundaries

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
LABELS = np.array([0, 0, 1, 1])


def line(scores=1):
    """Class 1 to the right of x = 0.5."""
    net = Sequential(FullyConnected(2, scores))
    net.params["0.W"] = [[1.0], [0.0]] if scores == 1 else [[-1.0, 1.0], [0.0, 0.0]]
    net.params["0.b"] = [-0.5] if scores == 1 else [0.5, -0.5]
    return net


class Constant:
    """A net of a student's, without `predict`."""

    params = {}  # noqa: RUF012

    def forward(self, x):
        return np.tile([0.0, 1.0], (len(x), 1))

    def backward(self, dout):
        raise AssertionError("nothing is trained")


class Total(Constant):
    def forward(self, x):
        return x.sum(axis=1)


def test_each_net_has_a_picture_with_its_name_and_its_accuracy():
    nets = {"a line": line(), "always 1": Constant(), "c": line(), "d": line(), "e": line()}
    figure = boundaries(nets, CORNERS, LABELS)
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == ["a line: 100 %", "always 1: 50 %", "c: 100 %", "d: 100 %", "e: 100 %"]
    grid = figure.axes[0].get_subplotspec().get_gridspec()
    assert (grid.nrows, grid.ncols) == (2, 4)


@pytest.mark.parametrize("scores", [1, 2])
def test_the_boundary_is_where_the_net_changes_its_mind(scores):
    axes = boundaries({"a line": line(scores)}, CORNERS, LABELS).axes[0]
    image = axes.images[0]
    shades = np.asarray(image.get_array())
    assert image.get_extent() == pytest.approx([-0.1, 1.1, -0.1, 1.1])
    assert (shades == shades[:1]).all()  # the same in every row
    middle = shades.shape[1] // 2
    assert (shades[0, :middle] == shades[0, 0]).all()
    assert (shades[0, middle:] == shades[0, -1]).all()
    assert not np.array_equal(shades[0, 0], shades[0, -1])


def test_points_have_the_colour_of_their_class_of_which_the_shade_is_a_pale_one():
    axes = boundaries({"a line": line()}, CORNERS, LABELS).axes[0]
    dots = axes.collections[0]
    np.testing.assert_array_equal(dots.get_offsets(), CORNERS)
    colours = dots.get_facecolors()[:, :3]
    shades = np.asarray(axes.images[0].get_array())
    np.testing.assert_allclose(shades[0, 0], 0.8 + 0.2 * colours[0])
    np.testing.assert_allclose(shades[0, -1], 0.8 + 0.2 * colours[-1])


def test_nets_stay_as_they_are():
    net = Sequential(FullyConnected(2, 3, rng=0), Tanh(), FullyConnected(3, 2, rng=1))
    net.forward(CORNERS)
    before, _ = net.backward(np.ones((4, 2)))
    boundaries({"net": net}, CORNERS, LABELS)
    np.testing.assert_array_equal(net.backward(np.ones((4, 2)))[0], before)


def test_points_on_a_line_have_room_around_them():
    axes = boundaries({"a line": line()}, CORNERS[:2], LABELS[:2]).axes[0]
    assert (axes.get_xlim(), axes.get_ylim()) == ((-1, 1), (-0.1, 1.1))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"nets": {}}, "boundaries: expected nets by name, got {}"),
        ({"nets": [line()]}, "boundaries: expected nets by name, got "),
        ({"x": np.ones((4, 3))}, r"expected x of shape \(N, 2\), points of a plane, got \(4, 3\)"),
        ({"x": np.ones((0, 2))}, r"expected x of shape \(N, 2\), points of a plane, got \(0, 2\)"),
        ({"labels": [0, 1]}, r"expected labels of shape \(4,\), one integer for each point, got"),
        ({"labels": [0.0, 1, 1, 1]}, "one integer for each point, got float64"),
        ({"labels": [0, 1, 1, 7]}, "labels from 0 to 5, the number of colours, got 0 to 7"),
        ({"labels": [-1, 1, 1, 0]}, "got -1 to 1"),
        ({"nets": {"a row": Total()}}, r"a net with scores of shape \(N, C\), got \(4,\)"),
    ],
)
def test_input_that_cannot_be_drawn_is_refused(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        boundaries(**{"nets": {"a line": line()}, "x": CORNERS, "labels": LABELS, **given})
