"""Senseless arguments for all public entries: each call must answer, or say a sentence of ours."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.fuzz.entries import Entry, folder
from tests.fuzz.judge import Fault, fault, run, short
from tests.fuzz.senseless import Call, spoiled

HUGE = 10**6


def case(entry: Entry, seed: int, index: int) -> tuple[Fault | None, str]:
    """Spoil one argument of a good call, and judge what happens."""
    rng = np.random.default_rng([seed, index])
    bad, where, must = spoiled(entry.make(), rng)
    if where in entry.endless and _is_huge(bad, where):
        return None, ""
    text = str(bad)
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out), inside(folder()):
        outcome = run(bad.function, bad.args, bad.kwargs)
    found = fault(outcome)
    taken = outcome.error is None and outcome.ended
    if found is None and taken and must and where not in (*entry.free, "rng"):  # any seed will do
        what = f"argument {where!r} was taken: {short(_of(bad, where))}"
        found = Fault("wrong", entry.name, what)
    return found, text


@contextlib.contextmanager
def inside(place: Path) -> Iterator[None]:
    """Work in a folder where a file called "senseless" does no harm."""
    before = Path.cwd()
    os.chdir(place)
    try:
        yield
    finally:
        os.chdir(before)


def _of(bad: Call, where: str | int | None) -> object:
    if where is None:
        return "unknown=1"
    return bad.args[where] if isinstance(where, int) else bad.kwargs[where]


def _is_huge(bad: Call, where: str | int | None) -> bool:
    value = _of(bad, where)
    value = value.item() if isinstance(value, np.number) else value
    return isinstance(value, (int, float)) and not abs(value) < HUGE
