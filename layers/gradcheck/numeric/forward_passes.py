"""Many forward passes with one tensor moved, run as a few large ones where that is the same.

A net need not run the layers before the one that holds a moved parameter, and runs those after it
once for many values: the outputs are put together like the examples of one batch. Of an input, only
the example with the moved entry runs. Layers that mix the examples of a batch, and nets that do
more than call their layers one after the other, run pass by pass. The large passes are tried
against single ones first, far from the point, where anything that they leave out would show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any

import numpy as np

from layers.core.params import Array
from layers.gradcheck.numeric.complex_step import ComplexTwin, complex_twin
from layers.gradcheck.numeric.experiment import Experiment, Index
from layers.gradcheck.numeric.perturbation import flat, perturbed

Place = Index | Array  # an entry, or a direction in which the whole tensor is moved
Point = tuple[Place, float]
Run = Callable[[Sequence[Point]], Array]

STACK = 2**16  # numbers that a layer takes at once: as many as a cache holds
SAME = 1e-11  # of the largest number: so much may two ways to compute one differ


class ForwardPasses:
    """The outputs of an experiment when one of its tensors is moved.

    Parameters
    ----------
    experiment : Experiment
        Its inputs and parameters are moved, and put back after each pass.

    Attributes
    ----------
    y, dout : array (m,)
        The flattened output at the point, and the weights of the slopes.
    """

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self.y, self.dout = flat(experiment.y), flat(experiment.dout)
        self._layers: list[Any] = []
        self._taken: list[tuple[Array, ...]] = []  # the arguments of each layer, and the output
        self._independent = 0  # the first layer after all those that mix examples
        self._runs: dict[int, Run] = {}

    @cached_property
    def twin(self) -> ComplexTwin | None:
        """The layer with complex numbers, if it computes with them."""
        return complex_twin(self.experiment)

    def outputs(self, array: Array, points: Sequence[Point]) -> Array:
        """The flattened outputs (k, m) with `array` moved in k ways; nan where there are none."""
        one_by_one = partial(self._one_by_one, array)
        if not self._runs:
            self._find_layers()
        if id(array) not in self._runs:
            self._runs[id(array)] = self._large_passes(array) or one_by_one
        try:
            with np.errstate(all="ignore"):
                return self._runs[id(array)](points)
        except Exception:  # one of the points may be outside the domain
            return one_by_one(points)

    def _one_by_one(self, array: Array, points: Sequence[Point]) -> Array:
        found = np.full((len(points), self.y.size), np.nan)
        for row, point in zip(found, points, strict=True):
            with Moved(array, point):
                try:
                    y = flat(self.experiment.run())
                except Exception:  # outside its domain a layer may raise anything
                    continue
            if y.size == row.size:
                row[...] = y
        return found

    def _find_layers(self) -> None:
        layer, layouts = self.experiment.layer, self.experiment.layouts
        if not self.experiment.is_random and all(layout.is_plain for layout in layouts):
            for layers in (getattr(layer, "layers", None), [layer]):
                if not self._layers and isinstance(layers, (list, tuple)):
                    self._follow(list(layers))

    def _follow(self, layers: list[Any]) -> None:
        """Run the layers one after the other, if that is what the net does."""
        taken: list[tuple[Array, ...]] = [tuple(self.experiment.inputs)]
        try:
            with np.errstate(all="ignore"):
                for layer in layers:
                    taken.append((_batch(layer.forward(*_copies(taken[-1]))).copy(),))
                if _same(self._end(*_copies(taken[-1])), self.y):
                    mixing = [k for k, layer in enumerate(layers) if _mixes(layer, taken[k])]
                    self._independent = max(mixing, default=-1) + 1
                    self._layers, self._taken = layers, taken
        except Exception:  # what a net holds as layers may be anything
            return

    def _large_passes(self, array: Array) -> Run | None:
        """A faster way to run, if it gives the same outputs far from the point."""
        point = (perturbed(array, np.random.default_rng(0)) - array, 1.0)
        try:
            with np.errstate(all="ignore"):
                run = self._shortcut(array)
                return (
                    run if run and _same(run([point]), self._one_by_one(array, [point])) else None
                )
        except Exception:  # far from the point a layer may raise anything
            return None

    def _shortcut(self, array: Array) -> Run | None:
        for position, given in enumerate(self._taken[0] if self._layers else ()):
            if given is array and not self._independent and len(self._taken[-1][0]) == len(array):
                return partial(self._moving_examples, position)
        owners = [k for k, layer in enumerate(self._layers) if _holds(layer, array)]
        if len(owners) == 1 and len(self._layers) > 1:
            return partial(self._moving_a_parameter, owners[0], array)
        return None

    def _moving_examples(self, position: int, points: Sequence[Point]) -> Array:
        inputs, (output,) = self._taken[0], self._taken[-1]
        found = []
        for some in _groups(points, self._width(0) // len(output)):
            rows = [slice(p[0], p[0] + 1) if isinstance(p, tuple) else slice(None) for p, _ in some]
            given = [[array[row].copy() for row in rows] for array in inputs]
            for (place, t), part in zip(some, given[position], strict=True):
                if isinstance(place, tuple):
                    place = (0, *place[1:])
                    part[place] += t
                else:
                    part += t * place
            y = self._through(0, *map(np.concatenate, given))
            *ends, end = np.cumsum([len(part) for part in given[position]])
            for row, part in zip(rows, np.split(_of_length(y, end), ends), strict=True):
                whole = output.copy()
                whole[row] = part
                found.append(self._end(whole))
        return np.array(found)

    def _moving_a_parameter(self, k: int, array: Array, points: Sequence[Point]) -> Array:
        found = []
        together = k + 1 >= self._independent
        for some in _groups(points, self._width(k + 1)) if together else ([p] for p in points):
            ys = []
            for point in some:
                with Moved(array, point):
                    ys.append(np.array(self._layers[k].forward(*_copies(self._taken[k]))))
            y = self._through(k + 1, np.concatenate(ys))
            y = y.reshape(len(ys), *self._taken[-1][0].shape)
            found += [self._end(part) for part in y]
        return np.array(found)

    def _width(self, first: int) -> int:
        """The most numbers that one pass hands from one layer to the next, from `first` on."""
        return max(array.size for taken in self._taken[first:] for array in taken)

    def _through(self, first: int, *taken: Array) -> Array:
        for layer in self._layers[first:]:
            taken = (layer.forward(*taken),)
        return taken[0]

    def _end(self, y: Array) -> Array:
        loss = self.experiment.loss
        return flat(y if loss is None else loss.forward(y, *self.experiment.targets))


class Moved:
    """One entry of an array moved in a block, or all of it in one direction."""

    __slots__ = ("array", "start", "where")

    def __init__(self, array: Array, point: Point) -> None:
        place, t = point
        self.array = array
        self.where: Any = place if isinstance(place, tuple) else ...
        self.start = array[self.where].copy()
        array[self.where] = self.start + (t if isinstance(place, tuple) else t * place)

    def __enter__(self) -> None:
        return

    def __exit__(self, *_: object) -> None:
        self.array[self.where] = self.start


def _mixes(layer: Any, taken: Sequence[Array]) -> bool:
    """Whether a layer computes something else for two batches at once than for one at a time."""
    rng = np.random.default_rng(0)
    other = [perturbed(a, rng) if a.dtype.kind == "f" else np.roll(a, 1, axis=0) for a in taken]
    try:
        together = layer.forward(*(np.concatenate(pair) for pair in zip(taken, other, strict=True)))
        alone = [np.array(layer.forward(*_copies(given))) for given in (taken, other)]
    except Exception:  # a layer may take batches of one size alone
        return True
    return not _same(together, np.concatenate(alone))


def _holds(layer: Any, array: Array) -> bool:
    params = getattr(layer, "params", None)
    return isinstance(params, Mapping) and any(value is array for value in params.values())


def _of_length(y: Array, length: int) -> Array:
    if len(y) != length:
        raise ValueError("some examples are left out")
    return y


def _batch(y: Any) -> Array:
    if not isinstance(y, np.ndarray) or not y.ndim:
        raise TypeError("not a batch of examples")
    return y


def _copies(arrays: Sequence[Array]) -> list[Array]:
    return [array.copy() for array in arrays]


def _groups(points: Sequence[Point], width: int) -> Iterator[Sequence[Point]]:
    size = max(STACK // max(width, 1), 1)
    return (points[start : start + size] for start in range(0, len(points), size))


def _same(a: Array, b: Array) -> bool:
    """Whether two arrays hold the same finite numbers, except for their last digits."""
    if a.shape != b.shape or not np.isfinite(b).all():
        return False
    return bool((np.abs(a - b) <= SAME * np.abs(b).max(initial=0.0)).all())
