"""An optimizer around another one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optimizers import param_arrays, requirements
from optimizers.optimizer import Optimizer
from optimizers.spelling import spelled


def _inside(name: str) -> property:
    """An attribute of the optimizer inside, which may be set too."""
    return property(
        lambda self: getattr(self.optimizer, name),
        lambda self, value: setattr(self.optimizer, name, value),
    )


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

    learning_rate: Any = _inside("learning_rate")
    t: Any = _inside("t")
    state: Any = _inside("state")

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
        with param_arrays.loading(owner):
            param_arrays.saved(owner, saved, self.state_dict())
            restored = type(self)(self.optimizer, **saved["settings"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.__dict__.update(vars(restored))
