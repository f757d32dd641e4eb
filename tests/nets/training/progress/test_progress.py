"""What is shown of a run, and where."""

import io
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import nets
from nets.training.progress.progress import (
    KEPT,
    LogLines,
    NotebookOutput,
    Progress,
    TerminalLine,
    progress_display,
)
from nets.training.progress.run_status import RunStatus
from nets.training.progress.stdout import Output
from tests.nets.training.doubles import VALIDATED, Clock, Terminal, figures, play


@pytest.fixture
def show(clock, width, monkeypatch):
    """Make a display on a stream, for a run of some epochs of ten steps."""

    def make(stream, epochs=4, steps=10):
        monkeypatch.setattr("sys.stdout", stream)
        return progress_display(epochs, steps, 1000, clock=clock)

    return make


# Which display.


def test_disabled_shows_nothing_anywhere(shell, monkeypatch, capfd):
    for stream in (sys.stdout, Terminal()):
        monkeypatch.setattr("sys.stdout", stream)
        display = progress_display(4, 10, 1000, enabled=False)
        play(display, Clock())
        display.close("stopped")
    assert type(display) is Progress
    assert stream.writes == 0
    assert not shell.shown
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("found", [None, SimpleNamespace(), SimpleNamespace(kernel=None)])
def test_a_kernel_comes_before_a_terminal(shell, found, show):
    assert type(show(Terminal())) is NotebookOutput
    shell.module.get_ipython = lambda: found  # IPython in a terminal
    assert type(show(Terminal())) is TerminalLine
    assert type(show(io.StringIO())) is LogLines


# Lines in a log.


def test_a_log_has_one_line_per_epoch(clock, capfd):
    display = progress_display(4, 10, 1000, clock=clock)
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


@pytest.mark.parametrize(("epochs", "least"), [(1, 1), (50, 50), (51, 45), (300, 45), (12345, 45)])
def test_very_many_epochs_leave_about_fifty_lines(epochs, least, show, clock):
    stream = io.StringIO()
    play(show(stream, epochs, 1), clock, epochs=epochs, steps=1)
    lines = stream.getvalue().splitlines()
    assert least <= len(lines) <= 55
    numbers = [line.removeprefix("epoch ").split("/")[0].strip() for line in lines]
    assert (numbers[0], numbers[-1]) == ("1", str(epochs))


def test_the_last_epoch_of_a_stopped_run_is_printed_once(show, clock):
    stream = io.StringIO()
    display = show(stream, 1000, 1)
    play(display, clock, epochs=27, steps=1)
    display.close("stopped at epoch 27")
    lines = stream.getvalue().splitlines()
    assert [line.split("/")[0].split()[-1] for line in lines[:-1]] == ["1", "20", "27"]
    assert lines[-1] == "stopped at epoch 27"


# A line in a terminal.


def test_a_terminal_shows_how_far_the_run_is(show, clock):
    display = show(terminal := Terminal())
    clock.now += 15
    display.update(2, 5, figures(np.float32(0.25), 0.875))
    (line,) = terminal.lines
    assert line.startswith("epoch 2/4 ███████████████░░")
    assert line.endswith("  37%  loss 0.2500  acc 0.8750  100/s  0:25 left")


def test_a_run_leaves_one_line_with_its_curve(show, clock):
    display = show(terminal := Terminal())
    play(display, clock, validation_loss=0.5)
    display.close()
    line, rest = terminal.lines
    assert rest == ""
    assert "░" not in line
    assert line.endswith("100%  █▃▁▁  loss 0.2500  val loss 0.5000  400/s  in 0:10")


def test_validation_is_shown_from_the_end_of_an_epoch_on(show, clock):
    display = show(terminal := Terminal())
    clock.now += 1
    display.update(2, 10, figures(0.25, 0.75))
    assert "val" not in terminal.lines[0]
    clock.now += 1
    display.epoch_end(VALIDATED)
    assert "50%  loss 0.2500" in terminal.lines[0]
    clock.now += 1
    display.update(3, 1, figures(0.125, 0.875))
    assert "loss 0.1250  acc 0.8750  val loss 0.5000  val acc 0.6250" in terminal.lines[0]


def test_a_run_that_was_stopped_stays_where_it_was(show, clock):
    display = show(terminal := Terminal())
    play(display, clock, epochs=2)
    display.close("stopped: the loss no longer falls")
    line, message, rest = terminal.lines
    assert line.startswith("epoch 2/4")
    assert "50%" in line
    assert line.endswith("in 5.0 s")
    assert (message, rest) == ("stopped: the loss no longer falls", "")


def test_a_run_that_never_began_leaves_nothing_but_the_message(show):
    show(silent := Terminal()).close()
    show(told := Terminal()).close("the loss is nan")
    assert (silent.getvalue(), told.getvalue()) == ("", "the loss is nan\n")


def test_a_shorter_line_leaves_nothing_of_a_longer_one(show, clock, width):
    display = show(terminal := Terminal(), 1, 10**6)
    for columns, step in ((120, 10), (50, 10**6)):
        width(columns)
        clock.now += 3600
        display.update(1, step, figures(123.4567, 0.5))
    drawn = terminal.getvalue().split("\r")[2]
    assert len(drawn) == 49
    assert drawn.endswith("0:00 left")


@pytest.mark.parametrize("columns", [0, 1, 18, 40, 60, 80, 120, 300])
def test_a_line_never_fills_a_terminal_so_that_it_wraps(columns, show, clock, width):
    width(columns)
    display = show(terminal := Terminal(), epochs=100)
    play(display, clock, 100, accuracy=0.5, validation_loss=0.5, validation_accuracy=0.5)
    display.close()
    drawn = [part for part in terminal.getvalue().replace("\n", "").split("\r") if part]
    assert max(map(len, drawn), default=0) <= max(columns - 1, 0)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "cp437"])
def test_a_line_is_plain_where_its_characters_cannot_be_written(encoding, show, clock):
    display = show(terminal := Terminal(encoding))
    play(display, clock, epochs=2)
    display.close()
    assert terminal.lines[0].startswith("epoch 2/4 ####################....................  50%")
    assert "%  loss 0.5000" in terminal.lines[0]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (150, "loss acc val loss val acc left"),
        (91, "loss acc val acc left"),
        (69, "loss val acc left"),
        (53, "loss left"),
        (20, ""),
    ],
)
def test_narrow_lines_lose_the_least_needed_first(columns, words, show, clock, width):
    width(columns)
    display = show(terminal := Terminal("ascii"))
    clock.now += 60
    display.epoch_end(VALIDATED)
    assert " ".join(word for word in terminal.lines[0].split()[1:] if word.isalpha()) == words


def test_percent_is_not_a_hundred_before_the_end(show, clock):
    display = show(terminal := Terminal(), 1, 1000)
    clock.now += 1
    display.update(1, 999, figures(0.5))
    assert " 99%" in terminal.lines[0]


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals are of Unix")
def test_a_real_terminal_gets_stdout_only():
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
    run = subprocess.run(
        [sys.executable, "-c", code],
        stdout=theirs,
        stderr=subprocess.PIPE,
        env={**os.environ, "COLUMNS": "70", "PYTHONIOENCODING": "utf-8"},
        cwd=Path(nets.__file__).parents[1],
        check=True,
    )
    written = os.read(ours, 10_000).decode()
    os.close(ours)
    os.close(theirs)
    assert run.stderr == b""
    assert written.count("\n") == 1
    assert written.count("\r") >= 3
    assert "epoch 2/2 █" in written.split("\r")[-2]


# How often.


def test_a_display_is_redrawn_at_most_every_tenth_of_a_second(show, clock):
    display = show(terminal := Terminal())
    clock.looks = 0
    unprintable = object()
    for _ in range(1000):
        display.update(unprintable, unprintable, unprintable)
    assert (clock.looks, terminal.writes) == (1000, 0)
    for _ in range(100):
        clock.now += 0.011
        display.update(1, 3, figures(0.5, 0.5))
    assert 8 <= terminal.writes <= 11


def test_a_drawing_that_is_slow_itself_leaves_time_to_train(show, clock, monkeypatch):
    class Slow(Terminal):
        def write(self, text):
            clock.now += 1
            return super().write(text)

    display = show(terminal := Slow())
    for _ in range(100):
        clock.now += 0.011
        display.update(1, 1, figures(0.5, 0.5))
    assert 9 <= terminal.writes <= 11


def test_a_long_run_keeps_some_of_its_losses(show, clock):
    display = show(terminal := Terminal(), 5000, 1)
    play(display, clock, epochs=5000, steps=1, seconds=0.001)
    display.close("done")
    assert terminal.writes < 60
    assert KEPT / 2 <= len(display._losses) <= KEPT
    assert terminal.lines[0].startswith("epoch 5000/5000 █")


# An output in a notebook.


def test_a_notebook_has_one_output_that_is_updated(shell, show, clock, capfd):
    display = show(sys.stdout)
    play(display, clock)
    display.close("done")
    kinds = [kind for kind, _, _ in shell.shown]
    assert kinds == ["display"] + ["update"] * (len(kinds) - 1)
    assert {number for _, number, _ in shell.shown} == {0}
    assert len(kinds) > 10
    page = shell.shown[-1][2]
    assert 'value="100"' in page
    assert "epoch 4/4 · 100% · █▃▁▁ · loss 0.2500 · 400/s · in 0:10 · done" in page
    assert capfd.readouterr() == ("", "")


def test_html_is_escaped_and_has_no_colours(shell, show):
    show(None).close("<script>alert(1)</script> & more")
    (_, _, html), *rest = shell.shown
    assert not rest
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in html
    assert "color" not in html


def test_real_ipython_is_used_as_it_is_meant_to_be(clock, capsys):
    pytest.importorskip("IPython")
    display = NotebookOutput(RunStatus(4, 10, 1000), clock)
    play(display, clock, epochs=1)
    assert "HTML object" in capsys.readouterr().out


def test_a_notebook_that_no_longer_listens_does_not_end_the_run(shell, show, clock, monkeypatch):
    tries = []

    def fail(*_, **__):
        tries.append(1)
        raise OSError("the connection is closed")

    monkeypatch.setattr(shell.module.display, "display", fail)
    display = show(None)
    play(display, clock)
    display.close("done")
    assert len(tries) == 1


def test_the_characters_that_a_stream_can_write_are_those_of_its_encoding():
    for stream in (io.StringIO(), SimpleNamespace(encoding="no-such-encoding"), None):
        assert not Output(stream).can_write("█")
