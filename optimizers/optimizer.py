"""What all optimizers share: the step over a dict, the clock and the state."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from optimizers import param_arrays, requirements
from optimizers.param_arrays import Array, State
from optimizers.running import Loop, Running, compiled
from optimizers.spelling import ABSENT, OTHER_NAMES, meant, spelled, spelled_class

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
    _running: Running | None = None

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__init__" in vars(cls):
            spelled_class(cls)

    @property
    def slots(self) -> tuple[str, ...]:
        """The names of the arrays that the rule keeps for each parameter."""
        return ()

    def shapes(self, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        """The shapes of the arrays that are kept for a parameter of a shape: mostly the same."""
        return dict.fromkeys(self.slots, shape)

    @spelled
    def __init__(self, learning_rate: LearningRate) -> None:
        self.learning_rate = requirements.learning_rate(self, "learning_rate", learning_rate)
        self.state: dict[str, State] = {}
        self.t = 0

    @spelled
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
            If a gradient, or the state of an earlier step, does not have the shape of its
            parameter, or a parameter is read-only or a view whose entries share memory.
        TypeError
            If a parameter is not a floating array of at least 32 bits, a gradient is not one of
            real numbers, or either is masked.
        """
        params, grads = param_arrays.pairs(params, grads)
        requirements.count("step", "the clock t", self.t, low=0)
        running = self._running
        if running is None or not running.fits(params, self.state, self.slots):
            param_arrays.memory(params)
            param_arrays.state(params, self.state, self.shapes)
            running = None
        rate = requirements.rate_at(self, self.learning_rate, int(self.t) + 1)
        if running is None:
            self._fill(params)
            loop = self._compiled()
            running = Running(params, self.state, self.slots, self.elementwise, loop)
            self._running = running
        self.t += 1
        running.run(
            grads,
            lambda theta, g, state: self.update(theta, g, state, rate),
            self.numbers(rate) if running.loop else (),
        )

    def update(self, theta: Array, g: Array, state: State, learning_rate: float) -> None:
        """Apply the rule to one parameter `theta` with gradient `g`, in place."""
        raise NotImplementedError(f"{type(self).__name__} does not define update")

    @property
    def loop(self) -> Loop | None:
        """The rule as a function over all entries; None where there is just `update`."""
        return None

    def numbers(self, learning_rate: float) -> tuple[float, ...]:
        """What the loop takes beside the arrays."""
        raise NotImplementedError(f"{type(self).__name__} has a loop, but does not define numbers")

    def _compiled(self) -> Loop | None:
        """The compiled loop, unless a subclass changed the rule, of which it knows nothing."""
        rule = next(cls for cls in type(self).__mro__ if {"loop", "update"} & vars(cls).keys())
        if "loop" not in vars(rule) or "update" in vars(self) or self.loop is None:
            return None
        return compiled(self.loop)

    def _fill(self, params: Mapping[str, Array]) -> None:
        """Begin with zeros what is not remembered yet."""
        for key, theta in params.items():
            kept = self.state.setdefault(key, {})
            for slot, shape in self.shapes(theta.shape).items():
                if slot not in kept:
                    kept[slot] = np.zeros_like(theta, shape=shape)

    def settings(self) -> dict[str, Any]:
        """The constructor's arguments as they are now."""
        kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        parameters = inspect.signature(type(self)).parameters.values()
        return {p.name: getattr(self, p.name) for p in parameters if p.kind not in kinds}

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

    @spelled
    def load_state_dict(self, saved: Mapping[str, Any]) -> None:
        """Go on from a `state_dict`, of which copies are taken.

        Raises
        ------
        ValueError
            If it is not one, or one of another rule. Nothing has been changed then.
        """
        owner = "load_state_dict"
        param_arrays.saved(owner, saved, self.state_dict())
        try:
            restored = type(self)(**saved["settings"])
        except (TypeError, ValueError) as error:
            raise ValueError(f"{owner}: {error}") from error
        restored.state = param_arrays.saved_state(owner, saved["state"], restored.slots)
        restored.t = int(saved["t"])
        self.__dict__.update(restored.__dict__)
        self._running = None

    def __getstate__(self) -> dict[str, Any]:
        """Copies and pickles begin to run anew: in a copy, views of joined state are arrays."""
        return {name: value for name, value in vars(self).items() if name != "_running"}

    def __getattr__(self, name: str) -> Any:
        """Say what to do instead of what other libraries' optimizers have."""
        names = list(inspect.signature(type(self)).parameters)
        hint = f"; {ABSENT[name]}" if name in ABSENT else ""
        if name in names:
            hint = f", though its constructor takes {name}: write self.{name} = {name} there"
        elif right := meant(name, names):
            hint = f"; did you mean {' and '.join(right)}?"
        raise AttributeError(f"{type(self).__name__} has no attribute {name}{hint}")

    def __setattr__(self, name: str, value: Any) -> None:
        """Refuse names of other libraries, which would change nothing: ``optimizer.lr = 0.1``."""
        if name in OTHER_NAMES and type(self).__module__.partition(".")[0] == "optimizers":
            names = list(inspect.signature(type(self)).parameters)
            if name not in names:
                getattr(self, name)  # which says what the name is here
        object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.settings().items())
        return f"{type(self).__name__}({shown})"
