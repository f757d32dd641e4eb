"""Time a step against width, depth and batch, and draw it: `python -m tests.benchmarks.growth`."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.benchmarks import ours, timing
from tests.benchmarks.cases import Case
from tests.benchmarks.machine import description, without_pins

GROWTH = {
    "width": (64, 128, 256, 512, 1024, 2048, 4096),
    "depth": (2, 4, 8, 16, 32, 64),
    "batch": (1, 4, 16, 64, 256, 1024, 4096),
}
PICTURE = Path("notebooks/pictures/growth.png")


def grown(way: str, size: int) -> Case:
    """A net that has grown one way, the rest being of middle size."""
    if way == "width":
        return Case(f"width {size}", (784, size, size, 10), 128)
    if way == "depth":
        return Case(f"depth {size}", (256,) * size + (10,), 128)
    return Case(f"batch {size}", (784, 512, 512, 10), size)


@dataclass(frozen=True)
class Growth:
    """Microseconds a step, ours and those of its products alone, for each size."""

    way: str
    sizes: tuple[int, ...]
    ours: tuple[float, ...]
    products: tuple[float, ...]


def measured(way: str, sizes: Sequence[int], blocks: int = 7) -> Growth:
    """Time the sizes one after the other, each beside its products."""
    times = []
    for size in sizes:
        case = grown(way, size)
        makes = {"ours": partial(ours.ours, case), "products": partial(ours.products, case)}
        found = timing.measured(makes, blocks).timings
        times.append([1e6 * found[name].median for name in makes])
    mine, products = zip(*times, strict=True)
    return Growth(way, tuple(sizes), mine, products)


def picture(curves: Sequence[Growth]):
    """Draw time against size, one way of growing beside the other."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 3.4), layout="constrained")
    for axes, curve in zip(figure.subplots(1, len(curves), sharey=True), curves, strict=True):
        axes.loglog(curve.sizes, curve.ours, "o-", color="#0072B2", label="a step with Adam")
        axes.loglog(curve.sizes, curve.products, "s--", color="#D55E00", label="its products")
        axes.set_xticks(curve.sizes, [str(size) for size in curve.sizes], rotation=45, minor=False)
        axes.minorticks_off()
        axes.set_xlabel(curve.way)
        axes.grid(axis="y", alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
    figure.axes[0].set_ylabel("microseconds")
    figure.axes[0].legend(frameon=False)
    return figure


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print and draw."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.growth", description=__doc__)
    parser.add_argument("--out", type=Path, default=PICTURE)
    parser.add_argument("--blocks", type=int, default=7)
    parser.add_argument("--sizes", type=int, help="only the first so many sizes of each way")
    options = parser.parse_args(arguments)
    print(description())
    curves = []
    for way, sizes in GROWTH.items():
        curve = measured(way, sizes[: options.sizes], options.blocks)
        curves.append(curve)
        print(f"\n{way:>8} {'step':>10} {'products':>10}  microseconds")
        for size, mine, products in zip(curve.sizes, curve.ours, curve.products, strict=True):
            print(f"{size:8} {mine:10.0f} {products:10.0f}")
    figure = picture(curves)
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    FigureCanvasAgg(figure).print_png(str(options.out), metadata={"Software": None})
    print(f"\n{options.out}")


if __name__ == "__main__":
    without_pins("tests.benchmarks.growth")
    main()
