"""Which mistake fits the numbers best."""

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
class Explanation:
    """The mistake that explains a wrong tensor best.

    ``confidence`` is the share of the entries that it explains, divided by the number of mistakes
    that explain as many.
    """

    candidate: Candidate
    confidence: float


def best(case: Case, candidates: Iterable[Candidate]) -> Explanation | None:
    """The candidate that leaves the fewest entries unexplained; of equals, the first.

    Where a tensor is so large that only some of its entries are compared, the first candidate that
    explains all of them is taken: trying the rest takes time, and chance explains no such tensor.
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
    return Explanation(fitting[0], round((1 - fewest / entries) / max(len(named), 1), 3))


def _unexplained(case: Case, candidate: Candidate, allowed: int) -> int:
    """How many entries are not as predicted, counted until there are too many."""
    total = 0
    for view in case.views:
        try:
            with np.errstate(all="ignore"):
                predicted = candidate.predict(view)
        except Exception:  # what was tried does not fit what a user's layer holds
            predicted = None
        total += view.places.size if predicted is None else int(differs(view, predicted).sum())
        if total > allowed:
            break
    return total


def differs(view: View, predicted: Array) -> Array:
    """Where backward did not return what is predicted.

    Entries differ if they are further apart than rounding, and than a small part of the error to
    be explained.
    """
    size = np.maximum(np.abs(view.analytic), np.abs(predicted))
    largest = size.max(initial=0.0)
    to_explain = np.abs(view.analytic - view.numeric).max(initial=0.0)
    allowed = np.minimum(SAME * (size + 0.1 * largest), 0.02 * to_explain)
    close = np.abs(view.analytic - predicted) <= np.maximum(allowed, ROUNDING * largest)
    return np.asarray(~close)  # nan is not close to anything
