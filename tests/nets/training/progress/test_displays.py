import io
import sys

import pytest

from nets.training.progress.displays import Lines, Redrawn, is_printed
from nets.training.progress.pace import Moment, Plan
from nets.training.progress.stdout import Output
from tests.nets.training.doubles import PLAN, VALIDATED, figures, play


def test_lines_are_one_an_epoch(clock, capfd):
    display = Lines(PLAN, clock, Output(sys.stdout))
    play(display, clock, accuracy=0.5, validation_loss=0.5, validation_accuracy=0.75)
    display.close()
    out, err = capfd.readouterr()
    lines = out.splitlines()
    assert len(lines) == 4
    assert lines[1] == (
        "epoch 2/4  loss 0.5000  accuracy 0.5000  validation loss 0.5000  "
        "validation accuracy 0.7500  400/s  0:05 left"
    )
    assert lines[3].endswith("400/s  in 0:10")
    assert err == ""


@pytest.mark.parametrize("epochs", [51, 99, 300, 12345])
def test_very_many_epochs_leave_about_fifty_lines(epochs, clock):
    stream = io.StringIO()
    play(Lines(Plan(epochs, 1, 10), clock, Output(stream)), clock, epochs=epochs, steps=1)
    lines = stream.getvalue().splitlines()
    assert 45 <= len(lines) <= 55
    numbers = [line.removeprefix("epoch ").split("/")[0].strip() for line in lines]
    assert (numbers[0], numbers[-1]) == ("1", str(epochs))


@pytest.mark.parametrize("epochs", [1, 2, 49, 50])
def test_up_to_fifty_epochs_all_have_a_line(epochs):
    assert all(is_printed(epoch, epochs) for epoch in range(1, epochs + 1))


def test_the_last_epoch_of_a_stopped_run_is_printed_once(clock):
    stream = io.StringIO()
    display = Lines(Plan(1000, 1, 10), clock, Output(stream))
    play(display, clock, epochs=27, steps=1)
    display.close("stopped at epoch 27")
    display.close()
    lines = stream.getvalue().splitlines()
    assert [line.split("/")[0].split()[-1] for line in lines[:-1]] == ["1", "20", "27"]
    assert lines[-1] == "stopped at epoch 27"


class Counted(Redrawn):
    """A display that keeps what it was told to draw."""

    def __init__(self, plan, clock):
        super().__init__(plan, clock)
        self.drawn = []

    def _draw(self, elapsed, final, message):
        self.drawn.append((self._moment, final, message))


def test_a_display_is_redrawn_at_most_every_tenth_of_a_second(clock):
    display = Counted(PLAN, clock)
    for _ in range(1000):
        display.update(1, 1, figures(0.5, 0.5))
    assert len(display.drawn) == 0
    clock.now += 0.11
    for _ in range(1000):
        display.update(1, 2, figures(0.5, 0.5))
    assert len(display.drawn) == 1
    for _ in range(100):
        clock.now += 0.011
        display.update(1, 3, figures(0.5, 0.5))
    assert 9 <= len(display.drawn) <= 12


def test_a_drawing_that_is_slow_itself_leaves_time_to_train(clock):
    display = Counted(PLAN, clock)
    draw = display._draw

    def slowly(*args):
        draw(*args)
        clock.now += 1

    display._draw = slowly
    for _ in range(100):
        clock.now += 0.011
        display.update(1, 1, figures(0.5, 0.5))
    assert 9 <= len(display.drawn) <= 11


def test_an_update_that_redraws_nothing_only_looks_at_the_clock(clock):
    display = Counted(PLAN, clock)
    clock.looks = 0
    unprintable = object()
    for _ in range(100):
        display.update(unprintable, unprintable, unprintable)
    assert clock.looks == 100
    assert not display.drawn


def test_epochs_that_fly_by_are_not_all_drawn(clock):
    display = Counted(Plan(5000, 1, 100), clock)
    play(display, clock, epochs=5000, steps=1, seconds=0.001)
    display.close("done")
    assert len(display.drawn) < 60
    moment, final, message = display.drawn[-1]
    assert (moment.epoch, moment.step, final, message) == (5000, 1, True, "done")


def test_the_figures_of_validation_stay_until_there_are_newer_ones(clock):
    display = Counted(PLAN, clock)
    clock.now += 1
    display.epoch_end(VALIDATED)
    clock.now += 1
    display.update(3, 1, figures(0.125, 0.875))
    (ended, *_), (begun, *_) = display.drawn
    assert ended == Moment(2, 10, VALIDATED)
    assert begun.figures == {**VALIDATED, "loss": 0.125, "accuracy": 0.875}


def test_closing_twice_draws_once(clock):
    display = Counted(PLAN, clock)
    display.close()
    assert not display.drawn
    display.epoch_end(VALIDATED)
    display.close()
    display.close()
    assert display.drawn == [(Moment(2, 10, VALIDATED), True, "")]
