"""A submission in a process of its own, and proxies for its objects."""

from __future__ import annotations

import builtins
import contextlib
import copy
import json
import math
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from nets.homework.isolation.channel import GLOBAL, Endpoint, generator
from nets.homework.isolation.guard import ROOT
from nets.homework.isolation.limits import Limits
from nets.homework.isolation.messages import MessageError
from nets.homework.isolation.remote import DATA, offered, place_of, remote_class

LONGEST = 1000  # characters of each part of an exception's message
ENDING = ("Exception", "StopIteration", "StopAsyncIteration")
NUMBERS = 10**9  # more than one process gives to its objects
STARTING = 60.0  # seconds that Python and NumPy have to start
BUSY = 3  # times as long as the limit may a submission wait that has had no processor
KEPT = 10_000  # bytes of what a submission prints
START = """\
import sys, json
sys.modules["numba"] = None  # it loads libraries by themselves, which the guard refuses
sys.path.insert(0, {root!r})
from nets.homework.isolation.host import main
main(**json.loads({options!r}))
"""


def used_by(pid: int | None) -> float:
    """The processor time of a process in seconds; infinite if unknown."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError, ValueError):
        return 0.0 if pid is None else math.inf


class SubmissionError(Exception):
    """What a submission's code raised, or how its process ended; `kind` names it in a word."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind
        self.text = text

    def __str__(self) -> str:
        return self.text


def error_of(base: str, kind: str, text: str) -> SubmissionError:
    """An error that is also of a builtin class, so that ``pytest.raises(ValueError)`` sees it."""
    found = getattr(builtins, base, None)
    if isinstance(found, type) and issubclass(found, Exception) and base not in ENDING:
        with contextlib.suppress(TypeError):  # UnicodeDecodeError takes more arguments
            made: SubmissionError = type(base, (SubmissionError, found), {})(kind, text)
            return made
    return SubmissionError(kind, text)


class Sandbox(Endpoint):
    """The endpoint that holds the tests: it starts the submission's process, and restarts it.

    Parameters
    ----------
    file : path
        The submission: a Python file or a notebook.
    limits : Limits
        What the process may use.
    forbidden : sequence of str
        Names of this library that cannot be used: ``layers.ReLU``.
    folder : path, optional
        A folder from which all files go along.
    allowed : sequence of str
        Names of this library that can be used, where others of their kind are forbidden.
    handed_out : mapping of str to path, optional
        Files of the assignment that go along, by the name that they get.
    """

    def __init__(
        self,
        file: Path,
        limits: Limits,
        forbidden: Sequence[str] = (),
        folder: Path | None = None,
        allowed: Sequence[str] = (),
        handed_out: Mapping[str, Path] = MappingProxyType({}),
    ) -> None:
        super().__init__(socket.socket(), 2, WeakValueDictionary())
        self.limits, self.forbidden, self.allowed = limits, list(forbidden), list(allowed)
        self._work = Path(tempfile.mkdtemp(prefix="handgrad-"))
        self._file = self._work / file.name
        if folder:
            shutil.copytree(folder, self._work, ignore=_links, dirs_exist_ok=True)
        elif not file.is_symlink():
            shutil.copyfile(file, self._file)
        for name, path in handed_out.items():
            if name != file.name:
                (self._work / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, self._work / name)
        self._process: subprocess.Popen[bytes] | None = None
        self._broken: SubmissionError | None = None
        self._ends = time.monotonic() + limits.total_seconds
        self._left = limits.seconds
        self._ended = ""
        self._used_before = 0.0
        self._started = 0
        self.printed = b""
        self.walls: list[str] = []
        self.given: dict[int, Any] = {}
        self.lending = False
        self._lent: set[int] = set()
        self._fresh: list[Any] = []
        self._kept: list[Any] = []
        self._depth = 0

    @property
    def pid(self) -> int | None:
        """The process group of the submission, while there is one."""
        return self._process.pid if self._process else None

    def begin(self) -> Any:
        """Begin a test: start the process if there is none, and return the submission's module."""
        self._left, self._ended = self.limits.seconds, ""
        self.given.clear()
        self._used_before = used_by(self.pid)
        if self._broken:
            raise self._broken
        if self._process is None:
            self._start()
        return self.decode_object({"object": GLOBAL, "name": self._file.stem, "generators": []})

    def _start(self) -> None:
        self.held.clear()
        self._known.clear()
        self.channel.close()
        self.channel, theirs = socket.socketpair()
        os.set_inheritable(theirs.fileno(), True)
        self._started += 1
        options = {
            "descriptor": theirs.fileno(),
            # A proxy for an object of an earlier process must mean nothing in this one.
            "first": 1 + self._started * NUMBERS,
            "file": self._file.name,
            "forbidden": self.forbidden,
            "allowed": self.allowed,
            "megabytes": self.limits.megabytes,
            "seconds": self.limits.total_seconds,
        }
        code = START.format(root=str(ROOT), options=json.dumps(options))
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-B", "-c", code],
            cwd=self._work,
            env=_environment(self._work),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
        theirs.close()
        self._reader = threading.Thread(
            target=self._drain, args=[self._process.stdout], daemon=True
        )
        self._reader.start()
        try:
            self._left = STARTING
            _, self.walls = self._receive()
            self._left, self._used_before = self.limits.seconds, used_by(self.pid)
            self._receive()
        except SubmissionError as error:
            self._broken = SubmissionError(
                error.kind if error.kind in ("timeout", "crash") else f"import: {error.kind}",
                f"your file cannot be imported: {error}",
            )
            self.end()
            raise self._broken from None

    def _drain(self, pipe: Any) -> None:
        """Read what the submission prints, so that it never waits, and keep the beginning."""
        with contextlib.suppress(ValueError, OSError), pipe:
            while part := pipe.read1(1 << 16):
                self.printed += part[: KEPT - len(self.printed)]

    def ask(self, verb: str, owner: object, name: str = "", values: Any = None) -> Any:
        """Ask the submission's process to do something, and return the result."""
        number, generators = owner.__dict__["_number"], owner.__dict__["_generators"]
        if self._process is None or number not in {GLOBAL, *self.held}:
            raise SubmissionError("gone", f"the rest of this test could not be run: {self._ended}")
        states = [one.bit_generator.state for one in generators]
        message = {"verb": verb, "object": number, "name": name, "generators": states}
        try:
            self.channel.settimeout(self._patience())
            before = set(self.held)
            self.send(message, values)
            if verb == "call":
                self._lend(values, before)
        except (OSError, ValueError):
            self._raise_ended()
        self._depth += 1
        try:
            answer, value = self._receive(verb == "call" and name == "__next__")
        finally:
            self._depth -= 1
            if not self._depth:
                self._kept.clear()
        for one, state in zip(generators, answer["generators"], strict=False):
            one.bit_generator.state = state
        return value

    def _lend(self, values: Any, before: set[int]) -> None:
        """Remember arrays that are arguments themselves: what is written to them stays there."""
        args, kwargs = values
        own = {id(value) for value in (*args, *kwargs.values())}
        self._lent = {number for number in self._lent if number in self.held}
        new = [(number, array) for number, array in self.arrays() if number not in before]
        self._lent |= {number for number, array in new if id(array) in own}

    def _write(self, number: int, array: Any, value: Any) -> None:
        if number not in self._lent or self.lending:
            super()._write(number, array, value)
            return
        self._fresh.append(value)  # from now on the submission's array is another one
        self.hold(number, value)

    def _receive(self, iterating: bool = False) -> tuple[dict[str, Any], Any]:
        while True:
            answer, value = self._next()
            if "ask" not in answer:
                break
            self._reply(answer, value)
        if raised := answer.get("error"):
            if iterating and raised.get("kind") == "StopIteration":
                raise StopIteration
            _raise(raised)
        return answer, value

    def _reply(self, asked: dict[str, Any], values: Any) -> None:
        """Call what a test has handed over, for the submission."""
        try:
            found, name = self.given[asked["ask"]], asked["name"]
            value = _used(found, name, *values)
            self._kept += [values, value]  # arrays that the submission may send back by number
            self.send({"reply": True}, value)
        except Exception as error:
            if self._process is None:
                raise
            told = {
                "kind": type(error).__name__,
                "text": str(error.args[0] if len(error.args) == 1 else error)[:LONGEST],
            }
            self.send({"reply": True, "error": told}, None)

    def _next(self) -> tuple[dict[str, Any], Any]:
        if self._left <= 0:
            raise self._over("timeout", self._too_long())
        began = time.monotonic()
        self._fresh.clear()
        try:
            self._wait()
            self.channel.settimeout(self._patience())
            answer, value = self.receive()
        except TimeoutError:
            raise self._over("timeout", self._too_long()) from None
        except (EOFError, OSError):
            self._raise_ended()
        except MessageError as error:
            text = f"your code wrote to the grader's channel: {error}"
            raise self._over("crash", text) from None
        finally:
            self._left -= time.monotonic() - began
        return answer, value

    def _wait(self) -> None:
        """Wait until an answer begins: longer where the code had to wait for a processor itself."""
        for _ in range(2):
            if select.select([self.channel], [], [], self._patience())[0]:
                return
            if used_by(self.pid) - self._used_before >= self.limits.seconds / 2:
                break
            self._left = BUSY * self.limits.seconds
        raise TimeoutError

    def _patience(self) -> float:
        """How long to wait for the next answer; the time of the tests themselves does not count."""
        return max(min(self._left, self._ends - time.monotonic()), 1e-3)

    def _too_long(self) -> str:
        if time.monotonic() >= self._ends:
            return f"all tests together took longer than {self.limits.total_seconds} s"
        return f"your code ran for longer than {self.limits.seconds:g} s in one test"

    def _raise_ended(self) -> Any:
        assert self._process
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(2)
        code = self._process.returncode
        if code in (-signal.SIGXCPU, -signal.SIGKILL):
            raise self._over("timeout", self._too_long())
        if code is not None and code < 0:
            name = signal.Signals(-code).name
            raise self._over("crash", f"your code crashed the interpreter ({name})")
        raise self._over("exit", f"your code ended its process (exit code {code})")

    def _over(self, kind: str, text: str) -> SubmissionError:
        """End the process, and remember why, for later calls in this test."""
        self._ended = text
        self.end()
        return SubmissionError(kind, text)

    def end(self) -> None:
        """End the submission's process, and those that it started."""
        process, self._process = self._process, None
        if process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            self._reader.join(1)  # a program that it started may keep the pipe open
        self.channel.close()

    def close(self) -> None:
        """End the process and remove its folder."""
        self.end()
        shutil.rmtree(self._work, ignore_errors=True)

    def encode_object(self, value: Any) -> Any:
        """The number of an object of the submission, or of a function or layer of the test."""
        if place := place_of(value):
            number, method = place
            return {"object": number, "method": method}
        names = offered(value)
        self.given[len(self.given)] = value
        return {"given": len(self.given) - 1, "names": names}

    def decode_object(self, tree: dict[str, Any]) -> Any:
        """A proxy for an object of the submission."""
        number = int(tree["object"])
        made = [generator(state) for state in tree["generators"]]
        special = tuple(map(str, tree.get("special", ())))
        proxy = remote_class(str(tree["name"])[:100], special)(self, number, made)
        if number != GLOBAL:
            self.hold(number, proxy)
        return proxy

    def copy(self, owner: object, memo: dict[int, Any]) -> Any:
        """Copy an object in the submission's process; its arrays become those in `memo`."""
        twins = [(number, memo[id(array)]) for number, array in self.arrays() if id(array) in memo]
        twin: Any = self.ask("copy", owner, "", [(n, np.asarray(t)) for n, t in twins])
        return twin


def _used(found: Any, name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """What a submission asks of an object that a test has handed over."""
    if name == "copy":
        return copy.deepcopy(found)
    if name not in offered(found):
        raise AttributeError(f"what the test handed over has no {name}")
    value = getattr(found, name) if name else found
    return value if name in DATA else value(*args, **kwargs)


def _raise(error: Any) -> Any:
    """Raise the error of the other process, which is not trusted: long texts are cut."""
    parts = (str(error.get(key, ""))[:LONGEST] for key in ("kind", "text", "where"))
    kind, text, where = (part.encode(errors="replace").decode() for part in parts)
    kind = kind if kind.isidentifier() else "Exception"
    if kind == "AttributeError" and not where:
        raise AttributeError(text)
    kind = "memory" if kind == "MemoryError" else kind
    told = f"{kind}: {text}" if text else kind
    if kind == "memory":
        told = "your code asked for more memory than it may have"
    raise error_of(str(error.get("base")), kind, f"{told} ({where})" if where else told)


@cache
def standing() -> tuple[str, ...]:
    """The walls of the kernel that are up around a submission on this machine."""
    with tempfile.TemporaryDirectory(prefix="handgrad-") as folder:
        path = Path(folder, "nothing.py")
        path.touch()
        sandbox = Sandbox(path, Limits())
        with contextlib.suppress(OSError, ValueError, SubmissionError):  # not on Windows
            sandbox.begin()
        sandbox.close()
    return tuple(sandbox.walls)


def _links(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if Path(folder, name).is_symlink()]


def _environment(work: Path) -> dict[str, str]:
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    own = {"HOME": str(work), "TMPDIR": str(work), "MPLBACKEND": "Agg", "LC_ALL": "C.UTF-8"}
    return {"PATH": os.defpath, **threads, **own}
