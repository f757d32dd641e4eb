"""From wrong tensors to findings: each gets the explanation that fits its numbers best."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import chain

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View
from layers.gradcheck.diagnosis.families.activations_and_masks import (
    derivatives,
    inner_slopes,
    masks,
)
from layers.gradcheck.diagnosis.families.bias_and_shapes import bias, missing_examples
from layers.gradcheck.diagnosis.families.convolution_windows import convolutions
from layers.gradcheck.diagnosis.families.factors_and_signs import factors, penalties, zero
from layers.gradcheck.diagnosis.families.gradient_paths import (
    jacobian_patterns,
    shortcuts,
    softmax_sums,
)
from layers.gradcheck.diagnosis.families.losses_and_labels import labels, logarithms, other_inputs
from layers.gradcheck.diagnosis.families.matrices_and_order import (
    cell_path,
    gates,
    heads,
    matrices,
    order,
    repairs,
)
from layers.gradcheck.diagnosis.families.state_and_sharing import (
    earlier_calls,
    quadratic_forms,
    repeated_lookups,
    shared_parameters,
    steps,
    updated_parameters,
)
from layers.gradcheck.diagnosis.judge import best, differs
from layers.gradcheck.diagnosis.measurement import measured, variations
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.report.finding import Finding

# Of explanations that fit equally well, the first is taken.
FAMILIES = (
    zero,
    bias,
    labels,
    masks,
    matrices,
    factors,
    logarithms,
    derivatives,
    other_inputs,
    updated_parameters,
    earlier_calls,
    cell_path,
    missing_examples,
    repeated_lookups,
    shared_parameters,
    shortcuts,
    repairs,
    gates,
    heads,
    inner_slopes,
    quadratic_forms,
    softmax_sums,
    steps,
    jacobian_patterns,
    penalties,
    order,
    convolutions,
)


def explained(
    experiment: Experiment, wrong: Sequence[str], rng: np.random.Generator
) -> Iterator[Finding]:
    """A finding for each wrong tensor: the mistake that explains it, or that none does."""
    first = measured(experiment) if wrong else None
    if first is None:
        return
    measurements = [first, *variations(first, rng)]
    for name in wrong:
        views = [View(found, name) for found in measurements if name in found.tensors]
        case = Case(name, [view for view in views if view.places.size])
        evidence = f"d{name} cannot be explained: the function has no slope at any entry of {name}"
        if case.views:
            with np.errstate(all="ignore"):
                yield _finding(case)
        else:
            yield Finding("unexplained", name, evidence, confidence=0.0)


def _finding(case: Case) -> Finding:
    found = best(case, _candidates(case))
    if found is None:
        return Finding("unexplained", case.name, _unexplained(case), confidence=0.0)
    evidence = _evidence(case, found.candidate)
    return Finding(found.candidate.mistake, case.name, evidence, found.confidence)


def _candidates(case: Case) -> Iterator[Candidate]:
    """All mistakes; those that are only a pattern come after all others."""
    general = []
    for candidate in chain.from_iterable(_of_family(family, case) for family in FAMILIES):
        if candidate.general:
            general.append(candidate)
        else:
            yield candidate
    yield from general


def _of_family(family: Callable[[Case], Iterator[Candidate]], case: Case) -> Iterator[Candidate]:
    """What a family offers; the verdict stands without one that a user's layer confuses."""
    with suppress(Exception):
        yield from family(case)


def _evidence(case: Case, candidate: Candidate) -> str:
    view = case.first
    predicted = candidate.predict(view)
    entries = view.places.size
    fit = entries if predicted is None else entries - int(differs(view, predicted).sum())
    share = f"all {entries} entries" if fit == entries else f"{fit} of {entries} entries"
    because = f"; {candidate.because}" if candidate.because else ""
    where = share if entries > 1 else "its one entry"
    return f"d{case.name} {candidate.claim} in {where}{because}"


def _unexplained(case: Case) -> str:
    view = case.first
    off = differs(view, view.numeric)
    return (
        f"none of the known mistakes explains d{case.name}: {off.sum()} of {off.size} entries "
        f"are off{_by_how_much(view, off)}{_where(view, off)}"
    )


def _by_how_much(view: View, off: Array) -> str:
    ratios = (view.analytic / view.numeric)[off] + 0.0
    ratios = ratios[np.isfinite(ratios)]
    if not ratios.size:
        return ""
    least, most = f"{ratios.min():.4g}", f"{ratios.max():.4g}"
    return f", by a factor of {least}" if least == most else f", by factors from {least} to {most}"


def _where(view: View, off: Array) -> str:
    """What the wrong entries have in common: one place, or one row, column or other slice."""
    indices = np.unravel_index(view.places[off], view.shape)
    common = [np.unique(along) for along in indices]
    fixed = [
        str(values[0]) if values.size == 1 and length > 1 else ":"
        for values, length in zip(common, view.shape, strict=True)
    ]
    return f", all of them in {view.name}[{', '.join(fixed)}]" if set(fixed) > {":"} else ""
