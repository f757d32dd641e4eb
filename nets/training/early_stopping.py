"""Early stopping: end a run that no longer improves, and go back to its best parameters."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from layers.core.base import LayerLike
from layers.core.checks import count, unlike
from nets.training.foreign_arguments import named
from nets.training.history import History
from nets.training.snapshot import Snapshot
from optimizers.requirements import number

if TYPE_CHECKING:
    from nets.training.training import Training

CURVES = ("loss", "accuracy", "validation_loss", "validation_accuracy")


class EarlyStopping:
    """A callback of `fit` that stops a run without improvement and restores the best parameters.

    When the run ends, for whatever reason, the net gets back the parameters and buffers for which
    the best value was measured. Validation is measured after an epoch: these are the parameters
    at the end of ``best_epoch``. The training loss and accuracy are measured during the epoch,
    while the parameters change: these are the parameters at the beginning of ``best_epoch``, which
    is exact with one step per epoch. Each run starts afresh.

    Parameters
    ----------
    patience : int
        The number of epochs in a row without improvement after which the run is stopped.
    monitor : str
        The column of `History` to watch: a loss, which should fall, or an accuracy, which should
        rise.
    min_delta : float
        The least change that counts as an improvement, exclusive.

    Attributes
    ----------
    best : float
        The best value of the run so far.
    best_epoch : int
        Its epoch.

    Raises
    ------
    ValueError
        If a setting is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> from layers import MSE, FullyConnected
    >>> from nets import EarlyStopping, Sequential, fit
    >>> from optimizers import SGD
    >>> x, t, x_new, t_new = np.random.default_rng(0).normal(size=(4, 8, 1))  # nothing to learn
    >>> net = Sequential(FullyConnected(1, 1, rng=0))
    >>> stopping = EarlyStopping(patience=3)
    >>> history = fit(net, MSE(), SGD(0.1), x, t, epochs=100, validation=(x_new, t_new),
    ...               callbacks=[stopping], progress=False)
    >>> stopping.best_epoch, len(history), stopping.best == min(history.validation_loss)
    (2, 5, True)

    Notes
    -----
    Source: CSE 587, lecture 3, "Early stopping".
    """

    @named
    def __init__(
        self, patience: int, *, monitor: str = "validation_loss", min_delta: float = 0.0
    ) -> None:
        self.patience = count("EarlyStopping", "patience", patience)
        if not isinstance(monitor, str) or monitor not in CURVES:
            one = f"one of {', '.join(CURVES)}"
            raise ValueError(unlike("EarlyStopping", "monitor", one, monitor))
        self.monitor = monitor
        self.min_delta = number(self, "min_delta", min_delta)
        self._begin(History())

    @property
    def needs(self) -> tuple[str, ...]:
        """The columns of `History` that it reads."""
        return (self.monitor,)

    def _begin(self, history: History) -> None:
        """Forget an earlier run."""
        self._history = history
        self.best, self.best_epoch = math.nan, 0
        self._snapshot: Snapshot | None = None

    def __call__(self, training: Training) -> None:
        """Look at the epoch just completed, and stop the run if it no longer improves."""
        if training.history is not self._history:
            self._begin(training.history)
        epoch, value = len(training.history), training.history[self.monitor][-1]
        if self._snapshot is None or self._improved(value):
            self.best, self.best_epoch = value, epoch
            self._snapshot = Snapshot(training.net) if self._is_after_epoch else training.began
        elif epoch - self.best_epoch >= self.patience:
            which = "its parameters" if self._is_after_epoch else "the parameters it began with"
            training.stop(
                f"stopped early: {self.monitor} was best in epoch {self.best_epoch}; "
                f"{which} are back"
            )

    def finish(self, training: Training) -> None:
        """Restore the best parameters of the run, if an epoch was completed."""
        if training.history is not self._history:
            self._begin(training.history)
        self.restore(training.net)

    def restore(self, net: LayerLike) -> None:
        """Put the best parameters and buffers back, as happens at the end of each run."""
        if self._snapshot is not None:
            self._snapshot.restore(net)

    @property
    def _is_after_epoch(self) -> bool:
        return self.monitor.startswith("validation")

    def _improved(self, value: float) -> bool:
        gain = value - self.best if self.monitor.endswith("accuracy") else self.best - value
        return gain > self.min_delta or (math.isnan(self.best) and not math.isnan(value))

    def __repr__(self) -> str:
        return (
            f"EarlyStopping(patience={self.patience}, monitor={self.monitor!r}, "
            f"min_delta={self.min_delta!r})"
        )
