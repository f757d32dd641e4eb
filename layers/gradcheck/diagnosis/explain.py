"""From wrong tensors to findings: each gets the explanation that fits its numbers best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.bench import run
from layers.gradcheck.diagnosis.case import Candidate, Case, View
from layers.gradcheck.diagnosis.families.bias import bias
from layers.gradcheck.diagnosis.families.derivative import derivative
from layers.gradcheck.diagnosis.families.earlier import earlier
from layers.gradcheck.diagnosis.families.examples import examples, overwritten
from layers.gradcheck.diagnosis.families.inputs import inputs
from layers.gradcheck.diagnosis.families.labels import labels
from layers.gradcheck.diagnosis.families.masks import masks
from layers.gradcheck.diagnosis.families.matrix import weights
from layers.gradcheck.diagnosis.families.order import order
from layers.gradcheck.diagnosis.families.paths import paths
from layers.gradcheck.diagnosis.families.regularizer import regularizer
from layers.gradcheck.diagnosis.families.scale import scale, zero
from layers.gradcheck.diagnosis.families.shares import shares
from layers.gradcheck.diagnosis.families.updated import updated
from layers.gradcheck.diagnosis.flow import flow
from layers.gradcheck.diagnosis.judge import Verdict, best, differs
from layers.gradcheck.diagnosis.repair import repair
from layers.gradcheck.diagnosis.variations import variations
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.report.finding import Finding

# Of explanations that fit equally well, the first is taken.
FAMILIES = (
    zero,
    bias,
    labels,
    masks,
    weights,
    scale,
    derivative,
    inputs,
    updated,
    earlier,
    examples,
    overwritten,
    shares,
    paths,
    repair,
    flow,
    regularizer,
    order,
)


def explained(
    experiment: Experiment, wrong: Sequence[str], rng: np.random.Generator
) -> Iterator[Finding]:
    """A finding for each wrong tensor: the mistake that explains it, or that none does."""
    bench = run(experiment) if wrong else None
    if bench is None:
        return
    benches = [bench, *variations(bench, rng)]
    for name in wrong:
        views = [View(bench, name) for bench in benches if name in bench.tensors]
        case = Case(name, [view for view in views if view.places.size])
        with np.errstate(all="ignore"):
            finding = _finding(case) if case.views else None
        yield finding or Finding("unexplained", name, _unknown(name), confidence=0.0)


def _finding(case: Case) -> Finding:
    verdict = best(case, _candidates(case))
    if verdict is None:
        return Finding("unexplained", case.name, _unexplained(case), confidence=0.0)
    evidence = _evidence(case, verdict)
    return Finding(verdict.candidate.mistake, case.name, evidence, verdict.confidence)


def _candidates(case: Case) -> Iterator[Candidate]:
    """All mistakes; those that only name a pattern come after all others."""
    general = []
    for candidate in chain.from_iterable(family(case) for family in FAMILIES):
        if candidate.general:
            general.append(candidate)
        else:
            yield candidate
    yield from general


def _evidence(case: Case, verdict: Verdict) -> str:
    view, candidate = case.first, verdict.candidate
    predicted = candidate.predict(view)
    entries = view.places.size
    fit = entries if predicted is None else entries - int(differs(view, predicted).sum())
    share = f"all {entries} entries" if fit == entries else f"{fit} of {entries} entries"
    because = f"; {candidate.because}" if candidate.because else ""
    where = share if entries > 1 else "its one entry"
    return f"d{case.name} {candidate.says} in {where}{because}"


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
    shape = view.tensor.array.shape
    indices = np.unravel_index(view.places[off], shape)
    common = [np.unique(along) for along in indices]
    fixed = [
        str(values[0]) if values.size == 1 and length > 1 else ":"
        for values, length in zip(common, shape, strict=True)
    ]
    return f", all of them in {view.name}[{', '.join(fixed)}]" if set(fixed) > {":"} else ""


def _unknown(name: str) -> str:
    return f"d{name} cannot be explained: at no entry of {name} has the function a slope"
