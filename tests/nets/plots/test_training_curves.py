import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from nets import plots
from nets.training.history import History
from tests.nets.plots.drawing import draw, everything, history_of


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


@pytest.mark.parametrize("epochs", [1, 3, 1234])
def test_epoch_ticks_are_integers(epochs):
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


def test_columns_of_a_dict_are_drawn_over_epochs_from_1():
    (axes,) = plots.training_curves({"validation_loss": [3.0, 1.0], "note": "mine"}).axes
    assert axes.lines[0].get_xydata().tolist() == [[1, 3], [2, 1]]


@pytest.mark.parametrize(
    ("history", "error", "sentence"),
    [
        ([0.5], TypeError, r"expected history to be what fit returned, or a dict .*, got \[0.5\]"),
        ({"val_loss": [0.5]}, ValueError, r"expected a column loss, .*, got \['val_loss'\]"),
        (
            {"loss": [0.5], "epoch": [1, 2]},
            ValueError,
            r"expected columns of one length, got \[1, 2\]",
        ),
        ({"loss": 3.0}, ValueError, r"expected a row of loss, got shape \(\)"),
        ({"loss": "ab"}, TypeError, "expected loss to be an array of real numbers"),
    ],
)
def test_anything_but_a_history_is_refused(history, error, sentence):
    with pytest.raises(error, match=f"^training_curves: {sentence}"):
        plots.training_curves(history)
