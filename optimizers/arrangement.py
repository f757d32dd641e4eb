"""How a rule that is written for one array runs over many: which way each parameter is updated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import is_
from typing import Any

from optimizers.loops import Array, Loop
from optimizers.parts import Alone, Gathered, Looped, Numbers
from optimizers.pieces import Rule, State, apart

SMALL = 32_768  # entries: parameters below this size are gathered


class Arrangement:
    """Which parameters are updated together, and which alone, with state for all of them.

    Parameters
    ----------
    params : mapping of str to ndarray
        The parameters.
    state : mapping of str to dict of str to ndarray
        What the rule remembers of them.
    slots : tuple of str
        The names of the arrays that the rule keeps for each parameter.
    elementwise : bool
        Whether the rule treats each entry by itself, so that parameters may be joined and cut.
    loop : callable, optional
        The rule as a compiled loop.
    """

    def __init__(
        self,
        params: Mapping[str, Array],
        state: dict[str, State],
        slots: tuple[str, ...],
        elementwise: bool,
        loop: Loop | None = None,
    ) -> None:
        keys = list(params)
        self.parts: list[Looped | Gathered | Alone] = []
        self.looped = loop is not None and apart(params, keys)
        if loop and self.looped:
            looped = Looped(params, state, slots, loop)
            keys = [key for key in keys if key not in looped.keys]
            self.parts.append(looped)
        groups = list(_small(params, state, keys)) if elementwise else []
        self.parts += [Gathered(group, params, state) for group in groups]
        together = {key for group in groups for key in group}
        alone = [key for key in keys if key not in together]
        if alone:
            self.parts.append(Alone(alone, params, state, elementwise))
        self.state, self.slots, self.keys = state, slots, list(params)
        self.thetas, self.kept = list(params.values()), list(_entries(params, state))

    def fits(
        self, params: Mapping[str, Array], state: Mapping[str, State], slots: tuple[str, ...]
    ) -> bool:
        """Whether nothing has changed: the parameters and the state are the same arrays."""
        return (
            state is self.state
            and slots == self.slots
            and len(params) == len(self.thetas)
            and all(map(is_, params.values(), self.thetas))
            and list(params) == self.keys
            and self._keeps(state)
        )

    def _keeps(self, state: Mapping[str, State]) -> bool:
        """Whether the rule remembers the same arrays under the same names."""
        for key, slots, slot, array in self.kept:
            if state.get(key) is not slots or slots.get(slot) is not array:
                return False
        return True

    def run(
        self,
        params: Mapping[str, Array],
        grads: Mapping[str, Array],
        rule: Rule,
        numbers: Numbers = (),
    ) -> None:
        """Apply the rule to all parameters; `numbers` are what the loop takes beside arrays."""
        for part in self.parts:
            part.update(params, grads, rule, numbers)


def _entries(
    params: Mapping[str, Array], state: Mapping[str, State]
) -> Iterator[tuple[str, State, str, Array]]:
    """What the rule remembers: the parameter's name, its slots, and each with its array."""
    for key in params:
        for slot, array in state[key].items():
            yield key, state[key], slot, array


def _small(
    params: Mapping[str, Array], state: Mapping[str, State], keys: Sequence[str]
) -> Iterator[list[str]]:
    """Groups of small parameters that can be one vector: of one dtype, with the same state."""
    groups: dict[Any, list[str]] = {}
    for key in keys:
        if params[key].size < SMALL:
            groups.setdefault((params[key].dtype, tuple(state[key])), []).append(key)
    for group in groups.values():
        if len(group) > 1 and apart(params, group):
            yield group
