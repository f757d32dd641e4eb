"""The grid to the right is the output of the first layers for the one to the left."""

import numpy as np
import pytest

from layers import FullyConnected, Tanh
from nets import Sequential
from nets.plots import bending

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
LABELS = np.array([0, 1, 1, 0])


def solved():
    """XOR, solved by hand: the first unit is OR and the second AND, both between -1 and 1."""
    net = Sequential(FullyConnected(2, 2), Tanh(), FullyConnected(2, 1))
    net.params["0.W"], net.params["0.b"] = [[8.0, 8.0], [8.0, 8.0]], [-4.0, -12.0]
    net.params["2.W"], net.params["2.b"] = [[1.0], [-1.0]], [-1.0]
    return net


def shades(axes):
    return np.asarray(axes.images[0].get_array())


def test_the_grid_and_the_points_go_through_the_first_layers():
    net = solved()
    left, right = bending(net, X, LABELS).axes
    assert len(left.lines) == len(right.lines) == 50
    for before, after in zip(left.lines, right.lines, strict=True):
        np.testing.assert_array_equal(net[:2].predict(before.get_xydata()), after.get_xydata())
    points = [axes.collections[0].get_offsets() for axes in (left, right)]
    np.testing.assert_array_equal(points[0], X)
    np.testing.assert_array_equal(points[1], net[:2].predict(X))


def test_the_grid_to_the_left_is_straight_and_covers_the_picture():
    left, _ = bending(solved(), X, LABELS).axes
    lines = np.array([line.get_xydata() for line in left.lines])
    up, across = lines[:25], lines[25:]
    assert (up[:, :, 0] == up[:, :1, 0]).all()
    assert (across[:, :, 1] == across[:, :1, 1]).all()
    assert (lines.min(), lines.max()) == pytest.approx((-0.1, 1.1))


def test_a_curved_boundary_becomes_a_line():
    left, right = bending(solved(), X, LABELS).axes
    here, there = shades(left), shades(right)
    assert len(np.unique(there.reshape(-1, 3), axis=0)) == 2
    place = (there != there[0, 0]).any(axis=-1)  # in each row, all of the class to one side
    assert (np.abs(np.diff(place, axis=1)).sum(axis=1) <= 1).all()
    other = (here != here[0, 0]).any(axis=-1)
    assert (np.abs(np.diff(other, axis=1)).sum(axis=1) == 2).any()


def test_the_pictures_say_what_they_show():
    titles = [axes.get_title() for axes in bending(solved(), X, LABELS).axes]
    assert titles == ["x", "after layer 1, Tanh"]
    first = bending(solved(), X, LABELS, layers=1).axes[1]
    assert first.get_title() == "after layer 0, FullyConnected"


def test_the_net_stays_as_it_is():
    net = solved()
    net.forward(X)
    before, _ = net.backward(np.ones((4, 1)))
    bending(net, X, LABELS)
    np.testing.assert_array_equal(net.backward(np.ones((4, 1)))[0], before)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"layers": 3},
            "expected layers from 1 to 2, so that a layer is left to separate the .* got 3",
        ),
        ({"layers": 0}, "bending: expected layers to be a positive integer, got 0"),
        ({"x": np.ones((4, 3))}, r"bending: expected x of shape \(N, 2\), points of a plane"),
        (
            {"net": Sequential(FullyConnected(2, 3), Tanh(), FullyConnected(3, 1))},
            r"two units after layer 1, an output of shape \(4, 2\), got \(4, 3\)",
        ),
    ],
)
def test_input_that_cannot_be_drawn_is_refused(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        bending(**{"net": solved(), "x": X, "labels": LABELS, **given})


def test_only_a_sequential_has_first_layers():
    with pytest.raises(TypeError, match="bending: expected net to be a Sequential, got Tanh"):
        bending(Tanh(), X, LABELS)
