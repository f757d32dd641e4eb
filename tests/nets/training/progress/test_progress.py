import sys
from types import SimpleNamespace

import pytest

from nets.training.progress.bar import Bar
from nets.training.progress.displays import Lines, Progress
from nets.training.progress.jupyter import Notebook
from nets.training.progress.progress import progress_display
from tests.nets.training.doubles import Clock, Terminal, play


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


def test_anything_else_gets_lines_on_stdout(clock, capfd):
    display = progress_display(4, 10, 1000, clock=clock)
    assert type(display) is Lines
    play(display, clock)
    out, err = capfd.readouterr()
    assert out.count("\n") == 4
    assert err == ""


def test_a_program_without_stdout_gets_a_silent_display(monkeypatch):
    monkeypatch.setattr("sys.stdout", None)
    display = progress_display(4, 10, 1000)
    play(display, Clock())
    display.close("stopped")
