"""Print the table of training steps: ours, its products alone, and the peers'."""

import argparse
import math
import sys
from collections.abc import Sequence
from functools import partial

from tests.benchmarks import ours
from tests.benchmarks.cases import RULES, SIZES, Case, case
from tests.benchmarks.machine import description, without_pins
from tests.benchmarks.peers import PEERS
from tests.benchmarks.timing import Measured, measured

OURS = {"handgrad": ours.ours, "products": ours.products, "NumPy alone": ours.numpy_alone}


def main(arguments: Sequence[str] | None = None) -> None:
    """Time every case and print one row for each, then the geometric means."""
    options = _options(arguments)
    names = [*OURS, *options.peers]
    print(description(), flush=True)
    print("\nMicroseconds a step, their spread, and in brackets how many times ours.\n")
    print(f"| net, batch, rule | {' | '.join(names)} |")
    print(f"|{'---|' * (len(names) + 1)}", flush=True)
    missing, ratios = {}, {}
    for rule in options.rules:
        for name in options.cases:
            chosen = case(name, rule)
            makes = {name: partial((OURS | PEERS)[name], chosen) for name in names}
            found = measured(makes, options.blocks)
            print(_row(chosen, names, found), flush=True)
            missing |= found.missing
            for peer, timing in found.timings.items():
                ratio = timing.median / found.timings["handgrad"].median
                ratios.setdefault(peer, []).append(ratio)
    print("\n*: measured again, because a figure had varied by more than 20 %.\n")
    for peer, values in ratios.items():
        if peer in options.peers:
            mean = math.exp(sum(map(math.log, values)) / len(values))
            print(f"{peer:14} geometric mean {mean:.2f}, worst case {min(values):.2f}")
    for peer, error in missing.items():
        print(f"{peer:14} left out: {error}")


def _row(chosen: Case, names: Sequence[str], found: Measured) -> str:
    mine = found.timings["handgrad"].median
    cells = [f"{chosen}, {chosen.rule}{' *' if found.again else ''}"]
    for name in names:
        if name in found.missing:
            cells.append("")
            continue
        timing = found.timings[name]
        ratio = "" if name == "handgrad" else f" ({timing.median / mine:.2f})"
        cells.append(f"{1e6 * timing.median:,.0f} ±{100 * timing.spread:.0f} %{ratio}")
    return f"| {' | '.join(cells)} |"


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
