import io
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from nets.training import progress
from nets.training.progress import Bar, Lines, Moment, Notebook, Plan, Progress, progress_display

PLAN = Plan(epochs=4, steps=10, examples=1000)
ROW = {"epoch": 2, "loss": 0.25, "accuracy": 0.75, "seconds": 1.0}
VALIDATED = {**ROW, "validation_loss": 0.5, "validation_accuracy": 0.625}


class Clock:
    """Time that stands still until it is told to go on, and counts who looks at it."""

    def __init__(self):
        self.now, self.looks = 100.0, 0

    def __call__(self):
        self.looks += 1
        return self.now


class Terminal(io.StringIO):
    """A terminal that knows what stands on its screen, and how often it was drawn."""

    def __init__(self, encoding="utf-8"):
        super().__init__()
        self._encoding, self.writes = encoding, 0

    @property
    def encoding(self):
        return self._encoding

    def isatty(self):
        return True

    def write(self, text):
        self.writes += 1
        text.encode(self._encoding)
        return super().write(text)

    @property
    def lines(self):
        shown = []
        for line in self.getvalue().split("\n"):
            cells = ""
            for part in line.split("\r"):
                cells = part + cells[len(part) :]
            shown.append(cells.rstrip())
        return shown


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def width(monkeypatch):
    def set_width(columns):
        monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((columns, 24)))

    set_width(120)
    return set_width


@pytest.fixture
def shell(monkeypatch):
    """IPython with a kernel, whose displays are kept."""
    shown = []

    class Handle:
        def __init__(self, number):
            self.number = number

        def update(self, picture):
            shown.append(("update", self.number, picture))

    def display(picture, display_id):
        assert display_id is True
        shown.append(("display", len(shown), picture))
        return Handle(len(shown) - 1)

    ipython = ModuleType("IPython")
    ipython.get_ipython = lambda: SimpleNamespace(kernel=object())
    ipython.display = ModuleType("IPython.display")
    ipython.display.HTML, ipython.display.display = str, display
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", ipython.display)
    return SimpleNamespace(module=ipython, shown=shown)


def play(display, clock, epochs=4, steps=10, seconds=0.25, **row):
    """Run the whole training that a display is told of."""
    for epoch in range(1, epochs + 1):
        for step in range(1, steps + 1):
            clock.now += seconds
            display.update(epoch, step, 1 / epoch, 0.5)
        display.epoch_end({"epoch": epoch, "loss": 1 / epoch, "seconds": 1.0, **row})


# Which display is chosen


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


def test_a_kernel_comes_before_a_terminal(shell, monkeypatch):
    monkeypatch.setattr("sys.stdout", Terminal())
    assert type(progress_display(4, 10, 1000)) is Notebook


@pytest.mark.parametrize("found", [None, SimpleNamespace(), SimpleNamespace(kernel=None)])
def test_ipython_without_a_kernel_is_a_terminal(shell, found, monkeypatch):
    shell.module.get_ipython = lambda: found
    monkeypatch.setattr("sys.stdout", Terminal())
    assert type(progress_display(4, 10, 1000)) is Bar


def test_anything_else_gets_lines():
    assert type(progress_display(4, 10, 1000)) is Lines


def test_a_program_without_stdout_gets_a_silent_display(monkeypatch):
    monkeypatch.setattr("sys.stdout", None)
    assert type(progress_display(4, 10, 1000)) is Progress


# The bar


def test_bar_is_redrawn_at_most_every_tenth_of_a_second(clock, width):
    terminal = Terminal()
    display = Bar(PLAN, clock, terminal)
    for _ in range(1000):
        display.update(1, 1, 0.5, 0.5)
    assert terminal.writes == 0
    clock.now += 0.11
    for _ in range(1000):
        display.update(1, 2, 0.5, 0.5)
    assert terminal.writes == 1
    for _ in range(100):
        clock.now += 0.011
        display.update(1, 3, 0.5, 0.5)
    assert 9 <= terminal.writes <= 12


def test_an_update_that_redraws_nothing_only_looks_at_the_clock(clock):
    display = Bar(PLAN, clock, Terminal())
    clock.looks = 0
    unprintable = object()
    for _ in range(100):
        display.update(unprintable, unprintable, unprintable, unprintable)
    assert clock.looks == 100


def test_epochs_that_fly_by_are_not_all_drawn(clock, width):
    terminal = Terminal()
    display = Bar(Plan(5000, 1, 100), clock, terminal)
    play(display, clock, epochs=5000, steps=1, seconds=0.001)
    display.close()
    assert terminal.writes < 60
    assert terminal.lines[0].startswith("epoch 5000/5000 ███")


def test_bar_shows_where_the_run_is(clock, width):
    terminal = Terminal()
    display = Bar(PLAN, clock, terminal)
    clock.now += 15
    display.update(2, 5, np.float32(0.25), 0.875)
    (line,) = terminal.lines
    assert line.startswith("epoch 2/4 ███████████████░░")
    assert line.endswith("  37%  loss 0.2500  accuracy 0.8750  100/s  0:25 left")


def test_validation_is_shown_from_the_end_of_an_epoch_on(clock, width):
    terminal = Terminal()
    width(160)
    display = Bar(PLAN, clock, terminal)
    clock.now += 1
    display.update(2, 10, 0.25, 0.75)
    assert "validation" not in terminal.lines[0]
    display.epoch_end(VALIDATED)
    clock.now += 1
    display.update(3, 1, 0.125, 0.875)
    assert "loss 0.1250  accuracy 0.8750" in terminal.lines[0]
    assert "validation loss 0.5000  validation accuracy 0.6250" in terminal.lines[0]


def test_the_end_of_an_epoch_is_drawn_at_once_if_validation_was_slow(clock, width):
    terminal = Terminal()
    display = Bar(PLAN, clock, terminal)
    clock.now += 5
    display.epoch_end(VALIDATED)
    assert "50%" in terminal.lines[0]
    assert "val acc 0.625" in terminal.lines[0]


def test_a_run_leaves_one_line(clock, width):
    terminal = Terminal()
    display = Bar(PLAN, clock, terminal)
    play(display, clock, validation_loss=0.5)
    display.close()
    display.close()
    line, rest = terminal.lines
    assert rest == ""
    assert "░" not in line
    assert line.endswith("100%  loss 0.2500  validation loss 0.5000  400/s  in 0:10")


def test_a_run_that_was_stopped_stays_where_it_was(clock, width):
    terminal = Terminal()
    display = Bar(PLAN, clock, terminal)
    play(display, clock, epochs=2)
    display.close("stopped: the loss no longer falls")
    line, message, rest = terminal.lines
    assert line.startswith("epoch 2/4")
    assert "50%" in line
    assert line.endswith("in 5.0 s")
    assert (message, rest) == ("stopped: the loss no longer falls", "")


def test_a_run_that_never_began_leaves_nothing_but_the_message(clock):
    silent, told = Terminal(), Terminal()
    Bar(PLAN, clock, silent).close()
    Bar(PLAN, clock, told).close("the loss is nan")
    assert silent.getvalue() == ""
    assert told.getvalue() == "the loss is nan\n"


def test_a_shorter_line_leaves_nothing_of_a_longer_one(clock, width):
    terminal = Terminal()
    display = Bar(Plan(1, 10**6, 10**9), clock, terminal)
    clock.now += 3600
    display.update(1, 10, 123.4567, 0.5)
    width(50)
    clock.now += 3600
    display.update(1, 10**6, 0.5, 0.5)
    assert terminal.getvalue().count("\r") == 2
    drawn = terminal.getvalue().split("\r")[-1]
    assert len(drawn) == 49
    assert drawn.endswith("0:00 left")


@pytest.mark.parametrize("columns", [1, 5, 18, 40, 60, 80, 100, 120, 300])
def test_bar_never_fills_a_terminal_so_that_it_wraps(columns, clock, width):
    width(columns)
    terminal = Terminal()
    display = Bar(Plan(100, 10, 1000), clock, terminal)
    play(display, clock, epochs=100, accuracy=0.5, validation_loss=0.5, validation_accuracy=0.5)
    display.close()
    drawn = [part for part in terminal.getvalue().replace("\n", "").split("\r") if part]
    assert max(map(len, drawn), default=0) <= columns - 1


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_bar_is_plain_where_blocks_cannot_be_written(encoding, clock, width):
    terminal = Terminal(encoding)
    display = Bar(PLAN, clock, terminal)
    play(display, clock, epochs=2)
    display.close()
    assert terminal.lines[0].startswith("epoch 2/4 ####################....................  50%")


def test_stdout_without_a_known_encoding_gets_a_plain_bar():
    assert progress.blocks(None) == progress.blocks("no-such-encoding") == "#."


@pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals are of Unix")
def test_bar_in_a_real_terminal_uses_stdout_only():
    code = (
        "from nets.training.progress import progress_display; import time\n"
        "display = progress_display(2, 2, 100)\n"
        "for epoch in (1, 2):\n"
        "    for step in (1, 2):\n"
        "        time.sleep(0.06)\n"
        "        display.update(epoch, step, 0.5)\n"
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
        cwd=Path(progress.__file__).parents[2],
        check=True,
    )
    written = os.read(ours, 10_000).decode()
    os.close(ours)
    os.close(theirs)
    assert run.stderr == b""
    assert written.count("\n") == 1
    assert written.count("\r") >= 3
    assert "epoch 2/2 █" in written.split("\r")[-2]


# Lines


def test_lines_are_one_an_epoch(clock, capfd):
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


@pytest.mark.parametrize("epochs", [51, 99, 300, 12345])
def test_very_many_epochs_leave_about_fifty_lines(epochs, clock):
    stream = io.StringIO()
    play(Lines(Plan(epochs, 1, 10), clock, stream), clock, epochs=epochs, steps=1)
    lines = stream.getvalue().splitlines()
    assert 45 <= len(lines) <= 55
    numbers = [line.removeprefix("epoch ").split("/")[0].strip() for line in lines]
    assert (numbers[0], numbers[-1]) == ("1", str(epochs))


@pytest.mark.parametrize("epochs", [1, 2, 49, 50])
def test_up_to_fifty_epochs_all_have_a_line(epochs):
    assert all(progress.is_printed(epoch, epochs) for epoch in range(1, epochs + 1))


def test_the_last_epoch_of_a_stopped_run_is_printed_once(clock):
    stream = io.StringIO()
    display = Lines(Plan(1000, 1, 10), clock, stream)
    play(display, clock, epochs=27, steps=1)
    display.close("stopped at epoch 27")
    display.close()
    lines = stream.getvalue().splitlines()
    assert [line.split("/")[0].split()[-1] for line in lines[:-1]] == ["1", "20", "27"]
    assert lines[-1] == "stopped at epoch 27"


# The notebook


def test_notebook_makes_one_display_and_updates_it(shell, clock):
    display = progress_display(4, 10, 1000, clock=clock)
    play(display, clock)
    display.close()
    kinds = [kind for kind, _, _ in shell.shown]
    assert kinds == ["display"] + ["update"] * (len(kinds) - 1)
    assert {number for _, number, _ in shell.shown} == {0}
    assert len(kinds) > 10
    last = shell.shown[-1][2]
    assert "width:100%" in last
    assert "epoch 4/4 · 100% · loss 0.2500 · 400/s · in 0:10" in last


def test_notebook_is_updated_at_most_every_tenth_of_a_second(shell, clock):
    display = Notebook(PLAN, clock)
    for _ in range(1000):
        clock.now += 0.001
        display.update(1, 1, 0.5)
    assert 8 <= len(shell.shown) <= 11


def test_notebook_prints_nothing(shell, clock, capfd):
    display = Notebook(PLAN, clock)
    play(display, clock)
    display.close("done")
    assert capfd.readouterr() == ("", "")


def test_html_is_escaped_and_has_no_colour_of_text(shell, clock):
    display = Notebook(PLAN, clock)
    display.close("<script>alert(1)</script> & more")
    (_, _, html), *rest = shell.shown
    assert not rest
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in html
    assert ";color" not in html


def test_real_ipython_is_used_as_it_is_meant_to_be(clock, capsys):
    pytest.importorskip("IPython")
    display = Notebook(PLAN, clock)
    play(display, clock, epochs=1)
    assert "HTML object" in capsys.readouterr().out


# The texts


def test_status_names_only_what_is_known():
    assert progress.status(PLAN, Moment(), 0.0) == {}
    row = {"epoch": 1, "loss": 0.5, "accuracy": None, "seconds": 1.0}
    assert list(progress.status(PLAN, Moment(1, 10, row), 10.0)) == ["loss", "speed", "time"]


def test_time_left_and_speed_are_those_of_the_whole_run():
    texts = progress.status(PLAN, Moment(1, 5, {}), elapsed=90.0)
    assert texts == {"speed": "5.56/s", "time": "10:30 left"}


def test_time_of_a_short_run_has_tenths():
    assert progress.status(PLAN, Moment(4, 10), 0.34, final=True)["time"] == "in 0.3 s"
    assert progress.status(PLAN, Moment(4, 10), 75.0, final=True)["time"] == "in 1:15"


def test_narrow_lines_lose_the_least_missed_first():
    moment = Moment(2, 10, VALIDATED)

    def words(width):
        line = progress.bar_line(PLAN, moment, 60.0, width)
        return " ".join(word for word in line.split()[1:] if word.isalpha())

    assert words(150) == "loss accuracy validation loss validation accuracy left"
    assert words(105) == "loss acc val loss val acc left"
    assert words(75) == "loss acc val acc left"
    assert words(65) == "loss val acc left"
    assert words(50) == "loss left"
    assert words(40) == "loss"
    assert words(20) == ""


def test_percent_is_not_a_hundred_before_the_end():
    line = progress.bar_line(Plan(1, 1000, 1000), Moment(1, 999), 1.0, 80)
    assert " 99%" in line


@pytest.mark.parametrize("plan", [Plan(1, 0, 0), Plan(0, 0, 0), Plan(0, 10, 0)])
def test_an_empty_plan_can_be_drawn(plan):
    for moment in (Moment(), Moment(1, 0, {"loss": 0.5})):
        assert "epoch" in progress.bar_line(plan, moment, 0.0, 80)
        assert "epoch" in progress.bar_html(plan, moment, 1.0, True)


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (0.0123, "0.0123/s"),
        (7, "7/s"),
        (999.6, "1,000/s"),
        (41249, "41,200/s"),
        (2.5e7, "25,000,000/s"),
    ],
)
def test_speed_has_three_digits(rate, text):
    assert progress.speed(rate) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (59.6, "1:00"), (61, "1:01"), (3599.7, "1:00:00"), (100000, "27:46:40")],
)
def test_duration_rounds_to_seconds_and_carries(seconds, text):
    assert progress.duration(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0.000"), (0.5, "0.500"), (-0.5, "-0.500"), (0.0012, "1.20e-03"), (123456, "1.23e+05"),
     (float("nan"), "nan"), (float("inf"), "inf"), (np.float32(0.1), "0.100")],
)  # fmt: skip
def test_numbers_fit_their_place(value, text):
    assert progress.number(value, 3) == text
