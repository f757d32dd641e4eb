"""A wrong gradient with what is known about it, and the mistakes that could explain it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.measurement import Measurement
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.output_slopes import OutputSlopes, output_slopes
from layers.gradcheck.numeric.perturbation import flat
from layers.gradcheck.numeric.returned_gradients import Tensor

DIAGONAL = 1e-6  # slopes this much smaller than the largest are rounding


class View:
    """One wrong tensor in one measurement: the analytic gradient beside the numeric one.

    Attributes
    ----------
    places : array (k,)
        The entries compared, by their position in the flattened tensor.
    analytic, numeric : array (k,)
        What backward returned for them, and the slope of dout . y.
    rows : array (k, m)
        The slopes of each of the m outputs.
    dout, y : array (m,)
        The upstream gradient and the output.
    """

    def __init__(self, measurement: Measurement, name: str) -> None:
        self.measurement, self.name = measurement, name
        found = measurement.slopes(name)
        known = np.isfinite(found.numeric)
        self.places, self.numeric = found.places[known], found.numeric[known]
        self.rows = found.rows[known]
        self.analytic = self.at(self.tensor.gradient)
        self.dout, self.y = flat(self.experiment.dout), flat(self.experiment.y)

    @property
    def experiment(self) -> Experiment:
        """The layer with its inputs and dout."""
        return self.measurement.experiment

    @property
    def tensor(self) -> Tensor:
        """The tensor with all its entries."""
        return self.measurement.tensors[self.name]

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the tensor."""
        return self.tensor.array.shape

    @property
    def output_shape(self) -> tuple[int, ...]:
        """The shape of the output; () for a number."""
        return np.shape(self.experiment.y)

    @property
    def values(self) -> Array:
        """The values of the tensor at the entries compared."""
        return self.at(self.tensor.array)

    @property
    def position(self) -> int | None:
        """Which input the tensor is; None for a parameter."""
        arrays = enumerate(self.experiment.inputs)
        return next((i for i, array in arrays if array is self.tensor.array), None)

    @property
    def is_parameter(self) -> bool:
        """Whether the tensor is a parameter and not an input."""
        return self.name in self.experiment.tensors()

    @property
    def complete(self) -> bool:
        """Whether every entry of the tensor is compared."""
        return bool(self.places.size == self.tensor.array.size)

    @cached_property
    def elementwise(self) -> bool:
        """Whether each entry moves the output at its own place and no other."""
        if self.y.size != self.tensor.array.size or self.output_shape == ():
            return False
        away = np.abs(self.rows)
        top = away.max(initial=0.0)
        away[np.arange(len(away)), self.places] = 0
        return bool(away.max(initial=0.0) <= DIAGONAL * top)

    @property
    def own_dout(self) -> Array:
        """For an elementwise layer: dout at the entries compared."""
        return self.at(self.dout)

    @property
    def own_y(self) -> Array:
        """For an elementwise layer: the output at the entries compared."""
        return self.at(self.y)

    @property
    def own_slope(self) -> Array:
        """For an elementwise layer y = f(x): f'(x) at the entries compared."""
        return own_slopes(self.rows, self.places)

    def at(self, gradient: Array) -> Array:
        """A gradient of the whole tensor, at the entries compared."""
        return np.take(gradient, self.places)

    def slopes_at(self, inputs: Mapping[int, Array]) -> OutputSlopes | None:
        """The slopes of this tensor at other inputs; None if the layer does not run there."""
        other = copy.deepcopy(self.experiment)
        for position, array in inputs.items():
            other.inputs[position] = np.array(array)
        try:
            other.y = other.run()
        except Exception:  # a user's layer may raise anything
            return None
        y = flat(other.y)
        return self.slopes_in(other) if y.size == self.y.size and np.isfinite(y).all() else None

    def slopes_in(self, other: Experiment) -> OutputSlopes:
        """The slopes of this tensor in a changed copy of the experiment."""
        array = other.tensors()[self.name] if self.position is None else other.inputs[self.position]
        return output_slopes(other, array, self.places)


@dataclass(frozen=True)
class Candidate:
    """A mistake, and the gradient that backward would return if it had been made.

    Attributes
    ----------
    mistake : str
        Its id.
    predict : callable
        The gradient under this mistake, from a view; None where it cannot have been made.
    claim : str
        What is true of the gradient, to be read between "dW" and "in all 20 entries".
    because : str
        What else belongs to the evidence.
    general : bool
        Whether it is only a pattern, which several mistakes may leave.
    """

    mistake: str
    predict: Callable[[View], Array | None]
    claim: str
    because: str = ""
    general: bool = False


@dataclass(frozen=True)
class Case:
    """A wrong tensor in all measurements; the first view is that of the check itself."""

    name: str
    views: list[View]

    @property
    def first(self) -> View:
        """The view of the check itself."""
        return self.views[0]

    @property
    def elementwise(self) -> bool:
        """Whether the output is a function of each entry by itself."""
        return all(view.elementwise for view in self.views)

    @property
    def keeps_shape(self) -> bool:
        """Whether the output has the shape of the tensor."""
        return all(view.output_shape == view.shape for view in self.views)


def own_slopes(rows: Array, places: Array) -> Array:
    """The slope of the output at each entry's own place."""
    return np.take_along_axis(rows, places[:, None], axis=1).reshape(-1)


def multiple(values: Array, of: Array) -> float:
    """The factor by which `of` comes closest to `values`, where both are finite."""
    usable = np.isfinite(of) & np.isfinite(values)
    norm = float(of[usable] @ of[usable])
    return float(values[usable] @ of[usable]) / norm if norm else 0.0


def shown(factor: float) -> str:
    """A factor for reading: "8.000", and with more digits where it is almost 1."""
    return f"{factor:.6f}" if 0 < abs(factor - 1) < 0.01 else f"{factor:#.4g}"
