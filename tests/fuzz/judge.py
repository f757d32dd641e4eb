"""What a call did, and whether that is allowed: an answer, or one of our sentences."""

from __future__ import annotations

import linecache
import random
import re
import signal
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
OURS = tuple(f"{ROOT / package}/" for package in ("layers", "nets", "optimizers"))
HERE = f"{ROOT / 'tests'}/"
ALLOWED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
# What Python says of too few arguments or unknown ones; of a private function it says nothing.
WRONG_CALL = re.compile(
    r"(?!.*\b_[a-z])[\w.<>]+\(\) (missing|takes|got an unexpected|got multiple|got some)"
)
KINDS = ("inner", "wrong", "changed")
TITLES = ("inner tracebacks", "silent wrong values", "changed state after an error")


class Endless(BaseException):
    """A call lasted so long that it was given up, which is no fault: it may have much to do."""


class Fault(NamedTuple):
    """What is wrong with a call: one of `KINDS`, where, and what came."""

    kind: str
    where: str
    text: str


class Outcome(NamedTuple):
    """What a call returned or raised, and how its arguments were left."""

    value: Any = None
    error: Exception | None = None
    changed: bool = False
    ended: bool = True


def run(function: Callable[..., Any], args: Any, kwargs: Any, seconds: float = 2.0) -> Outcome:
    """Call a function, with warnings as errors, and compare all state before and after."""
    held = (getattr(function, "__self__", None), args, kwargs)
    before = (state(held), *globals_())
    try:
        with warnings.catch_warnings(), at_most(seconds):
            warnings.simplefilter("error")
            if not are_moderate(held):  # NumPy may warn that an infinite input gave nan
                warnings.filterwarnings("ignore", ".* encountered in ", RuntimeWarning)
            value = function(*args, **kwargs)
    except Endless:
        return Outcome(ended=False)
    except Exception as error:
        return Outcome(error=error, changed=before != (state(held), *globals_()))
    return Outcome(value, changed=before[1:] != globals_())


def fault(outcome: Outcome) -> Fault | None:
    """What is wrong with an outcome, whatever the answer should be."""
    if outcome.error is not None and not is_sentence(outcome.error):
        return Fault("inner", place(outcome.error), short(outcome.error))
    if outcome.changed and type(outcome.error).__name__ != "DivergenceError":
        where = "global state" if outcome.error is None else place(outcome.error)
        return Fault("changed", where, short(outcome.error))
    return None


def is_sentence(error: Exception) -> bool:
    """Whether an error was raised by our code on purpose, or by the call itself (its signature).

    It was where the innermost frame is a ``raise`` of ours, or the frame of a test.
    """
    if isinstance(error, MemoryError) and "Unable to allocate" in str(error):
        return True  # NumPy names the size and the shape, which are what the caller asked for
    if not isinstance(error, ALLOWED) and not type(error).__module__.startswith("nets"):
        return False
    last = traceback.extract_tb(error.__traceback__)[-1]
    if last.filename.startswith(HERE) or WRONG_CALL.match(str(error)):
        return True
    raised = re.search(r"\braise\b", linecache.getline(last.filename, last.lineno or 0))
    return last.filename.startswith(OURS) and bool(raised) and len(str(error).split()) > 2


def place(error: Exception) -> str:
    """The last line of ours that an error went through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if frame.filename.startswith(OURS)] or frames
    return f"{ours[-1].filename.removeprefix(f'{ROOT}/')}:{ours[-1].lineno}"


def short(value: object, most: int = 110) -> str:
    """A text of one line."""
    try:
        text = f"{type(value).__name__}: {value}" if isinstance(value, Exception) else repr(value)
    except Exception:
        text = f"<{type(value).__name__}>"
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 3]}..."


def state(value: Any, depth: int = 0) -> Any:
    """All that a call could have changed in its arguments, as something to compare."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes() if value.dtype != object else None
    if isinstance(value, np.random.Generator):
        return repr(value.bit_generator.state)
    if isinstance(value, dict):
        return [(repr(key)[:80], state(part, depth + 1)) for key, part in value.items()]
    if isinstance(value, (list, tuple)) and depth < 6:
        return [state(part, depth + 1) for part in value[:50]]
    held = [name for name in ("params", "buffers", "state", "t") if name in dir(value)]
    if isinstance(value, type) or depth > 6:
        return None
    return [state(getattr(value, name), depth + 1) for name in held]


def globals_() -> tuple[Any, ...]:
    """What belongs to everybody: the global random states and how NumPy treats errors."""
    kind, keys, *rest = np.random.get_state()  # noqa: NPY002, it is what must stay as it is
    return kind, bytes(keys), rest, random.getstate(), np.geterr(), np.get_printoptions()


def are_moderate(value: Any, depth: int = 0) -> bool:
    """Whether all numbers in some arguments are finite and far from overflow."""
    if isinstance(value, (np.ndarray, float, int, np.number)):
        array = np.asarray(value)
        return array.dtype.kind in "fiub" and bool((np.abs(array.astype(float)) < 1e30).all())
    if isinstance(value, (dict, list, tuple)) and depth < 6:
        parts = value.values() if isinstance(value, dict) else value
        return all(are_moderate(part, depth + 1) for part in parts)
    held = [getattr(value, name, {}) for name in ("params", "state") if name in dir(value)]
    return isinstance(value, type) or all(are_moderate(part, depth + 1) for part in held)


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise `Endless` after some seconds, where the system has timers."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: object) -> None:
        raise Endless

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Tally:
    """Counts cases and faults, and keeps the first example of each fault."""

    def __init__(self, name: str, seed: int) -> None:
        self.name, self.seed = name, seed
        self.cases, self.counts = 0, Counter[str]()
        self.examples: dict[Fault, tuple[int, str, int]] = {}

    def add(self, index: int, call: str, found: Fault | None) -> None:
        """Count one case."""
        self.cases += 1
        if found is not None:
            self.counts[found.kind] += 1
            alike = found._replace(text=found.text.partition(":")[0][:30])
            first, text, times = self.examples.get(alike, (index, f"{found.text}\n    {call}", 0))
            self.examples[alike] = first, text, times + 1

    def __str__(self) -> str:
        head = [f"{self.name}, seed {self.seed}: {self.cases:,} cases"]
        head += [f"  {title:30}{self.counts[k]:8,}" for k, title in zip(KINDS, TITLES, strict=True)]
        again = f"python -m tests.fuzz {self.name} --seed {self.seed} --case"
        lines = [
            f"{f.kind} at {f.where}, {times} times: {text}\n    {again} {index}"
            for f, (index, text, times) in sorted(self.examples.items(), key=lambda e: e[0][:2])
        ]
        return "\n".join([*head, *lines])
