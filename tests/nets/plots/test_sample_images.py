import numpy as np
import pytest
from matplotlib.colors import to_hex

from nets import plots
from tests.nets.plots.drawing import draw


def images(n, shape=(4, 3), seed=0):
    return np.random.default_rng(seed).random((n, *shape))


def test_images_are_drawn_in_order_with_their_labels():
    x = images(5)
    figure = plots.sample_images(x.reshape(5, 12), [3, 1, 4, 1, 5], (4, 3), columns=2)
    assert [axes.get_title() for axes in figure.axes] == ["3", "1", "4", "1", "5"]
    for axes, image in zip(figure.axes, x, strict=True):
        np.testing.assert_array_equal(axes.images[0].get_array(), image)
        assert axes.images[0].get_cmap().name == "gray"
        assert not axes.axison
    grid = figure.axes[0].get_subplotspec().get_gridspec()
    assert (grid.nrows, grid.ncols) == (3, 2)


def test_wrong_predictions_are_marked_and_correct_ones_are_not():
    figure = plots.sample_images(images(3), [7, 2, 9], (4, 3), predictions=[1, 2, 4])
    assert [axes.get_title() for axes in figure.axes] == ["7 read as 1", "2", "9 read as 4"]
    colours = [to_hex(axes.title.get_color()) for axes in figure.axes]
    assert colours == ["#d55e00", "#000000", "#d55e00"]


def test_only_the_first_images_of_many_are_drawn():
    assert len(plots.sample_images(images(400), np.arange(400), (4, 3), columns=3).axes) == 15


def test_all_images_have_one_scale():
    x = np.stack([np.full((2, 2), 0.25), np.eye(2)])
    scales = {axes.images[0].get_clim() for axes in plots.sample_images(x, [0, 1], (2, 2)).axes}
    assert scales == {(0.0, 1.0)}


def test_images_in_colour_and_of_bytes_and_all_the_same_are_drawn():
    draw(plots.sample_images(images(2, (4, 3, 3)), [0, 1], (4, 3, 3)))
    draw(plots.sample_images(np.zeros((2, 4), np.uint8), [0, 1], (2, 2)))
    draw(plots.sample_images(np.zeros((2, 4), bool), ["a", "b"], (2, 2), predictions=["a", "c"]))


def test_colours_may_be_the_first_axis_or_the_last():
    x = images(2, (3, 5, 4))
    first = plots.sample_images(x, [0, 1], (3, 5, 4)).axes[1].images[0].get_array()
    last = plots.sample_images(np.moveaxis(x, 1, -1), [0, 1], (5, 4, 3)).axes[1].images[0]
    np.testing.assert_array_equal(first, last.get_array())


def test_a_long_title_is_broken_into_lines_that_fit():
    figure = plots.sample_images(images(2), ["ankle boot", "shirt"], (4, 3), ["shirt", "shirt"])
    assert figure.axes[0].get_title() == "ankle boot\nread as\nshirt"


def test_inputs_stay_untouched():
    x, y = images(3), np.array([0, 1, 2])
    before = x.copy(), y.copy()
    draw(plots.sample_images(x, y, (4, 3), predictions=y))
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(y, before[1])


@pytest.mark.parametrize(
    ("x", "y", "shape", "more", "message"),
    [
        (images(0), [], (4, 3), {}, "at least one image"),
        (images(2), [0, 1], (4, 4), {}, r"images of 16 numbers.*\(4, 4\), got 12"),
        (images(2), [0], (4, 3), {}, r"y of shape \(2,\)"),
        (images(2), [0, 1], (4, 3), {"predictions": [0]}, r"predictions of shape \(2,\)"),
        (images(2), [0, 1], (12,), {}, r"shape to be \(height, width\)"),
        (images(2), [0, 1], (4, 3), {"columns": 0}, "columns to be a positive integer"),
    ],
)
def test_what_does_not_fit_is_refused(x, y, shape, more, message):
    with pytest.raises(ValueError, match=message):
        plots.sample_images(x, y, shape, **more)


@pytest.mark.parametrize(
    "x",
    [
        np.full((1, 12), 2.0),
        np.full((1, 12), 256),
        np.full((1, 12), -0.1),
        np.full((1, 12), np.nan),
        np.ma.masked_array(np.ones((1, 12))),
    ],
)
def test_colours_that_would_be_cut_and_missing_ones_are_refused(x):
    with pytest.raises((TypeError, ValueError), match=r"^sample_images: expected "):
        plots.sample_images(x, [0], (2, 2, 3))
