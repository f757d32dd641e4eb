"""The laws that a layer keeps beside having the right gradient.

Each law runs an experiment and yields what it finds broken.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from layers.gradcheck.experiment import Experiment, flat, scaled
from layers.gradcheck.report import Finding
from layers.params import Array

LAST_DIGITS = 1e-9  # two ways to compute one number may differ by this share of the largest


def broken_laws(experiment: Experiment) -> Iterator[Finding]:
    """All laws, for a layer whose backward returns gradients of the right form."""
    for law in (arguments_untouched, repeatable, same_twice, linear_in_dout):
        yield from law(experiment)


def arguments_untouched(experiment: Experiment) -> Iterator[Finding]:
    """Neither forward nor backward writes to the inputs, to dout or to the parameters."""
    given = {f"input {i}": array for i, array in enumerate(experiment.inputs)}
    given |= {f"the parameter {key}": array for key, array in experiment.tensors().items()}
    if isinstance(experiment.dout, np.ndarray):
        given["dout"] = experiment.dout
    before = {name: array.tobytes() for name, array in given.items()}
    kept = {name: array.copy() for name, array in given.items()}
    for verb, call in (
        ("forward", experiment.run),
        ("backward", lambda: experiment.gradients(experiment.dout)),
    ):
        call()
        for name, array in given.items():
            if array.tobytes() != before[name]:
                array[...] = kept[name]
                yield Finding("mutates-input", name, f"{verb} changes {name} in place")


def repeatable(experiment: Experiment) -> Iterator[Finding]:
    """The same inputs give the same output."""
    if not np.array_equal(flat(experiment.run()), flat(experiment.y), equal_nan=True):
        evidence = (
            "forward gives two different outputs for one input; random numbers must come from a "
            "numpy.random.Generator that the layer holds"
        )
        yield Finding("not-repeatable", "", evidence)


def same_twice(experiment: Experiment) -> Iterator[Finding]:
    """A second backward says what the first said, and leaves the first one's arrays alone."""
    experiment.run()
    first = arrays(experiment.gradients(experiment.dout))
    kept = {name: array.copy() for name, array in first.items()}
    second = arrays(experiment.gradients(experiment.dout))
    for name, array in kept.items():
        if not _close(second[name], array):
            evidence = f"a second backward gives another gradient of {name} than the first"
            yield Finding("accumulates", name, evidence)
        elif not np.array_equal(first[name], array):
            evidence = f"a second backward overwrites the gradient of {name} that the first gave"
            yield Finding("overwrites", name, evidence)


def linear_in_dout(experiment: Experiment) -> Iterator[Finding]:
    """backward(-2 * dout) is -2 * backward(dout)."""
    experiment.run()
    once = {name: g.copy() for name, g in arrays(experiment.gradients(experiment.dout)).items()}
    again = arrays(experiment.gradients(scaled(experiment.dout, -2.0)))
    for name, g in once.items():
        if not _close(again[name], -2 * g):
            evidence = f"backward(-2 * dout) is not -2 * backward(dout) in the gradient of {name}"
            yield Finding("ignores-dout", name, evidence)


def arrays(returned: Any) -> dict[str, Array]:
    """All gradients that backward returned, by name."""
    dx, grads = returned
    inputs = {f"x{i}": g for i, g in enumerate(dx)} if isinstance(dx, tuple) else {"x": dx}
    return {name: np.asarray(g) for name, g in {**inputs, **grads}.items() if g is not None}


def _close(a: Array, b: Array) -> bool:
    if a.shape != b.shape:
        return False
    return bool((np.abs(a - b) <= LAST_DIGITS * np.abs(b).max(initial=0.0)).all())
