"""The base of all optimizers: the step over a dict, the clock and the state."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import numpy as np

from optimizers import param_arrays, requirements
from optimizers.param_arrays import Array, State
from optimizers.requirements import Check, LearningRate, declared
from optimizers.running import Loop, Running, compiled
from optimizers.spelling import hint, spelled, spelled_class


class OptimizerLike(Protocol):
    """What training requires of an optimizer: any class with this method."""

    def step(self, params: Any, grads: Any, /) -> object:
        """Change the parameters in place, given their gradients."""


@declared
@dataclass(repr=False, eq=False)
class Optimizer:
    """A rule that changes parameters, given their gradients.

    An optimizer knows neither layers nor nets: `step` takes a dict of parameters and a dict of
    gradients with the same keys. Subclasses name the arrays that they keep for each parameter in
    `slots`, and define `update`, the rule for one parameter; they override `shapes` if a parameter
    does not need all the slots. `checks` says which values each setting may have. If the rule is
    elementwise, the subclass sets ``elementwise = True``: `update` may then see several parameters
    joined into one vector, or part of one, which is faster.

    Parameters
    ----------
    learning_rate : float or callable
        The size of the steps, or a schedule ``t -> float`` of the clock, which starts at 1.

    Attributes
    ----------
    state : dict of str to dict of str to ndarray
        What the rule remembers, by the parameter's name: ``state["0.W"]["m"]``. It is created by
        the first step, and may be read and set.
    t : int
        The clock: the number of steps taken.

    Raises
    ------
    ValueError
        If a setting is out of range.
    """

    slots: ClassVar[tuple[str, ...]] = ()
    elementwise: ClassVar[bool] = False
    checks: ClassVar[dict[str, Check]]

    learning_rate: LearningRate
    state: dict[str, State] = field(init=False, default_factory=dict)
    t: int = field(init=False, default=0)
    _running: Running | None = field(init=False, default=None)

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__init__" in vars(cls):
            spelled_class(cls)

    def shapes(self, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        """Return the shapes of the arrays kept for a parameter of a shape: usually the same."""
        return dict.fromkeys(self.slots, shape)

    def __setattr__(self, name: str, value: object) -> None:
        """Check every setting that is set; the library's own rules have no other attributes."""
        if check := self.checks.get(name):
            value = check(self, name, value)
            if name != "learning_rate":  # what the rule remembers may depend on the other settings
                object.__setattr__(self, "_running", None)
        elif name not in ("state", "t") and self._is_unknown(name):
            raise AttributeError(f"{type(self).__name__} has no attribute {name}{self._hint(name)}")
        object.__setattr__(self, name, value)

    def _is_unknown(self, name: str) -> bool:
        ours = type(self).__module__.startswith("optimizers.") and not name.startswith("_")
        return ours and not hasattr(type(self), name) and name not in self._names()

    @spelled
    def step(self, params: Mapping[str, Array], grads: Mapping[str, Array]) -> None:
        """Change every parameter in place by one step of the rule.

        An error inside the rule itself, such as one in your own `update`, or a
        FloatingPointError under ``np.seterr(all="raise")``, leaves the step half done: some
        parameters have moved, and the clock has advanced.

        Parameters
        ----------
        params : dict of str to ndarray
            Floating arrays, written in place.
        grads : dict of str to ndarray
            Their gradients, under the same keys; left as they are.

        Raises
        ------
        KeyError
            If the keys differ. This error and those below leave everything unchanged.
        ValueError
            If a gradient, or the state of an earlier step, does not have the shape of its
            parameter, or a parameter is read-only or a view with entries that share memory.
        TypeError
            If a parameter is not a floating array of at least 32 bits, a gradient is not one of
            real numbers, or either is masked.
        """
        running, dicts = self._running, isinstance(params, dict) and isinstance(grads, dict)
        if not (dicts and running and running.fits(params, grads, self.state)):
            params, grads = param_arrays.for_step(params, grads, self.state, self.shapes)
            if running and not running.fits(params, grads, self.state):
                running = None
        t = requirements.count("step", "the clock t", self.t, low=0) + 1
        rate = self.learning_rate
        if callable(rate):
            rate = requirements.rate_at(self, rate, t)
        if running is None:
            self._fill(params)
            running = self._running = self._arranged(params)
        self.t = t
        running.run(grads, self.update, rate, self.numbers(rate) if running.loop else ())

    def update(self, theta: Array, g: Array, state: State, learning_rate: float) -> None:
        """Apply the rule to one parameter `theta` with gradient `g`, in place."""
        raise NotImplementedError(f"{type(self).__name__} does not define update")

    @property
    def loop(self) -> Loop | None:
        """The rule as a function over all entries; None if there is only `update`."""
        return None

    def numbers(self, learning_rate: float) -> tuple[float, ...]:
        """Return the arguments of the loop other than the arrays."""
        raise NotImplementedError(f"{type(self).__name__} has a loop, but does not define numbers")

    def _arranged(self, params: Mapping[str, Array]) -> Running:
        """Prepare the parameters: for the loop, unless a subclass changed the rule."""
        rule = next(cls for cls in type(self).__mro__ if {"loop", "update"} & vars(cls).keys())
        own = "loop" in vars(rule) and "update" not in vars(self) and self.loop
        loop = compiled(own) if own else None
        return Running(params, self.state, self.shapes, self.elementwise, loop)

    def _fill(self, params: Mapping[str, Array]) -> None:
        """Initialise missing state with zeros."""
        for key, theta in params.items():
            kept = self.state.setdefault(key, {})
            for slot, shape in self.shapes(theta.shape).items():
                if slot not in kept:
                    kept[slot] = np.zeros_like(theta, shape=shape)

    def _names(self) -> list[str]:
        """The constructor's arguments."""
        kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        parameters = inspect.signature(type(self)).parameters.values()
        return [p.name for p in parameters if p.kind not in kinds]

    def settings(self) -> dict[str, Any]:
        """The constructor's arguments as they are now."""
        return {name: getattr(self, name) for name in self._names()}

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
        """Continue from a copy of a `state_dict`.

        Raises
        ------
        ValueError
            If it is not a `state_dict`, or is that of another rule. Nothing has been changed.
        """
        owner = "load_state_dict"
        with param_arrays.loading(owner):
            param_arrays.saved(owner, saved, self.state_dict())
            restored = type(self)(**saved["settings"])
            t = requirements.count(owner, "t", saved["t"], low=0)
            state = param_arrays.saved_state(owner, saved["state"], restored.slots)
        self.__dict__.update({**vars(restored), "state": state, "t": t, "_running": None})

    def __getstate__(self) -> dict[str, Any]:
        """Leave prepared parameters out of copies: views of joined state become arrays there."""
        return {name: value for name, value in vars(self).items() if name != "_running"}

    def __getattr__(self, name: str) -> Any:
        """Raise an error that says what to do instead of using another library's attribute."""
        raise AttributeError(f"{type(self).__name__} has no attribute {name}{self._hint(name)}")

    def _hint(self, name: str) -> str:
        names = self._names()
        if name in names:
            return f", though its constructor takes {name}: write self.{name} = {name} there"
        return hint(name, names)

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.settings().items())
        return f"{type(self).__name__}({shown})"
