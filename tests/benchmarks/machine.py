"""What the timings were taken on, and a process without pinned BLAS kernels to take them in."""

import os
import platform
import sys
from importlib import metadata

from nets.cli.environment import PINS, blas, cores, threads

PACKAGES = ("numpy", "numba", "torch", "jax", "scikit-learn", "thinc")


def without_pins(module: str = "tests.benchmarks") -> None:
    """Start this process again without the variables that pin slower kernels, if they are set."""
    if any(name in os.environ for name in PINS):
        free = {name: value for name, value in os.environ.items() if name not in PINS}
        os.execve(sys.executable, [sys.executable, "-m", module, *sys.argv[1:]], free)


def description() -> str:
    """Versions, cores, threads and BLAS kernels."""
    found = [f"{name} {version}" for name in PACKAGES if (version := _version(name))]
    libraries = blas()
    libraries = f"{libraries}, threads: {threads()}"
    return (
        f"Python {platform.python_version()}, {', '.join(found)}\n"
        f"{platform.machine()}, {cores()} cores, {libraries}"
    )


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
