"""A training run in progress, as callbacks see it, and its end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from layers.core.base import LayerLike, LossLike
from layers.core.checks import unlike
from nets.training.history import History
from nets.training.progress.progress import Progress
from nets.training.snapshot import Snapshot
from optimizers.optimizer import OptimizerLike


@dataclass
class Training:
    """A training run in progress, which `fit` passes to callbacks after each epoch.

    Attributes
    ----------
    net, loss, optimizer, epochs
        The arguments of `fit`.
    history : History
        The epochs so far.
    stopped : str
        Why the run ends after this epoch; empty if it does not.
    remark : str
        A message to show at the end.
    began : Snapshot
        The parameters and buffers at the beginning of the latest epoch with a finite loss.
    """

    net: LayerLike
    loss: LossLike
    optimizer: OptimizerLike
    epochs: int
    history: History = field(default_factory=History)
    stopped: str = ""
    remark: str = ""
    began: Snapshot = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.began = Snapshot(self.net)

    def __setattr__(self, name: str, value: object) -> None:
        """Set an attribute; ``training.stop = True`` would have no effect, and so it raises."""
        if name not in self.__dataclass_fields__:
            raise AttributeError(
                f"Training: {name} cannot be set; call training.stop() to end the run, and keep "
                "your own state in the callback"
            )
        if name in ("stopped", "remark") and not isinstance(value, str):
            raise TypeError(unlike("Training", name, "a string", value))
        super().__setattr__(name, value)

    def stop(self, why: str = "stopped by a callback") -> None:
        """End the run after this epoch, for the reason given."""
        self.stopped = str(why) or "stopped by a callback"

    @property
    def last(self) -> bool:
        """Whether the run is known to end after this epoch."""
        return bool(self.stopped) or len(self.history) == self.epochs


Callback = Callable[[Training], object]


@contextmanager
def running(training: Training, callbacks: Iterable[Callback], display: Progress) -> Iterator[None]:
    """End a run properly, whether it finishes, is interrupted or raises an error.

    Every callback that has a method ``finish`` is finished, in order, even if an earlier one
    fails; an exception gets the history; and the display is closed.
    """

    def close() -> None:
        display.close("\n".join(filter(None, [training.stopped, training.remark])))

    try:
        with ExitStack() as stack:  # which unwinds from its top
            stack.callback(close)
            for callback in reversed(list(callbacks)):
                if callable(finish := getattr(callback, "finish", None)):
                    stack.callback(finish, training)
            yield
    except BaseException as error:
        error.__dict__["history"] = training.history
        raise
