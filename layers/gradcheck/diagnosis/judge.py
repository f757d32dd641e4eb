"""Which explanation fits the numbers best."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View

SAME = 1e-5  # relative difference up to which an entry counts as explained
ROUNDING = 1e-8  # share of the largest entry that the numeric gradient may be off
ENOUGH = 0.95  # the share of the wrong entries that an explanation must explain


@dataclass(frozen=True)
class Verdict:
    """The best explanation of a wrong tensor.

    Attributes
    ----------
    candidate : Candidate
        The mistake.
    confidence : float
        The share of the entries that it explains, divided by the number of mistakes that explain
        as many.
    """

    candidate: Candidate
    confidence: float


def best(case: Case, candidates: Iterable[Candidate]) -> Verdict | None:
    """The candidate with the fewest entries unexplained; of equals, the first.

    Where a tensor is so large that only some of its entries are looked at, the first candidate that
    explains all of them is taken: others cost time, and chance explains no such tensor.
    """
    wrong = sum(int(differs(view, view.numeric).sum()) for view in case.views)
    allowed = int((1 - ENOUGH) * wrong)
    left = []
    for candidate in candidates:
        left.append((candidate, _unexplained(case, candidate, allowed)))
        if not (left[-1][1] or case.first.complete):
            break
    fewest = min((count for _, count in left), default=wrong)
    if not wrong or fewest > allowed:
        return None
    fitting = [candidate for candidate, count in left if count == fewest]
    named = {candidate.mistake for candidate in fitting if not candidate.general}
    entries = sum(view.places.size for view in case.views)
    return Verdict(fitting[0], round((1 - fewest / entries) / max(len(named), 1), 3))


def _unexplained(case: Case, candidate: Candidate, allowed: int) -> int:
    """How many entries are not as predicted, counted on until it is too many."""
    total = 0
    for view in case.views:
        with np.errstate(all="ignore"):
            predicted = candidate.predict(view)
        if predicted is None:
            total += view.places.size
        else:
            total += int(differs(view, predicted).sum())
        if total > allowed:
            break
    return total


def differs(view: View, predicted: Array) -> Array:
    """Where backward does not say what is predicted.

    Entries differ if they are further apart than rounding, and than a small part of what there is
    to explain.
    """
    size = np.maximum(np.abs(view.analytic), np.abs(predicted))
    largest = size.max(initial=0.0)
    to_explain = np.abs(view.analytic - view.numeric).max(initial=0.0)
    allowed = np.minimum(SAME * (size + 0.1 * largest), 0.02 * to_explain)
    unlike: Array = ~(np.abs(view.analytic - predicted) <= np.maximum(allowed, ROUNDING * largest))
    return unlike
