"""Break formulas of layers and optimizers, one at a time, and say which breaks no test notices.

    python -m tests.mutation --most 300 --seed 0
    python -m tests.mutation --most 300 --part 1/10
    python -m tests.mutation layers/losses/mse.py

The exit code is 0 if at least 98 of 100 wrong versions are noticed, those aside that
`explained.py` shows to compute the same.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tests.mutation.explained import EXPLAINED
from tests.mutation.mutants import Mutant, mutants
from tests.mutation.run import ROOT, is_killed, workplace

KINDS = ("linear", "activations", "losses", "gates", "shapes", "regularizing")
ENOUGH = 0.98
NO_FORMULAS = ("__init__.py", "requirements.py", "param_arrays.py", "spelling.py")
NO_FORMULAS += ("optimizer.py", "running.py", "wrapped.py")
Place = tuple[str, Mutant]  # the file, and what is wrong in it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script and return its exit code."""
    options = _options(arguments)
    part, parts = map(int, options.part.split("/"))
    chosen = _chosen(options.files or formulas(), options.most, options.seed)[part - 1 :: parts]
    print(f"{len(chosen)} wrong versions, seed {options.seed}")
    with tempfile.TemporaryDirectory() as folder:
        outcomes = _outcomes(chosen, Path(folder), options.workers)
    survivors = [place for place, killed in zip(chosen, outcomes, strict=True) if not killed]
    return _report(chosen, survivors)


def formulas() -> list[str]:
    """The files that hold formulas: layers by kind, and the rules of the optimizers."""
    found = [path for kind in KINDS for path in sorted((ROOT / "layers" / kind).glob("*.py"))]
    found += sorted((ROOT / "optimizers").glob("*.py"))
    found += sorted((ROOT / "optimizers" / "schedules").glob("*.py"))
    return [path.relative_to(ROOT).as_posix() for path in found if path.name not in NO_FORMULAS]


def _chosen(files: Sequence[str], most: int, seed: int) -> list[Place]:
    found = [(file, mutant) for file in files for mutant in mutants((ROOT / file).read_text())]
    if len(found) > most:
        found = random.Random(seed).sample(found, most)
    return sorted(found, key=lambda place: (place[0], place[1].line))


def _outcomes(chosen: Sequence[Place], folder: Path, workers: int) -> list[bool]:
    """Whether each wrong version was noticed; every worker has a copy of its own to break."""
    places: SimpleQueue[Path] = SimpleQueue()
    places.put(first := workplace(folder / "0"))
    for number in range(1, workers):
        places.put(shutil.copytree(first, folder / str(number)))

    def outcome(place: Place) -> bool:
        file, mutant = place
        copy = places.get()
        killed = is_killed(copy, file, mutant.text)
        places.put(copy)
        print("." if killed else f"\n{_described(place)}\n", end="", flush=True)
        return killed

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(outcome, chosen))


def _reason(place: Place) -> str:
    file, mutant = place
    return EXPLAINED.get((file, mutant.before, mutant.after), "")


def _described(place: Place) -> str:
    file, mutant = place
    change = f"{file}:{mutant.line}\n  - {mutant.before}\n  + {mutant.after}"
    return f"{change}\n  {_reason(place) or 'NOT EXPLAINED'}"


def _report(chosen: Sequence[Place], survivors: Sequence[Place]) -> int:
    explained, killed = sum(map(bool, map(_reason, survivors))), len(chosen) - len(survivors)
    missed = len(survivors) - explained
    share = killed / max(killed + missed, 1)
    print(f"\n{killed} of {len(chosen)} noticed, {explained} explained, ", end="")
    print(f"{missed} missed: {share:.1%} of those that differ")
    return int(share < ENOUGH)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("files", nargs="*", metavar="FILE", help="default: all with formulas")
    parser.add_argument("--most", type=int, default=300, help="a sample of so many (default: 300)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--part", default="1/1", metavar="K/N", help="the K-th of N pieces")
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
