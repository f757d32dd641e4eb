"""A clock, a terminal's width, and IPython, all in the hands of the test."""

import os
import sys
from types import ModuleType, SimpleNamespace

import pytest

from tests.nets.training.doubles import Clock


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def width(monkeypatch):
    def set_width(columns):
        size = os.terminal_size((columns, 24))
        # pytest -v asks too, with a fallback, while it reports the test.
        monkeypatch.setattr("shutil.get_terminal_size", lambda fallback=None: size)

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
