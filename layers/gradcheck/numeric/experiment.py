"""What is checked: a float64 copy of a layer, its inputs, and a dout to send back."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from layers.core.cast import cast
from layers.core.checks import label
from layers.core.params import Array, as_array, buffers
from layers.core.random_state import (
    drawn_since,
    generators,
    global_state,
    put_back,
    put_back_global,
    state_of,
)
from layers.gradcheck.numeric.held_arrays import differing, held_arrays
from layers.gradcheck.numeric.in_place_writes import WriteGuard
from layers.gradcheck.numeric.memory_layout import MemoryLayout, laid_out, layout_of, same_copy
from layers.gradcheck.numeric.perturbation import flat, random_dout, size_of
from layers.gradcheck.numeric.raised_errors import ForwardError, is_ours

Index = tuple[int, ...]
Unrun = Callable[[], tuple[Any, Any]]


class Experiment:
    """y = forward(inputs), and the scalar dout . y with the gradient to compare.

    Everything is a float64 copy, so that the check can move any entry without touching the caller's
    layer. Each pass gets copies of the inputs and of dout, so that a layer that writes into them
    finds the same numbers each time. The copies have the memory layout of the given arrays, and
    dout that of the output. Random layers draw the same numbers each time: the state of every
    generator that the layer holds is put back first, and those of ``np.random`` and ``random`` if
    forward draws from them. The buffers are put back too, because forward may write into them.

    Parameters
    ----------
    layer : layer
        Anything with ``params``, ``forward`` and ``backward``.
    inputs : sequence of arrays
        The arguments of forward. Floating ones can be moved, integers are passed through.
    loss : None or tuple
        A loss and its further arguments, run on the layer's output.
    rng : numpy.random.Generator
        Draws dout.
    may_draw : bool
        Whether forward may draw from the global random generators, which takes time to find out.

    Attributes
    ----------
    y : array
        The output of the first pass.
    layouts, dout_layout
        The memory layouts of the inputs and of dout in each pass.
    global_state : tuple or None
        The states of ``np.random`` and ``random`` before each pass, if forward draws from them.
    written : list of str
        The inputs and parameters that the first pass wrote to; they are put back.
    unrun : callable
        Makes new copies of the layer and the loss, which have not been run.
    """

    def __init__(
        self,
        layer: Any,
        inputs: Sequence[Any],
        loss: Any,
        rng: np.random.Generator,
        may_draw: bool = True,
    ) -> None:
        self.name = label(layer)
        self.layer = cast(layer, np.float64)
        arrays = [_array(value, position) for position, value in enumerate(inputs)]
        self.inputs = [np.array(array, _moved(array.dtype), order="C") for array in arrays]
        self.layouts = [MemoryLayout.of(array) for array in arrays]
        self.loss, self.targets = _split(loss)
        self._buffers = {name: array.copy() for name, array in self.buffers().items()}
        self._generators = [(found, state_of(found)) for found in generators(self.layer)]
        before = global_state() if may_draw else None
        self.global_state: tuple[Any, Any] | None = None
        given = self.given()
        with WriteGuard({**self.named_inputs(given), **self.named_parameters()}) as guard:
            y = self._first(given)
            self.y = copy.deepcopy(y)
        self.written = guard.written
        if before and drawn_since(before):
            self.global_state = before
        self.unrun: Unrun = lambda: (cast(layer, np.float64), copy.deepcopy(loss))
        self.dout = random_dout(self.y, rng)
        self.dout_layout = layout_of(y)

    @property
    def states(self) -> list[Any]:
        """The states of the layer's random generators before each pass."""
        return [state for _, state in self._generators]

    @property
    def is_random(self) -> bool:
        """Whether the layer holds a random generator, or forward draws from a global one."""
        return bool(self._generators or self.global_state)

    def rewind(self) -> None:
        """Put back the random states and the buffers, so that the next pass gives the same."""
        for name, array in self.buffers().items():
            if name in self._buffers:  # a layer may make a buffer later
                np.copyto(array, self._buffers[name])
        for generator, state in self._generators:
            put_back(generator, state)
        if self.global_state:
            put_back_global(self.global_state)

    def _first(self, given: Sequence[Array]) -> Any:
        """The first pass; what it raises is the layer's own error."""
        try:
            return self.run(given)
        except (Exception, SystemExit) as error:
            if is_ours(error):
                raise
            raise ForwardError from error

    def given(self) -> list[Array]:
        """Copies of the inputs, for one pass."""
        return [layout.copy(array) for layout, array in zip(self.layouts, self.inputs, strict=True)]

    def sent(self, dout: Any = None) -> Any:
        """A copy of dout, or of another one, for one pass."""
        return laid_out(self.dout if dout is None else dout, self.dout_layout)

    def run(self, inputs: Sequence[Array] | None = None) -> Any:
        """One forward pass, through the loss if there is one."""
        y = self.outputs(inputs)
        with np.errstate(all="ignore"):
            return y if self.loss is None else self.loss.forward(y, *self.targets)

    def outputs(self, inputs: Sequence[Array] | None = None) -> Any:
        """One forward pass of the layer alone."""
        self.rewind()
        with np.errstate(all="ignore"):
            return self.layer.forward(*(self.given() if inputs is None else inputs))

    def gradients(self, dout: Any = None) -> Any:
        """What backward returns, after a loss its own gradient has passed through."""
        with WriteGuard(self.named_parameters()):
            return self.backward(self.sent(dout))

    def backward(self, dout: Any) -> Any:
        """One backward pass with this dout, which may be written to."""
        with np.errstate(all="ignore"):
            if self.loss is not None:
                dout, _ = self.loss.backward(dout)
            return self.layer.backward(dout)

    def named_inputs(self, given: Sequence[Array]) -> dict[str, Array]:
        """The inputs of a pass, as findings call them."""
        return {f"input {position}": array for position, array in enumerate(given)}

    def named_parameters(self) -> dict[str, Array]:
        """The parameters, as findings call them."""
        return {f"the parameter {key}": array for key, array in self.tensors().items()}

    def buffers(self) -> dict[str, Array]:
        """The arrays that are not trained, live."""
        held = buffers(self.layer).items()
        return {name: array for name, array in held if isinstance(array, np.ndarray)}

    def moved_by_forward(self) -> list[str]:
        """The names of the arrays that a new layer has and each forward changes, as running means.

        What a random layer draws anew each time is not among them.
        """
        new, _ = self.unrun()
        made, now = held_arrays(new), held_arrays(self.layer)
        before = {name: now[name].copy() for name in made if name in now}
        self.run()
        now = held_arrays(self.layer)
        return differing(before, now)

    def tensors(self) -> dict[str, Array]:
        """The floating parameters, live: moving one moves the layer."""
        return {
            key: array
            for key, array in self.layer.params.items()
            if isinstance(array, np.ndarray) and array.dtype.kind == "f"
        }

    def affordable(self, work: int, fewest: int, most: int) -> int:
        """How many passes touch about `work` numbers, within bounds."""
        arrays = [*self.tensors().values(), *self.inputs, flat(self.y)]
        return int(np.clip(work // (1 + sum(array.size for array in arrays)), fewest, most))

    def after(self, inputs: Sequence[Array]) -> Experiment:
        """The same experiment on a layer that has run forward on other inputs before.

        Raises
        ------
        Exception
            Whatever the layer raises if it does not take these inputs.
        """
        other = copy.copy(self)
        other.layer, loss = self.unrun()
        if loss is not None:
            other.loss, other.targets = loss[0], loss[1:]
        other._generators = list(zip(generators(other.layer), self.states, strict=True))
        laid = [layout.copy(array) for layout, array in zip(self.layouts, inputs, strict=True)]
        other.run(laid)
        other.y = other.run()
        return other

    def beside(self, moved: Sequence[Array], rng: np.random.Generator) -> list[Experiment]:
        """The same experiment a little to either side, away from the kinks of this one.

        `moved` are the inputs that may move; those that are passed through stay.
        """
        chosen = [i for i, array in enumerate(self.inputs) if any(array is m for m in moved)]
        offsets = [
            1e-3
            * size_of(array)
            * rng.uniform(0.5, 1, array.shape)
            * rng.choice([-1, 1], array.shape)
            for array in self._movable(chosen)
        ]
        sides = [self._shifted(chosen, offsets, sign) for sign in (1, -1)]
        return [side for side in sides if side is not None]

    def _shifted(
        self, chosen: Sequence[int], offsets: Sequence[Array], sign: int
    ) -> Experiment | None:
        other = copy.deepcopy(self)
        for array, offset in zip(other._movable(chosen), offsets, strict=True):
            array += sign * offset
        try:
            other.y = other.run()
        except Exception:  # outside its domain a layer may raise anything
            return None
        return other

    def _movable(self, chosen: Sequence[int]) -> list[Array]:
        return [*self.tensors().values(), *(self.inputs[i] for i in chosen)]


def _array(value: Any, position: int) -> Array:
    """An input, as an array of numbers to be moved or passed through."""
    array = as_array("gradcheck", f"input {position}", value)
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"gradcheck: expected input {position} to be an array of real numbers, "
            f"got {type(value).__name__} of dtype {array.dtype}"
        )
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        worst = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        where = f" at {list(worst)} of" if worst else " as"
        raise ValueError(
            f"gradcheck: expected finite inputs, got {array[worst]}{where} input {position}; "
            "nothing can be compared there"
        )
    return array


def _moved(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return np.dtype(np.float64) if dtype.kind == "f" else dtype


def _split(loss: Any) -> tuple[Any, tuple[Any, ...]]:
    if loss is None:
        return None, ()
    is_pair = isinstance(loss, tuple) and len(loss) > 1
    if not is_pair or isinstance(loss[0], type) or not hasattr(loss[0], "backward"):
        raise TypeError(f"gradcheck: expected loss=(loss layer, labels), got {type(loss).__name__}")
    return copy.deepcopy(loss[0]), same_copy(loss[1:])
