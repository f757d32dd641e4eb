"""Print the table of training steps: ours, its products alone, and the peers'."""

import argparse
import math
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.benchmarks import ours
from tests.benchmarks.cases import RULES, SIZES, Case, case
from tests.benchmarks.machine import description, without_pins
from tests.benchmarks.peers import PEERS
from tests.benchmarks.timing import Timing, interleaved


def main(arguments: Sequence[str] | None = None) -> None:
    """Time every case and print one row for each, then the geometric means."""
    options = _options(arguments)
    print(description(), flush=True)
    missing, ratios = {}, {}
    for rule in options.rules:
        print(f"\nmicroseconds a step with {rule}, and in brackets how many times ours", flush=True)
        for name in options.cases:
            chosen = case(name, rule)
            calls = {
                "ours": ours.ours(chosen),
                "NumPy alone": ours.numpy_alone(chosen),
                "products": ours.products(chosen),
            }
            for peer in options.peers:
                with _noted(peer, missing):
                    calls[peer] = PEERS[peer](chosen)
            timings = interleaved(calls, options.blocks)
            print(_row(chosen, timings), flush=True)
            for peer, timing in timings.items():
                ratios.setdefault(peer, []).append(timing.median / timings["ours"].median)
    print()
    for peer, values in ratios.items():
        if peer in options.peers:
            mean = math.exp(sum(map(math.log, values)) / len(values))
            print(f"{peer:14} geometric mean {mean:.2f}, worst case {min(values):.2f}")
    for peer, error in missing.items():
        print(f"{peer:14} left out: {error}")


@contextmanager
def _noted(peer: str, missing: dict[str, ImportError]) -> Iterator[None]:
    """Go on without a library that is not installed."""
    try:
        yield
    except ImportError as error:
        missing[peer] = error


def _row(chosen: Case, timings: dict[str, Timing]) -> str:
    mine = timings["ours"].median
    cells = [f"{chosen!s:32}"]
    for name, timing in timings.items():
        ratio = "" if name == "ours" else f" ({timing.median / mine:.2f})"
        cells.append(f"{name} {1e6 * timing.median:.0f} ±{100 * timing.spread:.0f} %{ratio}")
    return "  ".join(cells)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--cases", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--rules", nargs="+", choices=RULES, default=list(RULES))
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    parser.add_argument("--blocks", type=int, default=15)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    without_pins()
    main(sys.argv[1:])
