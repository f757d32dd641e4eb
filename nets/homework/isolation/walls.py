"""The walls of the kernel around a submission's process: as many as the system gives."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from nets.homework.isolation.landlock import landlock
from nets.homework.isolation.seccomp import seccomp

NEW_USER, NEW_NETWORK = 0x10000000, 0x40000000
DIE_WITH_PARENT, DUMPABLE, NO_NEW_PRIVILEGES = 1, 4, 38  # of prctl
KILL = 9
THREADS = 64  # and processes, counted in a namespace of its own
WALLS = ("Landlock", "seccomp", "namespaces", "limits")


def raise_walls(readable: Iterable[str], own: Path, megabytes: int, seconds: int) -> list[str]:
    """Restrict this process for good, and return the names of the walls that are up.

    Parameters
    ----------
    readable : iterable of str
        Files and folders that it may read.
    own : path
        The folder that it may write to as well.
    megabytes, seconds : int
        How much memory and processor time it may use.
    """
    up = []
    with suppress(OSError, AttributeError):  # not every system has these calls
        libc = ctypes.CDLL(None)
        libc.prctl(DIE_WITH_PARENT, KILL, 0, 0, 0)
        libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        if libc.unshare(NEW_USER | NEW_NETWORK) == 0:
            up.append("namespaces")
        if limit(megabytes, seconds, THREADS if up else None):
            up.append("limits")
        hide_memory()
        if landlock(libc, readable, own):
            up.append("Landlock")
        if seccomp(libc):
            up.append("seccomp")
    return [name for name in WALLS if name in up]


def hide_memory() -> None:
    """Keep other processes of the user from this one's memory and open files."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(DUMPABLE, 0, 0, 0, 0)


def limit(megabytes: int, seconds: int, threads: int | None) -> bool:
    """Limit memory, processor time, files and threads; return whether the system can."""
    try:
        import resource
    except ImportError:  # there are none on Windows
        return False
    limits = {
        resource.RLIMIT_AS: megabytes << 20,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: 64 << 20,
        resource.RLIMIT_CORE: 0,
    }
    if threads is not None:
        limits[resource.RLIMIT_NPROC] = threads
    for what, most in limits.items():
        with suppress(ValueError, OSError):  # a lower limit than this is in force already
            resource.setrlimit(what, (most, most))
    return True
