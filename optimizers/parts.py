"""Three ways to run a rule over parameters: by a compiled loop, joined to one vector, or alone.

A net's parameters are a few large arrays and many small ones. The fixed cost of a NumPy operation
is that of some thousand additions, so small parameters are gathered into one vector, updated
there and written back. A compiled loop has no such cost, and takes each parameter by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from optimizers.loops import Array, Loop
from optimizers.pieces import Rule, State, apart, blocks, in_threads, in_turn

Numbers = tuple[float, ...]


class Gathered:
    """Small parameters of one dtype, updated as one vector.

    Their state lives in vectors too; the entries of `state` become views of these.

    Parameters
    ----------
    keys : sequence of str
        The parameters' names.
    params : mapping of str to ndarray
        The parameters.
    state : mapping of str to dict of str to ndarray
        What the rule remembers of them.
    """

    def __init__(
        self, keys: Sequence[str], params: Mapping[str, Array], state: Mapping[str, State]
    ) -> None:
        self.keys = keys
        shapes = [params[key].shape for key in keys]
        ends = np.cumsum([0, *(params[key].size for key in keys)])
        parts = [slice(int(start), int(stop)) for start, stop in pairwise(ends)]

        def views(vector: Array) -> list[Array]:
            return [vector[part].reshape(shape) for part, shape in zip(parts, shapes, strict=True)]

        self.theta = _joined([params[key] for key in keys])
        self.thetas = views(self.theta)
        self.state = {slot: _joined([state[key][slot] for key in keys]) for slot in state[keys[0]]}
        for slot, vector in self.state.items():
            for key, view in zip(keys, views(vector), strict=True):
                state[key][slot] = view

    def update(
        self, params: Mapping[str, Array], grads: Mapping[str, Array], rule: Rule, _: Numbers
    ) -> None:
        """Run the rule once for all of them."""
        np.concatenate([params[key].ravel() for key in self.keys], out=self.theta)
        rule(self.theta, _joined([grads[key] for key in self.keys]), self.state)
        for key, theta in zip(self.keys, self.thetas, strict=True):
            np.copyto(params[key], theta)


class Alone:
    """Parameters updated one by one, large ones in blocks if the rule allows it."""

    def __init__(
        self,
        keys: Sequence[str],
        params: Mapping[str, Array],
        state: Mapping[str, State],
        elementwise: bool,
    ) -> None:
        self.keys, self.state, self.elementwise = keys, state, elementwise
        self.threaded = elementwise and apart(params, keys)

    def update(
        self, params: Mapping[str, Array], grads: Mapping[str, Array], rule: Rule, _: Numbers
    ) -> None:
        """Run the rule for each of them."""
        pieces = [(params[key], grads[key], self.state[key]) for key in self.keys]
        if self.elementwise:
            pieces = [block for piece in pieces for block in blocks(*piece)]
        (in_threads if self.threaded else in_turn)(rule, pieces)


class Looped:
    """Parameters updated by a compiled loop, one by one: calling it costs next to nothing."""

    def __init__(
        self,
        params: Mapping[str, Array],
        state: Mapping[str, State],
        slots: tuple[str, ...],
        loop: Loop,
    ) -> None:
        self.loop = loop
        self.flat: list[tuple[str, list[Array]]] = []
        for key, theta in params.items():
            arrays = [theta, *(state[key][slot] for slot in slots)]
            if all(map(_can_loop, arrays)):
                self.flat.append((key, [array.reshape(-1) for array in arrays]))
        self.keys = [key for key, _ in self.flat]

    def update(self, _: Any, grads: Mapping[str, Array], __: Rule, numbers: Numbers) -> None:
        """Run the loop over each of them."""
        for key, (theta, *kept) in self.flat:
            self.loop(theta, grads[key].ravel(), *kept, *numbers)


def _can_loop(array: Array) -> bool:
    return array.flags.c_contiguous and array.dtype in (np.float32, np.float64)


def _joined(arrays: Sequence[Array]) -> Array:
    return np.concatenate([array.ravel() for array in arrays])
