"""How far a training run is: shown in a notebook, in a terminal or in a log, always on stdout."""

from __future__ import annotations

import sys
import time

from nets.training.progress.bar import Bar
from nets.training.progress.displays import Clock, Lines, Progress
from nets.training.progress.jupyter import Notebook
from nets.training.progress.pace import Plan
from nets.training.progress.stdout import Output


def progress_display(
    epochs: int, steps: int, examples: int, enabled: bool = True, clock: Clock = time.perf_counter
) -> Progress:
    """The display for the place that output goes to: a notebook, a terminal, or anything else.

    Parameters
    ----------
    epochs : int
        The epochs of the run.
    steps, examples : int
        The steps and the examples of one epoch.
    enabled : bool
        False gives a display that shows nothing.
    clock : callable
        Returns the time in seconds.

    Examples
    --------
    >>> display = progress_display(epochs=2, steps=5, examples=400, clock=iter([0, 4, 8]).__next__)
    >>> display.epoch_end({"epoch": 1, "loss": 0.75, "accuracy": 0.5})
    epoch 1/2  loss 0.7500  accuracy 0.5000  100/s  0:04 left
    >>> display.epoch_end({"epoch": 2, "loss": 0.25, "accuracy": 1.0})
    epoch 2/2  loss 0.2500  accuracy 1.0000  100/s  in 8.0 s
    >>> display.close()
    """
    plan = Plan(epochs, steps, examples)
    if not enabled:
        return Progress()
    output = Output(sys.stdout)
    if _in_notebook():
        return Notebook(plan, clock)
    return Bar(plan, clock, output) if output.is_terminal else Lines(plan, clock, output)


def _in_notebook() -> bool:
    """Whether a Jupyter kernel runs this; who has not imported IPython is not asked to."""
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return get_ipython is not None and getattr(get_ipython(), "kernel", None) is not None
