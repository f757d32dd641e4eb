"""What a submission's process gives up before it runs the submission.

Walls of the kernel, as many as there are; and a hook that refuses to open files elsewhere, to start
programs and to signal other processes. The hook is Python's own, and a door, not a wall: it says in
a sentence what the walls refuse with a number.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nets.homework.isolation.walls import raise_walls

ROOT = Path(__file__).resolve().parents[3]
REFUSED = (
    "subprocess.",
    "socket.",
    "ctypes.",
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.kill",
    "os.chroot",
    "os.chown",
    "os.link",
    "os.symlink",
    "sys.addaudithook",
    "pty.",
)
TOUCHING = (
    "open",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.truncate",
    "os.utime",
    "os.chmod",
)
SYSTEM = (
    "/dev/urandom",
    "/etc/",
    "/usr/lib/",
    "/usr/share/",
    "/usr/local/lib/",
    "/usr/local/share/",
)
LIBRARIES = ("/lib", "/lib64")  # of the system, which the kernel names so
LOOKING = ("os.listdir", "os.scandir", "os.walk", "glob.glob")


def guard(folder: Path, closed: list[str], megabytes: int, seconds: int) -> list[str]:
    """Restrict this process to what a submission needs, and return the walls that are up.

    It may write to `folder`, and may not read the Python files in `closed`.
    """
    own = folder.resolve()
    up = raise_walls([*_readable(), *SYSTEM, *LIBRARIES], own, megabytes, seconds)
    sys.dont_write_bytecode = True
    sys.addaudithook(_hook(own, closed))
    return up


def _readable() -> set[str]:
    return {os.path.realpath(path) for path in (sys.prefix, sys.base_prefix, *_installed())}


def _hook(own: Path, closed: list[str]) -> Callable[[str, tuple[Any, ...]], None]:
    readable = tuple(path + os.sep for path in _readable())
    shut = {*closed, *map(importlib.util.cache_from_source, closed)}
    inside = (str(own) + os.sep, "/dev/null")

    def refuse(event: str, args: tuple[Any, ...]) -> None:
        if event in TOUCHING or event in LOOKING:
            path = args[0]
            if isinstance(path, int):
                if path > 2:
                    raise PermissionError("graded code opens files by their names only")
                return
            real = os.path.realpath(os.fsdecode(path if path is not None else "."))
            reads = event in LOOKING or (event == "open" and _only_reads(args))
            if real in shut:
                raise PermissionError("the assignment asks you to do without this module")
            if reads and not os.path.lexists(real):
                return  # programs look in many places, and are told that nothing is there
            allowed = (*inside, *readable, *SYSTEM) if reads else inside
            others = [real]
            if event == "os.rename":
                others.append(os.path.realpath(os.fsdecode(args[1])))
            if not all((one + os.sep).startswith(allowed) for one in others):
                raise PermissionError(f"graded code may not reach {real}")
        elif event.startswith(REFUSED):
            raise PermissionError(f"graded code may not do this: {event}")

    return refuse


def _only_reads(args: tuple[Any, ...]) -> bool:
    """Whether an ``open(path, mode, flags)`` asks for no more than to read."""
    flags = args[2] if len(args) > 2 and isinstance(args[2], int) else 0
    return not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND)


def _installed() -> list[str]:
    """Where Python and installed packages are; NumPy loads some of its modules on first use."""
    own = [str(ROOT / name) for name in ("layers", "nets", "optimizers")]
    packages = [p for p in sys.path if Path(p).name in ("site-packages", "dist-packages")]
    return [sysconfig.get_path("stdlib"), *own, *packages]
