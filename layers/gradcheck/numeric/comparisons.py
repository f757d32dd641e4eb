"""Numbers of a gradient beside numeric slopes, compared quickly and then as closely as it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from layers.gradcheck.numeric.slopes import UNDERFLOW, Line, careful, extrapolated, quick
from layers.gradcheck.report.report import GradientEntry

NEGLIGIBLE = 1e-9  # in units of dout: rounding that need not be told from a mistake
NEAR = 100  # times the tolerance: the quick estimate may be off by so much


class Kink(Enum):
    """Whether a comparison may have failed because the function has no slope there."""

    NONE = 0
    POSSIBLE = 1
    SEEN = 2


@dataclass(slots=True)
class ClaimedSlope:
    """One number to compare: a line through the tensor, and the slope by backward along it.

    ``rounding`` is the rounding error of a backward that computes with numbers of size 1: in
    p - 1 of a saturated p, digits are lost without a mistake.
    """

    place: str
    line: Line
    analytic: float
    rounding: float

    def compared(self, numeric: float, doubt: float, tolerance: float) -> GradientEntry:
        """The comparison with a slope that may be off by `doubt`."""
        noticed = tolerance * max(abs(self.analytic), abs(numeric)) + 2 * doubt
        error = relative(self.analytic, numeric, 2 * doubt / tolerance)
        return GradientEntry(self.place, self.analytic, numeric, error, noticed)


def estimates(claims: Sequence[ClaimedSlope], tolerance: float) -> list[GradientEntry]:
    """Comparisons of lines in one tensor, by a few passes each.

    Where one fails, the estimate may be to blame, and `closely` knows more.
    """
    slopes, rounding = quick([claim.line for claim in claims])
    found = [
        claim.compared(float(slope), 0.0, tolerance)
        for claim, slope in zip(claims, slopes, strict=True)
    ]
    again = [
        k
        for k, entry in enumerate(found)
        if entry.error > tolerance
        and (entry.error < NEAR * tolerance or abs(entry.analytic - entry.numeric) <= rounding[k])
    ]
    if again:
        better = zip(*extrapolated([claims[k].line for k in again]), strict=True)
        for k, (slope, rounding) in zip(again, better, strict=True):
            small = rounding <= NEGLIGIBLE * np.abs(claims[k].line.dout).max(initial=0.0)
            doubt = float(rounding) + claims[k].rounding if small else 0.0
            found[k] = claims[k].compared(float(slope), doubt, tolerance)
    return found


def closely(claim: ClaimedSlope, tolerance: float) -> tuple[GradientEntry, Kink]:
    """A comparison with the best slope that can be had, and whether a kink may be why it fails."""
    slope = careful(claim.line, claim.analytic)
    entry = claim.compared(slope.value, slope.error + claim.rounding, tolerance)
    distance = abs(claim.analytic - slope.value)
    # Kinks that cancel each other cannot be seen, but what they do to the slope is not small.
    visible = slope.kink > 1e-3 * distance
    large = distance > 0.1 * max(abs(claim.analytic), abs(slope.value))
    if entry.error <= tolerance or not (visible or large):
        return entry, Kink.NONE
    return entry, Kink.SEEN if visible else Kink.POSSIBLE


def relative(analytic: float, numeric: float, floor: float = 0.0) -> float:
    """Difference over size; above the tolerance only if the numeric error cannot explain it."""
    if abs(analytic - numeric) <= UNDERFLOW or floor == np.inf:
        return 0.0
    if not (np.isfinite(analytic) and np.isfinite(numeric)):
        return np.inf
    return abs(analytic - numeric) / (max(abs(analytic), abs(numeric)) + floor)
