"""The base of all schedules, which checks their settings and the number of the step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optimizers.requirements import Check, number


@dataclass(frozen=True)
class Schedule:
    """A learning rate for each step: called with the number of the step, counted from 1.

    A subclass declares its settings as fields, and defines ``_rate``.
    """

    checks: ClassVar[dict[str, Check]] = {}

    def __post_init__(self) -> None:
        for name, check in self.checks.items():
            value = getattr(self, name)
            if isinstance(value, np.generic):  # NumPy's small integer types would overflow
                value = value.item()
                object.__setattr__(self, name, value)
            check(self, name, value)

    def __call__(self, t: int) -> float:
        """Return the learning rate of step t."""
        number(self, "t", t, low=1)
        return self._rate(t.item() if isinstance(t, np.generic) else t)

    def _rate(self, t: int) -> float:
        raise NotImplementedError(f"{type(self).__name__} does not define _rate")
