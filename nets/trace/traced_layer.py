"""One layer in a pass: its inputs and outputs, forward and backward."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from layers.core.base import Grads
from layers.core.checks import label
from layers.core.local_derivative import Curve, curve
from layers.core.notebook import cut, norm, number, plain, text, title
from layers.core.params import Array
from nets.display.arrays import SMALL, array_html, array_text

FLAT = 0.1  # of the steepest slope: below it an entry is saturated
FAR = 20.0  # where an activation that has ends is at them


class Entry(NamedTuple):
    """An array of a step, and what it is called."""

    symbol: str
    meaning: str
    array: Any

    @property
    def size(self) -> str:
        """Its shape and norm; of one that is not there, that."""
        if self.array is None:
            return "none"
        shape = np.shape(self.array)
        return f"{shape or 'a number'} ‖{number(norm(self.array))}‖"


@dataclass(frozen=True, eq=False, repr=False)
class Step:
    """A layer in one pass.

    If a layer took several inputs, `x`, `dx` and `local` are tuples.

    Attributes
    ----------
    name : str
        Its position or the name of its node; in a nested net, the path to it: "2.0".
    layer : layer
        A copy of the layer, as it was.
    x, y : array
        The input and the output.
    dout, dx : array or None
        The upstream and the downstream gradient; None where there is none, as for integers.
    local : array or None
        The local derivative dy/dx, if each entry of y depends only on the same entry of x. Then
        dx = dout * local.
    grads : dict of str to ndarray
        The gradients of the layer's parameters.
    """

    name: str
    layer: Any
    xs: tuple[Any, ...]
    y: Any
    dout: Any
    dxs: tuple[Any, ...]
    locals: tuple[Any, ...]
    grads: Grads

    @property
    def x(self) -> Any:
        """What came in."""
        return _one(self.xs)

    @property
    def dx(self) -> Any:
        """The downstream gradient: what the layers before get."""
        return _one(self.dxs)

    @property
    def local(self) -> Any:
        """The local derivative."""
        return _one(self.locals)

    @property
    def title(self) -> str:
        """Its name and its layer, in one short line."""
        own = label(self.layer)
        # Where a label is no more than the class, the repr says more: LeakyReLU(0.1).
        shown = title(self.layer) if own == type(self.layer).__name__ else cut(own)
        return f"{self.name} {shown}"

    @cached_property
    def upstream(self) -> float:
        """The norm of the upstream gradient; 0 where there is none."""
        return norm(self.dout)

    @cached_property
    def downstream(self) -> float:
        """The norm of the downstream gradient."""
        return norm(*self.dxs)

    @cached_property
    def learning(self) -> float:
        """The norm of the gradients of the parameters."""
        return norm(*self.grads.values())

    @cached_property
    def _curve(self) -> Curve | None:
        """What an activation does far from 0, if the local derivatives of this pass are known."""
        return None if self.local is None else curve(self.layer, FAR)

    @cached_property
    def dead(self) -> float | None:
        """The share of units that are off in the whole batch; None for layers that have no off.

        A unit is an entry of one example's output. One that is off gives 0 and passes no gradient.
        """
        if self._curve is None or not self._curve.switches_off:
            return None
        off = (np.asarray(self.y) == 0) & (self.local == 0)
        return _mean(off.reshape(len(off) if off.ndim else 1, -1).all(axis=0))

    @cached_property
    def saturated(self) -> float | None:
        """The share of entries near the flat ends of a sigmoid or the like; None without ends.

        There the slope is less than a tenth of the steepest one.
        """
        if self._curve is None or not self._curve.saturates:
            return None
        return _mean(np.abs(self.local) < FLAT * self._curve.steepest)

    def entries(self) -> Iterator[Entry]:
        """All arrays, in the order of the pass."""
        for index, x in _numbered(self.xs):
            yield Entry(f"x{index}", "came in", x)
        yield Entry("y", "went out", self.y)
        yield Entry("dout", "upstream gradient", self.dout)
        for index, local in _numbered(self.locals):
            if local is not None:
                yield Entry(f"dy/dx{index}", "local derivative", local)
        for index, dx in _numbered(self.dxs):
            yield Entry(f"dx{index}", "downstream gradient", dx)
        for name, gradient in self.grads.items():
            yield Entry(name, "parameter", self.layer.params[name])
            yield Entry(f"d{name}", "its gradient", gradient)

    @property
    def is_small(self) -> bool:
        """Whether its numbers can be shown."""
        return max(np.size(entry.array) for entry in self.entries()) <= SMALL

    def __repr__(self) -> str:
        lines = [self.title]
        for entry in self.entries():
            lines.append(f"  {entry.symbol:6} {entry.meaning:20} {plain(entry.size)}")
            lines += [f"         {line}" for line in array_text(entry.array)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return f"<div><b>{text(self.title)}</b></div>{self.arrays_html()}"

    def arrays_html(self) -> str:
        """The arrays beside each other, with their numbers where there are few."""
        cards = "".join(
            f'<div style="margin:0.4em 1.6em 0.4em 0"><div><b>{text(entry.symbol)}</b> '
            f'<span style="opacity:0.7">{text(entry.meaning)}</span></div>'
            f'<div style="font-size:85%">{text(entry.size)}</div>{array_html(entry.array)}</div>'
            for entry in self.entries()
        )
        return f'<div style="display:flex;flex-wrap:wrap">{cards}</div>'


def _one(parts: tuple[Any, ...]) -> Any:
    return parts[0] if len(parts) == 1 else parts


def _numbered(parts: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    for index, part in enumerate(parts):
        yield (str(index) if len(parts) > 1 else ""), part


def _mean(truths: Array) -> float:
    return float(np.mean(truths)) if truths.size else 0.0
