"""A wrong gradient and what is known about it; what an explanation of it looks like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.bench import Bench
from layers.gradcheck.diagnosis.jacobian import Slopes, slopes
from layers.gradcheck.diagnosis.variations import batch_size
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.flat import flat
from layers.gradcheck.returned import Tensor

DIAGONAL = 1e-6  # slopes this much smaller than the largest are rounding


class View:
    """One wrong tensor on one bench: the analytic gradient beside the numeric one.

    Attributes
    ----------
    places : array (k,)
        The entries looked at, by their position in the flattened tensor.
    analytic, numeric : array (k,)
        What backward says there, and the slope of dout . y.
    rows : array (k, m)
        The slopes of each of the m outputs.
    dout, y : array (m,)
        The gradient sent back, and the output.
    shares : dict
        The numeric gradient through each use of a parameter, where that was asked for.
    """

    def __init__(self, bench: Bench, name: str) -> None:
        self.bench, self.name = bench, name
        seen = bench.sees(name)
        known = np.isfinite(seen.numeric)
        self.places, self.numeric = seen.places[known], seen.numeric[known]
        self.rows = seen.rows[known]
        self.analytic: Array = self.tensor.gradient.reshape(-1)[self.places]
        self.shares: dict[str, list[Array]] = {}
        self.dout, self.y = flat(self.experiment.dout), flat(self.experiment.y)

    @property
    def experiment(self) -> Experiment:
        """The layer on the bench."""
        return self.bench.experiment

    @property
    def tensor(self) -> Tensor:
        """The tensor with all its entries."""
        return self.bench.tensors[self.name]

    @property
    def values(self) -> Array:
        """The tensor itself, at the places looked at."""
        entries: Array = self.tensor.array.reshape(-1)[self.places]
        return entries

    @property
    def batch(self) -> int:
        """The number of examples."""
        return batch_size(self.experiment)

    @property
    def position(self) -> int | None:
        """Which input the tensor is; None for a parameter."""
        own = [i for i, array in enumerate(self.experiment.inputs) if array is self.tensor.array]
        return own[0] if own else None

    def slopes_with(self, changed: Mapping[int, Array]) -> Slopes | None:
        """The slopes of this tensor where other inputs are given; None if that does not run."""
        inputs = [changed.get(i, array) for i, array in enumerate(self.experiment.inputs)]
        other = self.bench.elsewhere(inputs)
        if other is None:
            return None
        array = other.tensors()[self.name] if self.position is None else other.inputs[self.position]
        return slopes(other, array, self.places)

    @property
    def is_parameter(self) -> bool:
        """Whether the tensor is a parameter, and not an input."""
        return self.name in self.experiment.tensors()

    @property
    def complete(self) -> bool:
        """Whether every entry of the tensor is looked at."""
        return bool(self.places.size == self.tensor.array.size)

    @cached_property
    def elementwise(self) -> bool:
        """Whether each entry moves the output at its own place and no other."""
        if self.y.size != self.tensor.array.size or np.shape(self.experiment.y) == ():
            return False
        others = np.abs(self.rows)
        top = others.max(initial=0.0)
        others[np.arange(len(others)), self.places] = 0
        return bool(others.max(initial=0.0) <= DIAGONAL * top)

    @property
    def own_dout(self) -> Array:
        """Of an elementwise layer: dout at the places looked at."""
        here: Array = self.dout[self.places]
        return here

    @property
    def own_y(self) -> Array:
        """Of an elementwise layer: the output at the places looked at."""
        here: Array = self.y[self.places]
        return here

    @property
    def own_slope(self) -> Array:
        """The slope of the output at the tensor's own place: of y = f(x), f'(x)."""
        here: Array = self.rows[np.arange(len(self.places)), self.places]
        return here

    def at(self, gradient: Array) -> Array:
        """A gradient for the whole tensor, at the places looked at."""
        here: Array = np.reshape(gradient, -1)[self.places]
        return here


@dataclass(frozen=True)
class Candidate:
    """A mistake, and what backward would say if somebody had made it.

    Attributes
    ----------
    mistake : str
        Its id.
    predict : callable
        The gradient under this mistake, from a view; None where it could not have been made.
    says : str
        What is claimed of the gradient, to stand between "dW" and "in all 20 entries".
    because : str
        What else belongs to the evidence.
    general : bool
        Whether it names a pattern only, which several mistakes may leave.
    """

    mistake: str
    predict: Callable[[View], Array | None]
    says: str
    because: str = ""
    general: bool = False


@dataclass(frozen=True)
class Case:
    """A wrong tensor, seen from all variations; the first view is the check's own."""

    name: str
    views: list[View]

    @property
    def first(self) -> View:
        """The view of the check itself."""
        return self.views[0]

    @property
    def elementwise(self) -> bool:
        """Whether the layer is a function of each entry by itself."""
        return all(view.elementwise for view in self.views)

    @property
    def is_random(self) -> bool:
        """Whether the layer holds a random generator."""
        return self.first.experiment.is_random


def shown(factor: float) -> str:
    """A factor for reading: "8.000", and with more digits where it is almost 1."""
    return f"{factor:.6f}" if 0 < abs(factor - 1) < 0.01 else f"{factor:#.4g}"
