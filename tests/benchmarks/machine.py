"""What the timings were taken on, and a process without pinned BLAS kernels to take them in."""

import os
import platform
import sys
from importlib import metadata

PINS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
PACKAGES = ("numpy", "torch", "jax", "scikit-learn", "thinc")


def without_pins() -> None:
    """Start this process again without the variables that pin slower kernels, if they are set."""
    if any(name in os.environ for name in PINS):
        free = {name: value for name, value in os.environ.items() if name not in PINS}
        module = [] if sys.argv[0].endswith("pytest") else ["-m", "tests.benchmarks"]
        os.execve(sys.executable, [sys.executable, *module, *sys.argv[1:]], free)


def description() -> str:
    """Versions, cores, threads and BLAS kernels."""
    found = [f"{name} {version}" for name in PACKAGES if (version := _version(name))]
    return "\n".join(
        [
            f"Python {platform.python_version()}, {', '.join(found)}",
            f"{platform.machine()}, {os.cpu_count()} cores, {'; '.join(_blas())}",
        ]
    )


def _blas() -> list[str]:
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return ["BLAS kernels not known, because threadpoolctl is missing"]
    import numpy as np

    np.ones((64, 64)) @ np.ones((64, 64))
    return [
        f"{pool['internal_api']} {pool.get('version')} with {pool.get('architecture', 'its own')} "
        f"kernels in {pool['num_threads']} threads"
        for pool in threadpool_info()
        if pool["user_api"] == "blas"
    ]


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
