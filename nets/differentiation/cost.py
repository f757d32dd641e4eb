"""The cost of each way to differentiate, against the number of inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers import FullyConnected, Tanh
from layers.core.checks import count, whole
from layers.core.notebook import number
from nets.arguments import fits, items
from nets.differentiation.comparison import REVERSE, WAYS, compare
from nets.display.text import WordTable
from nets.sequential import Sequential

HIDDEN = 16
NOTE = "How often the function is evaluated, and how long; reverse mode runs backward once besides."


def two_layer_net(inputs: int) -> tuple[Callable[..., Any], Sequential, Any]:
    """The net s = u . tanh(x W), written twice: in NumPy and as layers; and an input for it."""
    rng = np.random.default_rng(0)
    net = Sequential(
        FullyConnected(inputs, HIDDEN, bias=False, rng=rng),
        Tanh(),
        FullyConnected(HIDDEN, 1, bias=False, rng=rng),
    )
    W, u = net.params["0.W"], net.params["2.W"][:, 0]

    def f(x: ArrayLike) -> Any:
        return np.sum(np.tanh(x @ W) * u)

    return f, net, rng.normal(size=inputs)


def cost_against_inputs(sizes: Sequence[int] = (1, 10, 100, 1000), formulas: int = 10) -> WordTable:
    """Evaluations and time of each way for a two-layer net with more and more inputs.

    Parameters
    ----------
    sizes : sequence of int
        How many inputs there are.
    formulas : int
        Symbolic derivatives, which soon take minutes, are left out for more inputs than this.

    Returns
    -------
    WordTable
        One row for each size, one column for each way: evaluations and time.

    Examples
    --------
    >>> cost_against_inputs((1,)).header[0]
    'inputs'

    Notes
    -----
    Source: 10-601, lecture 13, "Approaches to Differentiation".
    """
    owner = "cost_against_inputs"
    several = [count(owner, "sizes", size) for size in items(owner, "sizes", sizes)]
    formulas = whole(owner, "formulas", formulas)
    for size in several:
        fits(owner, (size, HIDDEN))
    rows = []
    for size in several:
        f, net, x = two_layer_net(size)
        without = () if size <= formulas else ("symbolic",)
        found = compare(f, x, layer=net, without=without).outcomes
        shown = {
            way: f"{o.evaluations:,} in {number(1e3 * o.seconds)} ms" for way, o in found.items()
        }
        rows.append([str(size), *(shown.get(way, "") for way in (*WAYS, REVERSE))])
    return WordTable(["inputs", *WAYS, REVERSE], rows, [NOTE])
