"""The maximum of each window, and the one entry that its gradient goes to."""

import numpy as np
import pytest

from layers import AveragePool2D, GlobalAveragePool2D, MaxPool2D


def test_of_equal_entries_the_first_gets_the_gradient():
    layer = MaxPool2D(2)
    layer.forward(np.ones((1, 1, 2, 2)))
    dx, _ = layer.backward(np.ones((1, 1, 1, 1)))
    assert dx[0, 0].tolist() == [[1, 0], [0, 0]]


def test_the_gradients_of_overlapping_windows_add_up():
    layer = MaxPool2D((1, 2), stride=1)
    layer.forward(np.array([[[[1.0, 5.0, 2.0]]]]))
    dx, _ = layer.backward(np.array([[[[10.0, 1.0]]]]))
    assert dx.ravel().tolist() == [0, 11, 0]


def test_padding_is_never_the_maximum():
    y = MaxPool2D(2, padding=1).forward(np.full((1, 1, 2, 2), -3.0))
    assert (y == -3).all()


def test_nan_is_not_hidden():
    x = np.array([[[[np.nan, 1.0], [2.0, 3.0]]]])
    assert np.isnan(MaxPool2D(2).forward(x)).all()


@pytest.mark.parametrize("kind", [MaxPool2D, AveragePool2D])
def test_wide_padding_and_small_images_are_refused(kind):
    with pytest.raises(ValueError, match=rf"{kind.__name__}: expected padding of at most half a w"):
        kind(2, padding=2)
    with pytest.raises(ValueError, match=r"expected images of at least 3 x 3 .*, got 2 x 4"):
        kind(3).forward(np.ones((1, 1, 2, 4)))


@pytest.mark.parametrize("layer", [MaxPool2D(2), AveragePool2D(2), GlobalAveragePool2D()])
def test_three_axes_are_refused(layer):
    with pytest.raises(ValueError, match=r"expected x of shape \(N, C, H, W\), got \(2, 4, 4\)"):
        layer.forward(np.ones((2, 4, 4)))


def test_images_without_pixels_have_no_mean():
    with pytest.raises(ValueError, match="GlobalAveragePool2D: expected images with at least one"):
        GlobalAveragePool2D().forward(np.ones((2, 3, 0, 4)))


def test_an_infinite_gradient_reaches_the_maximum_alone():
    layer = MaxPool2D(2)
    layer.forward(np.array([[[[1.0, 2.0], [4.0, 3.0]]]]))
    dx, _ = layer.backward(np.array([[[[-np.inf]]]]))
    assert dx.ravel().tolist() == [0, 0, -np.inf, 0]


def test_windows_of_more_than_256_entries():
    x = np.arange(300.0).reshape(1, 1, 1, 300)
    layer = MaxPool2D((1, 300))
    layer.forward(x)
    dx, _ = layer.backward(np.ones((1, 1, 1, 1)))
    assert dx.ravel().tolist() == [0] * 299 + [1]
