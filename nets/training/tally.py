"""The means of an epoch over its examples."""

from __future__ import annotations

from collections.abc import Mapping


class Tally:
    """Means over the examples so far.

    Examples
    --------
    >>> tally = Tally()
    >>> tally.add(32, {"loss": 2.0})
    >>> tally.add(16, {"loss": 0.5})
    >>> tally.means
    {'loss': 1.5}
    """

    def __init__(self) -> None:
        self._examples = 0
        self._sums: dict[str, float] = {}

    def add(self, examples: int, figures: Mapping[str, float]) -> None:
        """Add a batch, given the means over its examples."""
        self._examples += examples
        for name, value in figures.items():
            self._sums[name] = self._sums.get(name, 0.0) + value * examples

    @property
    def means(self) -> dict[str, float]:
        """The mean of every figure."""
        return {name: total / self._examples for name, total in self._sums.items()}
