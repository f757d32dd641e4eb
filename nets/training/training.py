"""A run under way, and what callbacks are told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from nets.training.history import History
from nets.training.snapshot import Snapshot


@dataclass
class Training:
    """A run under way, as callbacks see it after each epoch.

    Attributes
    ----------
    net, loss, optimizer, epochs
        What `fit` was called with.
    history : History
        The epochs so far.
    stopped : str
        Why the run ends after this epoch; empty while it goes on.
    began : Snapshot
        The parameters and buffers with which the newest epoch began, once a step of it had a
        finite loss.
    """

    net: Any
    loss: Any
    optimizer: Any
    epochs: int
    history: History = field(default_factory=History)
    stopped: str = ""
    began: Snapshot = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.began = Snapshot(self.net)

    def stop(self, why: str = "stopped by a callback") -> None:
        """End the run after this epoch, and say why."""
        self.stopped = str(why) or "stopped by a callback"

    @property
    def last(self) -> bool:
        """Whether the run ends after this epoch, as far as is known."""
        return bool(self.stopped) or len(self.history) == self.epochs


Callback = Callable[[Training], object]


def finishing(callbacks: Iterable[Callback], training: Training) -> ExitStack:
    """A context that calls ``finish(training)`` of every callback that has it, in order.

    It does so however it is left: by an interrupt, by an error in the net or in a callback, and
    even if another ``finish`` fails.
    """
    stack = ExitStack()
    for callback in reversed(list(callbacks)):  # a stack unwinds from its top
        if callable(finish := getattr(callback, "finish", None)):
            stack.callback(finish, training)
    return stack
