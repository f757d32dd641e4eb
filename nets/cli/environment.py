"""What the machine computes with, how fast that is, and what would make it faster."""

from __future__ import annotations

import html
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from importlib.util import find_spec
from typing import Any

import numpy as np

PINS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "MKL_ENABLE_INSTRUCTIONS", "BLIS_ARCH_TYPE")
SIDE = 1024  # of the matrices that are multiplied: large enough to keep every core busy
GAIN = 1.2  # how much faster a change must be, for these figures vary


@dataclass(frozen=True)
class Diagnosis:
    """What `doctor` found: facts by name, and a list of sentences that say what to change."""

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


def doctor(net: Any = None, x: Any = None) -> Diagnosis:
    """Say what training computes with here, and what would make it faster.

    It measures products of float32 matrices, which are most of the work in a large net, and
    changes nothing.

    Parameters
    ----------
    net : layer, optional
        A net whose precision is looked at.
    x : array, optional
        Examples that it is fed with.

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
    rate = gigaflops()
    libraries = blas()
    facts = {
        "Python": platform.python_version(),
        "NumPy": np.__version__,
        "BLAS": "; ".join(libraries) or _built_with(),
        "threads": threads(),
        "cores": str(cores()),
        "float32 products": f"{rate:,.0f} GFLOP/s",
        "compiled loops": compiled_loops(),
    }
    advice = [*_about_pins(rate), *_about_threads(), *_about_extras(), *_about_data(net, x)]
    return Diagnosis(facts, advice)


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def gigaflops(seconds: float = 0.1) -> float:
    """Floating-point operations of a float32 matrix product, in thousand millions a second."""
    matrix = np.ones((SIDE, SIDE), np.float32)
    matrix.dot(matrix)
    best, end = np.inf, time.perf_counter() + seconds
    while time.perf_counter() < end or best == np.inf:
        began = time.perf_counter()
        matrix.dot(matrix)
        best = min(best, time.perf_counter() - began)
    return float(2 * SIDE**3 / best / 1e9)


def blas() -> list[str]:
    """The BLAS libraries that are loaded, with their kernels; none where nobody can tell."""
    return [
        f"{pool['internal_api']} {pool['version']} with {pool.get('architecture', 'its own')} "
        "kernels"
        for pool in _pools()
    ]


def _pools() -> list[dict[str, Any]]:
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return []
    return [pool for pool in threadpool_info() if pool["user_api"] == "blas"]


def _built_with() -> str:
    """What NumPy was built with, which says nothing of kernels and threads."""
    found = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return f"{found.get('name', 'unknown')} {found.get('version', '')}".strip()


def threads() -> str:
    """How many threads each BLAS library uses."""
    counts = [str(pool["num_threads"]) for pool in _pools()]
    return ", ".join(counts) or "not known: threadpoolctl is not installed"


def compiled_loops() -> str:
    """Which numba compiles the optimizers' loops, or why none does: they run without it too."""
    try:
        version = metadata.version("numba")
    except metadata.PackageNotFoundError:
        return "none: numba is not installed"
    try:
        from numba import njit

        machine: Callable[[int], int] = njit(nogil=True)(_next)
        machine(1)
    except Exception as error:  # one made for another NumPy fails in many ways
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        return f"none: numba {version} does not work here ({reason})"
    if machine is _next:
        return f"none: numba {version} is switched off by NUMBA_DISABLE_JIT"
    return f"numba {version}"


def _next(number: int) -> int:
    return number + 1


def _about_pins(rate: float) -> Iterator[str]:
    pins = [f"{name}={os.environ[name]}" for name in PINS if name in os.environ]
    if pins and (free := _gigaflops_without_pins()) > GAIN * rate:
        yield (
            f"{' and '.join(pins)} {'keep' if len(pins) > 1 else 'keeps'} the processor from its "
            f"best kernels: products reach "
            f"{rate:,.0f} GFLOP/s with, and {free:,.0f} without. Start Python without "
            f"{'these variables' if len(pins) > 1 else 'this variable'}."
        )


def _gigaflops_without_pins() -> float:
    """The same measurement in a new process; 0 where none can be started."""
    environment = {name: value for name, value in os.environ.items() if name not in PINS}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    code = "from nets.cli.environment import gigaflops; print(gigaflops())"
    try:
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        return float(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0.0


def _about_threads() -> Iterator[str]:
    for pool in _pools():
        if pool["num_threads"] > cores():
            yield (
                f"{pool['internal_api']} uses {pool['num_threads']} threads on {cores()} cores, "
                f"where they wait for each other: set OMP_NUM_THREADS={cores()} before Python "
                "starts."
            )


def _about_extras() -> Iterator[str]:
    missing = [name for name in ("numba", "threadpoolctl") if find_spec(name) is None]
    reasons = {
        "numba": "runs Adam and SGD as one loop, several times faster",
        "threadpoolctl": "lets this report see kernels and threads",
    }
    for name in missing:
        yield f'{name} {reasons[name]}: pip install "handgrad[fast]".'


def _about_data(net: Any, x: Any) -> Iterator[str]:
    dtypes = {str(array.dtype) for array in net.params.values()} if net is not None else set()
    if dtypes == {"float64"}:
        yield 'The net computes in float64; net.astype("float32") trains about twice as fast.'
    given = getattr(x, "dtype", None)
    if dtypes == {"float32"} and given is not None and given != np.float32:
        yield (
            f"x is {given} and the net float32, so that every step casts its batch: pass "
            'x.astype("float32").'
        )
