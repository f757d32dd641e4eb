"""What all optimizers share: the step over a dict, the clock and the state."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizers import checks
from optimizers.arrangement import Arrangement
from optimizers.loops import Loop, compiled
from optimizers.page import page
from optimizers.pieces import State

Array = NDArray[Any]
LearningRate = float | Callable[[int], float]


class Optimizer:
    """A rule that changes parameters, given their gradients.

    An optimizer knows neither layers nor nets: `step` takes a dict of parameters and a dict of
    gradients with the same keys. Subclasses name the arrays that they keep for each parameter in
    `slots`, and define `update`, the rule for one parameter. Where the rule treats every entry by
    itself, the subclass says ``elementwise = True``: `update` may then see several parameters
    joined to one vector, or a part of one, which is faster.

    Parameters
    ----------
    learning_rate : float or callable
        The size of the steps, or a schedule ``t -> float`` of the clock, whose first value is 1.

    Attributes
    ----------
    state : dict of str to dict of str to ndarray
        What the rule remembers, by the parameter's name: ``state["0.W"]["m"]``. It appears with
        the first step, and may be read and set.
    t : int
        The clock: how many steps were made.

    Raises
    ------
    ValueError
        If a setting is out of range.
    """

    elementwise = False
    _arrangement: Arrangement | None = None

    @property
    def slots(self) -> tuple[str, ...]:
        """The names of the arrays that the rule keeps for each parameter."""
        return ()

    def shapes(self, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        """The shapes of the arrays that are kept for a parameter of a shape: mostly the same."""
        return dict.fromkeys(self.slots, shape)

    def __init__(self, learning_rate: LearningRate) -> None:
        self.learning_rate = checks.learning_rate(learning_rate)
        self.state: dict[str, State] = {}
        self.t = 0

    def step(self, params: Mapping[str, Array], grads: Mapping[str, Array]) -> None:
        """Change every parameter in place by one step of the rule.

        Parameters
        ----------
        params : dict of str to ndarray
            Floating arrays, written in place.
        grads : dict of str to ndarray
            Their gradients, under the same keys; left as they are.

        Raises
        ------
        KeyError
            If the keys differ. Nothing has been changed then, nor after the errors below.
        ValueError
            If a gradient, or the state of an earlier step, has not the shape of its parameter.
        TypeError
            If a parameter is not a writable floating array, or a gradient not real numbers.
        """
        grads = checks.gradients(params, grads)
        checks.clock(self.t)
        arrangement = self._arrangement
        if arrangement is None or not arrangement.fits(params, self.state, self.slots):
            checks.state(params, self.state, self.shapes)
            arrangement = None
        rate = checks.rate_at(self.learning_rate, self.t + 1)
        if arrangement is None:
            self._fill(params)
            loop = self._compiled()
            arrangement = Arrangement(params, self.state, self.slots, self.elementwise, loop)
            self._arrangement = arrangement
        self.t += 1
        numbers = self.numbers(rate) if arrangement.looped else ()
        arrangement.run(
            params, grads, lambda theta, g, state: self.update(theta, g, state, rate), numbers
        )

    def update(self, theta: Array, g: Array, state: State, learning_rate: float) -> None:
        """Apply the rule to one parameter `theta` with gradient `g`, in place."""
        raise NotImplementedError(f"{type(self).__name__} does not define update")

    @property
    def loop(self) -> Loop | None:
        """The rule over all entries, from `optimizers.loops`; None where there is just `update`."""
        return None

    def numbers(self, learning_rate: float) -> tuple[float, ...]:
        """What the loop takes beside the arrays."""
        raise NotImplementedError(f"{type(self).__name__} has a loop, but does not define numbers")

    def _compiled(self) -> Loop | None:
        # A subclass that changes the rule inherits a loop that knows nothing of the change.
        return compiled(self.loop) if self.loop and "loop" in vars(type(self)) else None

    def _fill(self, params: Mapping[str, Array]) -> None:
        """Begin with zeros what is not remembered yet."""
        for key, theta in params.items():
            kept = self.state.setdefault(key, {})
            for slot, shape in self.shapes(theta.shape).items():
                if slot not in kept:
                    kept[slot] = np.zeros_like(theta, shape=shape)

    def rule(self) -> list[str]:
        """The rule with its numbers, line by line, for a reader; a subclass may have none.

        Examples
        --------
        >>> from optimizers import SGD
        >>> SGD(0.1, momentum=0.9).rule()
        ['v <- 0.9 * v + g', 'theta <- theta - 0.1 * v']
        """
        return []

    def _rate(self) -> str:
        rate = self.learning_rate
        return "learning_rate" if callable(rate) else f"{rate:g}"

    def _decay(self) -> list[str]:
        """The line of a weight decay that becomes part of the gradient, if there is one."""
        decay = self.settings().get("weight_decay", 0.0)
        return [f"g <- g + {decay:g} * theta"] if decay else []

    def settings(self) -> dict[str, Any]:
        """The constructor's arguments as they are now."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    def state_dict(self) -> dict[str, Any]:
        """A copy of everything: the rule's name, its settings, the clock and the state.

        Examples
        --------
        >>> from optimizers import SGD
        >>> SGD(0.1).state_dict()["settings"]["learning_rate"]
        0.1
        """
        return {
            "rule": type(self).__name__,
            "settings": self.settings(),
            "t": self.t,
            "state": copy.deepcopy(self.state),
        }

    def load_state_dict(self, saved: Mapping[str, Any]) -> None:
        """Go on from a `state_dict`, of which copies are taken.

        Raises
        ------
        ValueError
            If it is not one, or one of another rule. Nothing has been changed then.
        """
        checks.saved(saved, self.state_dict())
        try:
            restored = type(self)(**saved["settings"])
        except (TypeError, ValueError) as error:
            raise ValueError(f"load_state_dict: {error}") from error
        restored.state = {
            key: {slot: np.array(array) for slot, array in slots.items()}
            for key, slots in saved["state"].items()
        }
        restored.t = saved["t"]
        self.__dict__.update(restored.__dict__)
        self._arrangement = None

    def __getstate__(self) -> dict[str, Any]:
        """Copies and pickles arrange the parameters anew: in a copy, views are views no more."""
        return {name: value for name, value in vars(self).items() if name != "_arrangement"}

    def _repr_html_(self) -> str:
        return page(self)

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.settings().items())
        return f"{type(self).__name__}({shown})"
