"""`handgrad doctor`: what the machine computes with, and what would make it faster."""

from __future__ import annotations

import html
import os
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nets.cli import environment
from nets.homework.isolation.sandbox import standing

EXTRAS = {
    "numba": "runs Adam and SGD as one loop, several times faster",
    "threadpoolctl": "lets this report see kernels and threads",
}
GAIN = 1.2  # how much faster a change must be, because measured rates vary


@dataclass(frozen=True)
class DoctorCommand:
    """Report which NumPy, BLAS, kernels and threads are in use, and what would be faster.

    It measures float32 products, and changes nothing.
    """

    def run(self) -> int:
        """Print it; the exit code is 0."""
        print(doctor())
        return 0


@dataclass(frozen=True)
class Diagnosis:
    """What `doctor` found: facts by name, and advice on what to change."""

    facts: Mapping[str, str]
    advice: list[str] = field(default_factory=list)

    def __repr__(self) -> str:
        wide = max(map(len, self.facts))
        lines = [f"{name:{wide}}  {value}" for name, value in self.facts.items()]
        return "\n".join([*lines, "", *(self.advice or ["Nothing to change."])])

    def _repr_html_(self) -> str:
        left = 'style="text-align:left"'
        rows = "".join(
            f"<tr><th {left}>{html.escape(name)}</th><td {left}>{html.escape(value)}</td></tr>"
            for name, value in self.facts.items()
        )
        sentences = "".join(f"<li>{html.escape(text)}</li>" for text in self.advice)
        return f"<table>{rows}</table>" + (
            f"<ul>{sentences}</ul>" if sentences else "<p>Nothing to change.</p>"
        )


def doctor(net: Any = None, x: ArrayLike | None = None) -> Diagnosis:
    """Report what training computes with here, and what would make it faster.

    It measures products of float32 matrices, which are most of the work in a large net, and
    changes nothing.

    Parameters
    ----------
    net : layer, optional
        A net to look at the precision of.
    x : array, optional
        The examples that it trains on.

    Returns
    -------
    Diagnosis
        ``facts`` and ``advice``; prints as text, and shows as a table in Jupyter.

    Examples
    --------
    >>> import numpy as np
    >>> from layers import FullyConnected
    >>> diagnosis = doctor(FullyConnected(3, 2, dtype="float32"), np.ones((5, 3)))
    >>> list(diagnosis.facts)[:2]
    ['Python', 'NumPy']
    >>> print(diagnosis.advice[-1])
    x is float64 and the net float32, so that every step casts its batch: pass x.astype("float32").
    """
    rate = environment.gigaflops()
    facts = {
        "Python": platform.python_version(),
        "NumPy": np.__version__,
        "BLAS": environment.blas(),
        "threads": environment.threads(),
        "cores": str(environment.cores()),
        "float32 products": f"{rate:,.0f} GFLOP/s",
        "compiled loops": environment.compiled_loops(),
        "isolation": ", ".join(standing()) or "none",
    }
    advice = [
        *_about_pins(rate),
        *_about_threads(),
        *_about_extras(),
        *_about_data(net, x),
    ]
    return Diagnosis(facts, advice)


def _about_pins(rate: float) -> Iterator[str]:
    pins = [f"{name}={os.environ[name]}" for name in environment.PINS if name in os.environ]
    if pins and (free := environment.gigaflops_without_pins()) > GAIN * rate:
        keep, them = ("keep", "these variables") if len(pins) > 1 else ("keeps", "this variable")
        yield (
            f"{' and '.join(pins)} {keep} the processor from its best kernels: products reach "
            f"{rate:,.0f} GFLOP/s with, and {free:,.0f} without. Start Python without {them}."
        )


def _about_threads() -> Iterator[str]:
    cores = environment.cores()
    for pool in environment.blas_pools():
        if pool["num_threads"] > cores:
            yield (
                f"{pool['internal_api']} uses {pool['num_threads']} threads on {cores} cores, "
                f"where they wait for each other: set OMP_NUM_THREADS={cores} before Python "
                "starts."
            )


def _about_extras() -> Iterator[str]:
    for name, reason in EXTRAS.items():
        if find_spec(name) is None:
            yield f'{name} {reason}: pip install "handgrad[fast]".'


def _about_data(net: Any, x: ArrayLike | None) -> Iterator[str]:
    dtypes = {str(array.dtype) for array in net.params.values()} if net is not None else set()
    if dtypes == {"float64"}:
        yield 'The net computes in float64; net.astype("float32") trains about twice as fast.'
    given = getattr(x, "dtype", None)
    if dtypes == {"float32"} and given is not None and given != np.float32:
        yield (
            f"x is {given} and the net float32, so that every step casts its batch: pass "
            'x.astype("float32").'
        )
