"""A wall of the kernel around system calls: no programs, processes, connections or signals.

A filter in the kernel's language for packet filters (BPF) reads the number of each call, and
refuses some with EPERM. Threads, files and the open channel work as before.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct

SET_SECCOMP, FILTER = 22, 2  # of prctl
REFUSE, UNKNOWN, ALLOW = 0x00050001, 0x00050026, 0x7FFF0000  # EPERM, ENOSYS, go on
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, MACHINE, FIRST = 0, 4, 16  # where a call's number, processor and argument are
THREAD = 0x10000  # the flag of clone that starts a thread and not a process
OTHER_CALLS = 0x40000000  # x86's calls of 32 bits begin here
# The numbers of the calls, on x86-64 and on 64-bit ARM.
MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
REFUSED = {
    "execve": (59, 221),
    "execveat": (322, 281),
    "fork": (57, None),
    "vfork": (58, None),
    "socket": (41, 198),
    "connect": (42, 203),
    "accept": (43, 202),
    "accept4": (288, 242),
    "bind": (49, 200),
    "listen": (50, 201),
    "kill": (62, 129),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "chroot": (161, 51),
    "pivot_root": (155, 41),
    "open_by_handle_at": (304, 265),
    "io_uring_setup": (425, 425),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
}
CLONE, CLONE3 = (56, 220), (435, 435)
OF_ITSELF = {"tgkill": (234, 131), "prlimit64": (302, 261)}  # with this process as an argument


class Program(ctypes.Structure):
    """A filter as prctl takes it."""

    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_char_p)]


def seccomp(libc: ctypes.CDLL) -> bool:
    """Refuse the calls from now on; return whether they are.

    Parameters
    ----------
    libc : CDLL
        The C library; the process must have given up new privileges.
    """
    if platform.machine() not in MACHINES:
        return False
    steps = program(platform.machine(), os.getpid())
    filtered = Program(len(steps) // 8, steps)
    return bool(libc.prctl(SET_SECCOMP, FILTER, ctypes.byref(filtered), 0, 0) == 0)


def program(machine: str, pid: int) -> bytes:
    """The filter: one step in 8 bytes."""
    architecture, column = MACHINES[machine]
    steps = [
        (LOAD, 0, 0, MACHINE),
        (EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, REFUSE),
        (LOAD, 0, 0, NUMBER),
        (AT_LEAST, 0, 1, OTHER_CALLS),
        (RETURN, 0, 0, REFUSE),
    ]
    for numbers in REFUSED.values():
        if (number := numbers[column]) is not None:
            steps += [(EQUAL, 0, 1, number), (RETURN, 0, 0, REFUSE)]
    steps += [(EQUAL, 0, 1, CLONE3[column]), (RETURN, 0, 0, UNKNOWN)]  # then clone is called
    thread = [(ANY_BIT, 1, 0, THREAD), (RETURN, 0, 0, REFUSE), (RETURN, 0, 0, ALLOW)]
    steps += _with_argument(CLONE[column], thread)
    for numbers in OF_ITSELF.values():
        own = [(EQUAL, 2, 0, pid), (EQUAL, 1, 0, 0), (RETURN, 0, 0, REFUSE), (RETURN, 0, 0, ALLOW)]
        steps += _with_argument(numbers[column], own)
    steps.append((RETURN, 0, 0, ALLOW))
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def _with_argument(
    number: int, steps: list[tuple[int, int, int, int]]
) -> list[tuple[int, int, int, int]]:
    """Steps on the first argument of a call; other calls pass them by."""
    return [(EQUAL, 0, len(steps) + 1, number), (LOAD, 0, 0, FIRST), *steps]
