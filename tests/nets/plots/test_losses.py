"""The noise of minibatches, and several runs in one picture."""

import numpy as np
import pytest

from nets.plots import loss_curves, minibatch_losses
from nets.training.history import History
from tests.nets.plots.drawing import draw, everything

LOSSES = [4.0, 2.0, 3.0, 1.0, 2.0, 0.0]


def test_every_loss_is_drawn_and_the_mean_over_those_around():
    axes = minibatch_losses(LOSSES, window=3).axes[0]
    noise, mean = axes.lines
    np.testing.assert_allclose(noise.get_xydata(), np.stack([range(1, 7), LOSSES], axis=1))
    np.testing.assert_allclose(mean.get_xydata(), [[2, 3], [3, 2], [4, 2], [5, 1]])
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "one minibatch",
        "mean of 3",
    ]


@pytest.mark.parametrize(("steps", "window"), [(1, 1), (19, 1), (400, 20)])
def test_the_mean_is_over_a_twentieth_of_the_run_unless_one_says(steps, window):
    mean = minibatch_losses(np.ones(steps)).axes[0].lines[1]
    assert mean.get_label() == f"mean of {window}"
    assert len(mean.get_xdata()) == steps - window + 1


def test_losses_that_are_not_finite_leave_a_gap():
    draw(minibatch_losses([1.0, np.nan, 2.0, np.inf, 3.0]))


@pytest.mark.parametrize(
    ("losses", "window", "sentence"),
    [
        ([], None, r"minibatch_losses: expected a row of losses, got shape \(0,\)"),
        ([[1.0]], None, r"minibatch_losses: expected a row of losses, got shape \(1, 1\)"),
        (LOSSES, 0, "minibatch_losses: expected window to be a positive integer, got 0"),
        (LOSSES, 7, "expected a window of at most 6, the number of losses, got 7"),
    ],
)
def test_input_that_cannot_be_drawn_is_refused(losses, window, sentence):
    with pytest.raises(ValueError, match=sentence):
        minibatch_losses(losses, window)


def test_every_run_has_a_curve_and_a_name():
    axes = loss_curves({"momentum 0": LOSSES, "momentum 0.99": np.array(LOSSES) / 2}).axes[0]
    assert [line.get_label() for line in axes.lines] == ["momentum 0", "momentum 0.99"]
    for line, factor in zip(axes.lines, (1, 0.5), strict=True):
        np.testing.assert_allclose(line.get_ydata(), factor * np.array(LOSSES))
        assert line.get_xdata().tolist() == [1, 2, 3, 4, 5, 6]
    assert len({line.get_color() for line in axes.lines}) == 2
    assert axes.get_xlabel() == "step"


def test_of_a_history_the_training_loss_is_drawn_over_the_epochs():
    history = everything(30)
    axes = loss_curves({"a": history, "b": everything(1)}).axes[0]
    assert axes.lines[0].get_ydata().tolist() == history.loss
    assert axes.get_xlabel() == "epoch"
    assert [line.get_marker() for line in axes.lines] == ["", "o"]  # a point makes no line
    assert loss_curves({"a": history, "b": LOSSES}).axes[0].get_xlabel() == "step"


@pytest.mark.parametrize(
    ("runs", "error", "sentence"),
    [
        ({}, ValueError, "loss_curves: expected runs by name, got {}"),
        ([LOSSES], ValueError, r"loss_curves: expected runs by name, got \[\["),
        ({"a": History()}, ValueError, r"loss_curves: expected a row of losses, got shape \(0,\)"),
        ({"a": {"lost": [1.0]}}, ValueError, "expected a run with a column 'loss', got lost"),
        ({"a": "fast"}, TypeError, "loss_curves: expected losses to be an array of real numbers"),
    ],
)
def test_anything_but_runs_is_refused(runs, error, sentence):
    with pytest.raises(error, match=sentence):
        loss_curves(runs)
