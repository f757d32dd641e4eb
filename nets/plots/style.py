"""The style of all pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nets.display.colours import BLUE as BLUE
from nets.display.colours import VERMILION as VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SEVERAL = ("#000000", VERMILION, "#E69F00", "#009E73", BLUE, "#CC79A7", "#56B4E9")


def plain(axes: Axes) -> None:
    """No box around a curve, and faint lines at its ticks."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", alpha=0.25)


def dots(points: int) -> str:
    """The marker of a curve: a single point makes no line."""
    return "o" if points <= 20 else ""


def whole_numbers(axes: Axes) -> None:
    """Ticks at integers, for epochs and steps."""
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(
        MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True, min_n_ticks=1)
    )
