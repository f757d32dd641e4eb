"""What a check of a large tensor can miss, and how probably."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Sampling:
    """How a tensor was checked that is too large for all its entries.

    Attributes
    ----------
    entries, of : int
        How many entries were compared, of how many.
    directions : int
        Along how many random directions the tensor was moved as a whole.
    sharpness : float
        The smallest difference that would have been noticed along each direction, as a share of
        the length of the gradient.
    """

    entries: int
    of: int
    directions: int
    sharpness: float

    def missed(self, error: float) -> float:
        """The probability of missing an error that is this share of the gradient in length.

        Along a direction of standard normal numbers, an error e shows as e . v, which is normal
        with the standard deviation |e|. It is missed if it stays below what can be noticed, and
        that in each of the independent directions. The sampled entries are ignored here.

        Examples
        --------
        >>> Sampling(entries=50, of=400_000, directions=6, sharpness=1e-6).missed(1e-3) < 1e-18
        True
        """
        return math.erf(self.sharpness / (error * math.sqrt(2))) ** self.directions

    def sentence(self, name: str) -> str:
        """The sentence about it in the report."""
        alone = 1 / math.sqrt(self.of)  # one entry of ordinary size, wrong altogether
        return (
            f"{name}: {self.entries} of {self.of} entries were compared, and {self.directions} "
            f"random directions: an error of 0.1 % of d{name} is missed with probability "
            f"{self.missed(1e-3):.0e}, an error of 0.001 % with {self.missed(1e-5):.0e}, a single "
            f"missing entry with {self.missed(alone):.0e}"
        )
