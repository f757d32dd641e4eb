"""The Python, the BLAS and the processor that training runs on, and how fast they multiply."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import metadata
from typing import Any

import numpy as np

PINS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "MKL_ENABLE_INSTRUCTIONS", "BLIS_ARCH_TYPE")
SIDE = 1024  # of the matrices that are multiplied: large enough to keep every core busy


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def gigaflops(seconds: float = 0.1) -> float:
    """The speed of a float32 matrix product, in 10**9 operations a second."""
    matrix = np.ones((SIDE, SIDE), np.float32)
    matrix.dot(matrix)
    best, end = np.inf, time.perf_counter() + seconds
    while time.perf_counter() < end or best == np.inf:
        began = time.perf_counter()
        matrix.dot(matrix)
        best = min(best, time.perf_counter() - began)
    return float(2 * SIDE**3 / best / 1e9)


def blas() -> str:
    """The loaded BLAS libraries with their kernels; or those NumPy was built with."""
    found = [
        f"{pool['internal_api']} {pool['version']} with {pool.get('architecture', 'its own')} "
        "kernels"
        for pool in blas_pools()
    ]
    built = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return "; ".join(found) or f"{built.get('name', 'unknown')} {built.get('version', '')}".strip()


def blas_pools() -> list[dict[str, Any]]:
    """What threadpoolctl reports of each BLAS library; empty if it is not installed."""
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return []
    return [pool for pool in threadpool_info() if pool["user_api"] == "blas"]


def threads() -> str:
    """How many threads each BLAS library uses."""
    counts = [str(pool["num_threads"]) for pool in blas_pools()]
    return ", ".join(counts) or "not known: threadpoolctl is not installed"


def compiled_loops() -> str:
    """The numba that compiles the optimizers' loops, or why they are not compiled."""
    try:
        version = metadata.version("numba")
    except metadata.PackageNotFoundError:
        return "none: numba is not installed"
    try:
        from numba import njit

        compiled: Callable[[], None] = njit(nogil=True)(_nothing)
        compiled()
    except Exception as error:  # one made for another NumPy fails in many ways
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        return f"none: numba {version} does not work here ({reason})"
    if compiled is _nothing:
        return f"none: numba {version} is switched off by NUMBA_DISABLE_JIT"
    return f"numba {version}"


def _nothing() -> None:
    """What is compiled to see whether that works."""


def gigaflops_without_pins() -> float:
    """The speed of a product in a new process without `PINS`; 0 if it cannot be started."""
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
