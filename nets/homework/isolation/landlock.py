"""A wall of the kernel around files: Landlock, which needs no rights (Linux 5.13 and later).

After it, this process and those that it starts reach the files of some folders only, by whatever
call. Later kernels keep it from TCP ports and from signals to other processes, too.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the numbers of the system calls
VERSION = 1  # a flag: return the version
PATH_BENEATH = 1  # a kind of rule
# Rights, by the version of Landlock that knows them.
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
MAKE_PLAIN = 0b1_1011_0000  # remove entries, make folders and files
SINCE = {1: 0b1_1111_1111_1111, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}  # refer, truncate, ioctl
TCP = 0b11  # bind and connect, since version 4
SCOPES = 0b11  # abstract sockets and signals, since version 6


class Ruleset(ctypes.Structure):
    """What a ruleset handles: what no rule allows is refused."""

    _fields_ = [("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scopes", ctypes.c_uint64)]


class Beneath(ctypes.Structure):
    """A rule: rights on a folder and what is in it."""

    _pack_ = 1
    _fields_ = [("rights", ctypes.c_uint64), ("folder", ctypes.c_int32)]


def version(libc: ctypes.CDLL) -> int:
    """The version of Landlock; 0 or less if the kernel does not have it."""
    return int(libc.syscall(CREATE_RULESET, None, 0, VERSION))


def landlock(libc: ctypes.CDLL, readable: Iterable[str], own: Path) -> bool:
    """Restrict this process to reading some folders, and to its own; return whether it is.

    Parameters
    ----------
    libc : CDLL
        The C library; the process must have given up new privileges.
    readable : iterable of str
        Files and folders that it may read.
    own : path
        The folder that it may write to as well.
    """
    known = version(libc)
    if known < 1:
        return False
    rights = sum(bits for since, bits in SINCE.items() if since <= known)
    handled = Ruleset(rights, TCP, SCOPES)
    size = 8 if known < 4 else 16 if known < 6 else 24
    ruleset = libc.syscall(CREATE_RULESET, ctypes.byref(handled), size, 0)
    if ruleset < 0:
        return False
    try:
        for path in readable:
            _allow(libc, ruleset, path, READ_FILE | READ_DIR)
        writing = READ_FILE | READ_DIR | WRITE_FILE | MAKE_PLAIN | 1 << 13 | 1 << 14
        _allow(libc, ruleset, str(own), writing & rights)
        _allow(libc, ruleset, "/dev/null", READ_FILE | WRITE_FILE)
        return bool(libc.syscall(RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    with suppress(OSError):  # what does not exist needs no rule
        folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
        if not os.path.isdir(path):
            rights &= ~READ_DIR
        rule = Beneath(rights, folder)
        libc.syscall(ADD_RULE, ruleset, PATH_BENEATH, ctypes.byref(rule), 0)
        os.close(folder)
