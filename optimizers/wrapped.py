"""An optimizer around another one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optimizers import param_arrays, requirements
from optimizers.optimizer import LearningRate, Optimizer
from optimizers.spelling import spelled


class Wrapped(Optimizer):
    """An optimizer that hands its steps on to another: learning rate, clock and state are its.

    Parameters
    ----------
    optimizer : Optimizer
        What makes the step.

    Raises
    ------
    TypeError
        If that is not an optimizer.
    """

    optimizer: Any

    @spelled
    def __init__(self, optimizer: Any) -> None:
        if isinstance(optimizer, type) or not callable(getattr(optimizer, "step", None)):
            raise TypeError(
                f"{requirements.label(self)}: expected an optimizer such as Adam(), got "
                f"{requirements.short(optimizer)}"
            )
        self.optimizer = optimizer

    @property
    def learning_rate(self) -> LearningRate:
        """That of the optimizer inside, where it may be set too."""
        rate: LearningRate = self.optimizer.learning_rate
        return rate

    @learning_rate.setter
    def learning_rate(self, value: LearningRate) -> None:
        self.optimizer.learning_rate = value

    @property
    def t(self) -> int:
        """The clock of the optimizer inside."""
        return int(self.optimizer.t)

    @t.setter
    def t(self, value: int) -> None:
        self.optimizer.t = value

    @property
    def state(self) -> dict[str, param_arrays.State]:
        """What the optimizer inside remembers."""
        state: dict[str, param_arrays.State] = self.optimizer.state
        return state

    @state.setter
    def state(self, value: dict[str, param_arrays.State]) -> None:
        self.optimizer.state = value

    def own_settings(self) -> dict[str, Any]:
        """The settings without the optimizer inside."""
        return {name: value for name, value in self.settings().items() if name != "optimizer"}

    def state_dict(self) -> dict[str, Any]:
        """The rule's name and settings, and the `state_dict` of the optimizer inside."""
        return {
            "rule": type(self).__name__,
            "settings": self.own_settings(),
            "optimizer": self.optimizer.state_dict(),
        }

    @spelled
    def load_state_dict(self, saved: Mapping[str, Any]) -> None:
        """Go on from a `state_dict`, of which copies are taken.

        Raises
        ------
        ValueError
            If it is not one, or one of another rule. Nothing has been changed then.
        """
        owner = "load_state_dict"
        param_arrays.saved(owner, saved, self.state_dict())
        try:
            type(self)(self.optimizer, **saved["settings"])
        except (TypeError, ValueError) as error:
            raise ValueError(f"{owner}: {error}") from error
        self.optimizer.load_state_dict(saved["optimizer"])
        self.__dict__.update(saved["settings"])
