"""Checking an unknown layer on the first inputs and in the first form in which both passes run."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from typing import Any

from layers import gradcheck
from layers.gradcheck import GradientReport
from layers.gradcheck.forms.argument_roles import (
    LEARNING_RATES,
    names_of,
    plain,
    takes_anything,
)
from layers.gradcheck.forms.net_of_lists import NetOfLists
from layers.gradcheck.forms.verbs import BACKWARD, verb
from nets.cli.example_arguments import scenes
from nets.cli.find_layers import FoundLayer
from nets.cli.single_trial import Trial
from nets.cli.trial_setups import Arguments, trials
from nets.cli.unchecked_reasons import (
    AbstractError,
    UncheckedError,
    is_form,
    likeliest,
    reason_of,
    refuse_abstract,
    remedy,
)

IMAGES = re.compile("conv|pool|spatial|2d|image")


def checked(
    found: FoundLayer, shape: tuple[int, ...] | None, arguments: Arguments
) -> tuple[str, GradientReport]:
    """The call and the report of the first trial in which both passes run.

    Raises
    ------
    UncheckedError
        If both passes run in no trial. The message says why, and what would make it possible.
    """
    if found.reason:
        raise UncheckedError(found.reason)
    if found.is_class and inspect.isabstract(found.forward):
        raise AbstractError
    reasons: list[str] = []
    unfit: tuple[str, GradientReport] | None = None
    failed: Trial | None = None
    by_example = False
    for scene in scenes(shape, images=bool(IMAGES.search(found.name.lower()))):
        if (unfit and not by_example) or (failed and not _takes_learning_rate(found)):
            break
        for trial in trials(found, scene, arguments, reasons):
            try:
                trial.forward()
            except (Exception, SystemExit) as error:  # it runs a student's code
                refuse_abstract(error)
                reasons.append(reason_of(error))
                continue
            try:
                layer = trial.adapted()
                report = _report(layer, trial.inputs)
            except UncheckedError as error:
                reasons.append(str(error))
            except (Exception, SystemExit) as error:
                refuse_abstract(error)
                reasons.append(reason_of(error))
                is_unknown = is_form(error) or isinstance(error, (NameError, ImportError))
                is_unknown |= _is_hidden(found)
                failed = failed or (None if is_unknown else trial)
            else:
                outcome = (trial.call, report)
                if not any(finding.mistake == "wrong-shape" for finding in report.findings):
                    return outcome
                by_example = isinstance(layer, NetOfLists)  # and may take one at a time
                unfit = unfit or outcome  # other shapes of its arrays may be those it is made for
    if unfit:
        return unfit
    if failed:
        return failed.call, _report(failed.unadapted(), failed.inputs)
    raise UncheckedError(f"{likeliest(reasons)}{remedy(found)}")


def _report(layer: Any, inputs: Sequence[Any]) -> GradientReport:
    try:
        report = gradcheck(layer, *inputs)
    except (ValueError, TypeError) as error:  # such as an output that is nan
        raise UncheckedError(str(error).removeprefix("gradcheck: ")) from error
    for finding in report.findings:
        if finding.mistake == "wrong-output" and "float32" in finding.evidence:
            raise UncheckedError(
                "it computes in float32 inside, in which small changes are lost: leave out "
                "dtype=np.float32 and dtype='f'"
            )
        if finding.mistake == "wrong-output":
            raise UncheckedError(finding.evidence)
    return report


def _is_hidden(found: FoundLayer) -> bool:
    """Whether a decorator hides what backward takes, so that it may have got too little."""
    backward = verb(found.forward, BACKWARD) if found.is_class else found.backward
    return backward is not None and takes_anything(backward)


def _takes_learning_rate(found: FoundLayer) -> bool:
    backward = verb(found.forward, BACKWARD) if found.is_class else found.backward
    return backward is not None and any(plain(n) in LEARNING_RATES for n in names_of(backward))
