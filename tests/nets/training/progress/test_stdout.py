"""A standard output that fails does not end a run."""

import io
import os
import subprocess
import sys

import pytest

from nets.training.progress.progress import progress_display
from nets.training.progress.stdout import Output
from tests.nets.training.doubles import Clock, play


class Written:
    """What a student redirects standard output to: it has nothing but write."""

    def __init__(self, error=None):
        self.texts, self.error = [], error

    def write(self, text):
        self.texts.append(text)
        if self.error:
            raise self.error


class Terminal(Written):
    """A terminal that fails."""

    encoding = "utf-8"

    def isatty(self):
        return True


def closed():
    stream = io.StringIO()
    stream.close()
    return stream


def encoded(encoding):
    return io.TextIOWrapper(io.BytesIO(), encoding)


STREAMS = {
    "None": lambda: None,
    "only write": Written,
    "closed": closed,
    "a closed file": lambda: open(os.devnull, "w").close() or closed(),
    "in memory": io.StringIO,
    "cp1252": lambda: encoded("cp1252"),
    "ascii": lambda: encoded("ascii"),
    "read only": lambda: io.TextIOWrapper(io.BufferedReader(io.BytesIO())),
    "no write": object,
    "full disk": lambda: Written(OSError(28, "No space left on device")),
    "broken pipe": lambda: Written(BrokenPipeError()),
    "detached": lambda: (stream := encoded("utf-8"), stream.detach())[0],
    "failing terminal": lambda: Terminal(OSError()),
    "terminal": Terminal,
}


@pytest.mark.parametrize("columns", [0, 1, 10, 100])
@pytest.mark.parametrize("kind", STREAMS)
def test_a_run_continues_whatever_standard_output_is(kind, columns, width, monkeypatch):
    width(columns)
    monkeypatch.setattr("sys.stdout", STREAMS[kind]())
    clock = Clock()
    display = progress_display(4, 10, 1000, clock=clock)
    play(display, clock)
    display.close("stopped → here")


def test_what_cannot_be_encoded_is_a_question_mark():
    stream = encoded("cp1252")
    Output(stream).write("ä → █\n")
    assert stream.buffer.getvalue() == b"\xe4 ? ?\n"


def test_after_a_failure_nothing_is_tried_again():
    stream = Written(OSError())
    output = Output(stream)
    for _ in range(3):
        output.write("x")
    assert stream.texts == ["x"]


def test_an_interrupt_is_not_a_failure():
    with pytest.raises(KeyboardInterrupt):
        Output(Written(KeyboardInterrupt())).write("x")


RUN = """
import numpy as np, sys
from layers import FullyConnected, MSE
from nets import fit
from optimizers import SGD
x = np.ones((4, 1))
fit(FullyConnected(1, 1, rng=0), MSE(), SGD(0.01), x, x, epochs=300)
print("what comes after it")
print("done", file=sys.stderr)
"""


@pytest.mark.skipif(os.name == "nt", reason="pipes break in another way there")
def test_a_reader_that_leaves_does_not_end_the_run():
    command = [sys.executable, "-c", RUN]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        run.stdout.close()
        errors = run.stderr.read()
    assert (errors, run.returncode) == (b"done\n", 0)
