import io
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from nets.training.progress import bar
from nets.training.progress.bar import Bar
from nets.training.progress.pace import Moment, Plan
from nets.training.progress.stdout import Output
from tests.nets.training.doubles import PLAN, VALIDATED, Terminal, figures, play


def test_bar_shows_where_the_run_is(clock, width):
    terminal = Terminal()
    display = Bar(PLAN, clock, Output(terminal))
    clock.now += 15
    display.update(2, 5, figures(np.float32(0.25), 0.875))
    (line,) = terminal.lines
    assert line.startswith("epoch 2/4 ███████████████░░")
    assert line.endswith("  37%  loss 0.2500  accuracy 0.8750  100/s  0:25 left")


def test_validation_is_shown_from_the_end_of_an_epoch_on(clock, width):
    terminal = Terminal()
    width(160)
    display = Bar(PLAN, clock, Output(terminal))
    clock.now += 1
    display.update(2, 10, figures(0.25, 0.75))
    assert "validation" not in terminal.lines[0]
    display.epoch_end(VALIDATED)
    clock.now += 1
    display.update(3, 1, figures(0.125, 0.875))
    assert "loss 0.1250  accuracy 0.8750" in terminal.lines[0]
    assert "validation loss 0.5000  validation accuracy 0.6250" in terminal.lines[0]


def test_the_end_of_an_epoch_is_drawn_at_once_if_validation_was_slow(clock, width):
    terminal = Terminal()
    display = Bar(PLAN, clock, Output(terminal))
    clock.now += 5
    display.epoch_end(VALIDATED)
    assert "50%" in terminal.lines[0]
    assert "val acc 0.625" in terminal.lines[0]


def test_a_run_leaves_one_line(clock, width):
    terminal = Terminal()
    display = Bar(PLAN, clock, Output(terminal))
    play(display, clock, validation_loss=0.5)
    display.close()
    display.close()
    line, rest = terminal.lines
    assert rest == ""
    assert "░" not in line
    assert line.endswith("100%  █▃▁▁  loss 0.2500  validation loss 0.5000  400/s  in 0:10")


def test_a_run_that_was_stopped_stays_where_it_was(clock, width):
    terminal = Terminal()
    display = Bar(PLAN, clock, Output(terminal))
    play(display, clock, epochs=2)
    display.close("stopped: the loss no longer falls")
    line, message, rest = terminal.lines
    assert line.startswith("epoch 2/4")
    assert "50%" in line
    assert line.endswith("in 5.0 s")
    assert (message, rest) == ("stopped: the loss no longer falls", "")


def test_a_run_that_never_began_leaves_nothing_but_the_message(clock):
    silent, told = Terminal(), Terminal()
    Bar(PLAN, clock, Output(silent)).close()
    Bar(PLAN, clock, Output(told)).close("the loss is nan")
    assert silent.getvalue() == ""
    assert told.getvalue() == "the loss is nan\n"


def test_a_shorter_line_leaves_nothing_of_a_longer_one(clock, width):
    terminal = Terminal()
    display = Bar(Plan(1, 10**6, 10**9), clock, Output(terminal))
    clock.now += 3600
    display.update(1, 10, figures(123.4567, 0.5))
    width(50)
    clock.now += 3600
    display.update(1, 10**6, figures(0.5, 0.5))
    assert terminal.getvalue().count("\r") == 2
    drawn = terminal.getvalue().split("\r")[-1]
    assert len(drawn) == 49
    assert drawn.endswith("0:00 left")


@pytest.mark.parametrize("columns", [1, 5, 18, 40, 60, 80, 100, 120, 300])
def test_bar_never_fills_a_terminal_so_that_it_wraps(columns, clock, width):
    width(columns)
    terminal = Terminal()
    display = Bar(Plan(100, 10, 1000), clock, Output(terminal))
    play(display, clock, epochs=100, accuracy=0.5, validation_loss=0.5, validation_accuracy=0.5)
    display.close()
    drawn = [part for part in terminal.getvalue().replace("\n", "").split("\r") if part]
    assert max(map(len, drawn), default=0) <= columns - 1


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_bar_is_plain_where_blocks_cannot_be_written(encoding, clock, width):
    terminal = Terminal(encoding)
    display = Bar(PLAN, clock, Output(terminal))
    play(display, clock, epochs=2)
    display.close()
    assert terminal.lines[0].startswith("epoch 2/4 ####################....................  50%")


def test_stdout_without_a_known_encoding_gets_a_plain_bar():
    for stream in (io.StringIO(), SimpleNamespace(encoding="no-such-encoding"), None):
        assert not Output(stream).can_write("█")


@pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals are of Unix")
def test_bar_in_a_real_terminal_uses_stdout_only():
    code = (
        "from nets.training.progress.progress import progress_display; import time\n"
        "from tests.nets.training.doubles import figures\n"
        "display = progress_display(2, 2, 100)\n"
        "for epoch in (1, 2):\n"
        "    for step in (1, 2):\n"
        "        time.sleep(0.06)\n"
        "        display.update(epoch, step, figures(0.5))\n"
        "    display.epoch_end({'epoch': epoch, 'loss': 0.5, 'seconds': 0.1})\n"
        "display.close()\n"
    )
    ours, theirs = os.openpty()
    environment = {**os.environ, "COLUMNS": "70", "PYTHONIOENCODING": "utf-8"}
    run = subprocess.run(
        [sys.executable, "-c", code],
        stdout=theirs,
        stderr=subprocess.PIPE,
        env=environment,
        cwd=Path(bar.__file__).parents[3],
        check=True,
    )
    written = os.read(ours, 10_000).decode()
    os.close(ours)
    os.close(theirs)
    assert run.stderr == b""
    assert written.count("\n") == 1
    assert written.count("\r") >= 3
    assert "epoch 2/2 █" in written.split("\r")[-2]


def test_narrow_lines_lose_the_least_missed_first():
    moment = Moment(2, 10, VALIDATED)

    def words(width):
        line = bar.bar_line(PLAN, moment, 60.0, width)
        return " ".join(word for word in line.split()[1:] if word.isalpha())

    assert words(150) == "loss accuracy validation loss validation accuracy left"
    assert words(105) == "loss acc val loss val acc left"
    assert words(75) == "loss acc val acc left"
    assert words(65) == "loss val acc left"
    assert words(50) == "loss left"
    assert words(40) == "loss"
    assert words(20) == ""


def test_percent_is_not_a_hundred_before_the_end():
    line = bar.bar_line(Plan(1, 1000, 1000), Moment(1, 999), 1.0, 80)
    assert " 99%" in line


@pytest.mark.parametrize("plan", [Plan(1, 0, 0), Plan(0, 0, 0), Plan(0, 10, 0)])
def test_an_empty_plan_can_be_drawn(plan):
    for moment in (Moment(), Moment(1, 0, {"loss": 0.5})):
        assert "epoch" in bar.bar_line(plan, moment, 0.0, 80)


def test_the_curve_of_the_loss_stands_in_the_line_where_it_can(clock, width):
    terminal = Terminal()
    display = bar.Bar(PLAN, clock, Output(terminal))
    play(display, clock)
    display.close()
    assert "  █▃▁▁  loss 0.2500" in terminal.lines[0]


@pytest.mark.parametrize("encoding", ["ascii", "cp437"])
def test_there_is_none_where_its_characters_cannot_be_written(encoding, clock, width):
    terminal = Terminal(encoding)
    display = bar.Bar(PLAN, clock, Output(terminal))
    play(display, clock)
    display.close()
    assert "%  loss 0.2500" in terminal.lines[0]


def test_the_curve_is_the_first_to_go_where_there_is_no_room():
    moment = Moment(4, 10, {"loss": 0.25})
    line = bar.bar_line(PLAN, moment, 10.0, 45, True, "#.", "▇▅▂▁")
    assert "▇▅▂▁" in bar.bar_line(PLAN, moment, 10.0, 80, True, "#.", "▇▅▂▁")
    assert "▇" not in line
    assert "loss 0.25" in line
