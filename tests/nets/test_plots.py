import io
import subprocess
import sys
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from nets import plots
from nets.training.history import History


def history_of(epochs, **columns):
    history = History()
    for epoch in range(1, epochs + 1):
        row = {name: curve(epoch) for name, curve in columns.items()}
        history.append(epoch=epoch, loss=1 / epoch, seconds=0.5, **row)
    return history


def everything(epochs):
    return history_of(
        epochs,
        accuracy=lambda e: 1 - 0.5 / e,
        validation_loss=lambda e: 1.2 / e,
        validation_accuracy=lambda e: 1 - 0.6 / e,
    )


def draw(figure):
    """Render, because ticks and layout are settled only then."""
    figure.savefig(io.BytesIO(), format="png")
    return figure


def epoch_ticks(axes):
    low, high = axes.get_xlim()
    return [tick for tick in axes.get_xticks() if low <= tick <= high]


def test_loss_is_left_and_accuracy_right():
    history = everything(5)
    figure = plots.training_curves(history)
    assert isinstance(figure, Figure)
    left, right = figure.axes
    assert [axes.get_ylabel() for axes in (left, right)] == ["loss", "accuracy"]
    assert {axes.get_xlabel() for axes in (left, right)} == {"epoch"}
    for axes, name in ((left, "loss"), (right, "accuracy")):
        training, validation = axes.lines
        assert list(training.get_xdata()) == history.epoch
        assert list(training.get_ydata()) == history[name]
        assert list(validation.get_ydata()) == history[f"validation_{name}"]


def test_legend_and_colours_tell_training_from_validation():
    left, right = plots.training_curves(everything(5)).axes
    assert [text.get_text() for text in left.get_legend().get_texts()] == ["training", "validation"]
    for axes in (left, right):
        assert [to_hex(line.get_color()) for line in axes.lines] == ["#0072b2", "#d55e00"]


def test_without_accuracy_there_is_one_panel():
    figure = plots.training_curves(history_of(5, validation_loss=lambda e: 2 / e))
    assert [axes.get_ylabel() for axes in figure.axes] == ["loss"]
    assert len(figure.axes[0].lines) == 2


def test_without_validation_there_is_one_curve_a_panel():
    figure = plots.training_curves(history_of(5, accuracy=lambda e: 1 - 1 / e))
    assert [len(axes.lines) for axes in figure.axes] == [1, 1]


@pytest.mark.parametrize("epochs", [1, 2, 3, 7, 40, 1234])
def test_epoch_ticks_are_whole_numbers(epochs):
    for axes in draw(plots.training_curves(everything(epochs))).axes:
        ticks = epoch_ticks(axes)
        assert ticks
        assert all(tick == round(tick) for tick in ticks)


def test_a_single_epoch_is_seen():
    axes = plots.training_curves(everything(1)).axes[0]
    assert all(line.get_marker() == "o" for line in axes.lines)


def test_losses_that_are_not_finite_can_be_drawn():
    draw(plots.training_curves(history_of(3, validation_loss=lambda e: [1, np.inf, np.nan][e - 1])))


def test_a_history_without_epochs_is_refused():
    with pytest.raises(ValueError, match="no epochs yet"):
        plots.training_curves(History())


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


def test_wrong_predictions_are_marked_and_right_ones_are_not():
    figure = plots.sample_images(images(3), [7, 2, 9], (4, 3), predictions=[1, 2, 4])
    assert [axes.get_title() for axes in figure.axes] == ["7 read as 1", "2", "9 read as 4"]
    colours = [to_hex(axes.title.get_color()) for axes in figure.axes]
    assert colours == ["#d55e00", "#000000", "#d55e00"]


def test_only_the_first_images_of_many_are_drawn():
    assert len(plots.sample_images(images(400), np.arange(400), (4, 3)).axes) == 50
    assert len(plots.sample_images(images(400), np.arange(400), (4, 3), columns=3).axes) == 15


def test_all_images_have_one_scale():
    x = np.stack([np.full((2, 2), 0.25), np.eye(2)])
    scales = {axes.images[0].get_clim() for axes in plots.sample_images(x, [0, 1], (2, 2)).axes}
    assert scales == {(0.0, 1.0)}


def test_images_in_colour_and_of_bytes_and_all_the_same_are_drawn():
    draw(plots.sample_images(images(2, (4, 3, 3)), [0, 1], (4, 3, 3)))
    draw(plots.sample_images(np.zeros((2, 4), np.uint8), [0, 1], (2, 2)))
    draw(plots.sample_images(np.zeros((2, 4), bool), ["a", "b"], (2, 2), predictions=["a", "c"]))


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
        (images(2), [0, 1], (4, 3), {"columns": 0}, "columns to be a whole number from 1"),
    ],
)
def test_what_does_not_fit_is_refused(x, y, shape, more, message):
    with pytest.raises(ValueError, match=message):
        plots.sample_images(x, y, shape, **more)


def test_save_writes_a_png_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "curves.png"
    plots.save(plots.training_curves(everything(3)), path)
    assert matplotlib.image.imread(path).shape == (640, 1800, 4)
    assert list(tmp_path.iterdir()) == [path]


def test_a_figure_that_cannot_be_drawn_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "curves.png"
    path.write_bytes(b"old")
    figure = plots.training_curves(everything(3))

    def fail(*_, **__):
        raise RuntimeError("no fonts")

    monkeypatch.setattr(figure, "savefig", fail)
    with pytest.raises(RuntimeError, match="no fonts"):
        plots.save(figure, path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "picture",
    [
        lambda: plots.training_curves(everything(2)),
        lambda: plots.sample_images(images(1), [0], (4, 3)),
        lambda: everything(2).plot(),
    ],
)
def test_without_matplotlib_one_sentence_says_what_to_install(picture, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r'^pictures need matplotlib: pip install "handgrad\[pl'):
        picture()


def test_importing_the_module_imports_neither_matplotlib_nor_pyplot():
    code = (
        "import sys; from nets import plots; from nets.training.history import History;"
        "assert 'matplotlib' not in sys.modules;"
        "h = History(); h.append(epoch=1, loss=0.5, seconds=0.5); h.plot();"
        "assert 'matplotlib' in sys.modules and 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(plots.__file__).parents[1])
