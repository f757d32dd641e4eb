"""Run the fuzzers: ``python -m tests.fuzz [layouts|options|files ...] [--count N] [--seed K]``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from tests.fuzz import files, layouts, options
from tests.fuzz.entries import ROOMS, entries
from tests.fuzz.judge import Tally

FUZZERS: dict[str, Callable[[Any, int, int], Any]] = {
    "layouts": layouts.case,
    "options": options.case,
    "files": files.case,
}


def fuzz(
    name: str, seed: int, cases: Sequence[int], seconds: float = 1e9, only: Sequence[str] = ()
) -> Tally:
    """Run some cases of a fuzzer, which take turns with the entries."""
    tally, end = Tally(name, seed), time.perf_counter() + seconds
    every = list(files.FILES) if name == "files" else entries()
    rooms = {entry.name for entry in entries(tuple(only))} if only else set()
    for index in cases:
        entry = every[index % len(every)]
        if rooms and getattr(entry, "name", "") not in rooms:
            continue
        found, text = FUZZERS[name](entry, seed, index)
        tally.add(index, text, found)
        if time.perf_counter() > end:
            break
    return tally


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for, print the counts, and fail if there is a fault."""
    parser = argparse.ArgumentParser("python -m tests.fuzz", description=__doc__)
    parser.add_argument("fuzzer", nargs="*", choices=[[], *FUZZERS], default=[])
    parser.add_argument("--count", type=int, default=5000, help="cases of each fuzzer")
    parser.add_argument("--seconds", type=float, default=1e9, help="the most time for each fuzzer")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--case", type=int, help="run this one case only")
    parser.add_argument("--room", action="append", choices=ROOMS, default=[], help="only these")
    options = parser.parse_args(arguments)
    faults = 0
    for name in options.fuzzer or FUZZERS:
        cases = range(options.count) if options.case is None else [options.case]
        tally = fuzz(name, options.seed, cases, options.seconds, options.room)
        print(tally, end="\n\n")
        faults += tally.counts.total()
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
