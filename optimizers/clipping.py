"""Gradient clipping, which keeps a step from becoming too long where the loss is steep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from optimizers import norms, param_arrays, requirements
from optimizers.optimizer import Optimizer, OptimizerLike
from optimizers.param_arrays import Array
from optimizers.requirements import NotNegativeOrNone, declared
from optimizers.spelling import spelled


@spelled
def clip_by_norm(grads: Mapping[str, Array], max_norm: float) -> dict[str, Array]:
    """Scale all gradients down by one factor, so that they keep their direction.

    g <- g * max_norm / norm if the norm of all gradients, taken as one long vector, is above
    max_norm; otherwise they stay as they are.

    Parameters
    ----------
    grads : dict of str to ndarray
        The gradients; left as they are.
    max_norm : float
        The largest norm of all of them together.

    Returns
    -------
    dict of str to ndarray
        The clipped gradients, under the same names.

    Raises
    ------
    ValueError
        If a gradient is nan or infinite, which cannot be clipped, or max_norm is negative.
    TypeError
        If a gradient is not an array of real numbers, is masked, or has fewer than 32 bits.

    Examples
    --------
    >>> import numpy as np
    >>> clip_by_norm({"W": np.array([3.0, 0.0]), "b": np.array([-4.0])}, max_norm=1.0)
    {'W': array([0.6, 0. ]), 'b': array([-0.8])}

    Notes
    -----
    Source: Pascanu, Mikolov and Bengio, 2013.
    """
    max_norm = requirements.number("clip_by_norm", "max_norm", max_norm)
    plain = _finite(param_arrays.all_real("clip_by_norm", "grads", grads))
    scale = norms.scale_of(norms.largest(plain.values()))
    norm = np.sqrt(norms.squares(plain.values(), scale))  # of the gradients divided by the scale
    with np.errstate(over="ignore"):
        if norm <= max_norm / scale:
            return dict(grads)
    return {key: _times(g, scale, max_norm / norm) for key, g in plain.items()}


def _finite(grads: dict[str, Array]) -> dict[str, Array]:
    for key, g in grads.items():
        if not np.isfinite(norms.largest([g])):
            raise ValueError(
                f"clip_by_norm: grads[{key!r}] holds nan or infinity, which cannot be clipped; "
                "lower the learning rate, or find the layer that is not finite"
            )
    return grads


def _times(g: Array, scale: Any, factor: Any) -> Array:
    """Return a gradient divided by the scale and multiplied in double precision, in its dtype."""
    with np.errstate(under="ignore"):
        scaled: Array = (g if scale == 1 else g / scale) * factor
        return scaled.astype(g.dtype if g.dtype.kind == "f" else scaled.dtype, copy=False)


@spelled
def clip_by_value(grads: Mapping[str, Array], limit: float) -> dict[str, Array]:
    """Clip every entry of the gradients to [-limit, limit].

    Parameters
    ----------
    grads : dict of str to ndarray
        The gradients; left as they are.
    limit : float
        The largest absolute value of an entry.

    Returns
    -------
    dict of str to ndarray
        The clipped gradients, under the same names; nan stays nan.

    Raises
    ------
    ValueError
        If the limit is negative.
    TypeError
        If a gradient is not an array of real numbers, is masked, or has fewer than 32 bits.

    Examples
    --------
    >>> import numpy as np
    >>> clip_by_value({"W": np.array([3.0, 0.5]), "b": np.array([-4.0])}, limit=1.0)
    {'W': array([1. , 0.5]), 'b': array([-1.])}
    """
    limit = requirements.number("clip_by_value", "limit", limit)
    plain = param_arrays.all_real("clip_by_value", "grads", grads)
    return {key: np.clip(g, -limit, limit) for key, g in plain.items()}


def _inside(name: str) -> property:
    """An attribute of the wrapped optimizer, which may also be set."""
    return property(
        lambda self: getattr(self.optimizer, name),
        lambda self, value: setattr(self.optimizer, name, value),
    )


@declared
class Clipped(Optimizer):
    """An optimizer that sees clipped gradients, for `fit`; in your own loop, call the function.

    Its learning rate, clock and state are those of the wrapped optimizer.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer that takes the step.
    norm : float, optional
        Clip the gradients by `clip_by_norm`.
    value : float, optional
        Clip the gradients by `clip_by_value`.

    Raises
    ------
    ValueError, TypeError
        If neither or both are given, or `optimizer` is not an optimizer.

    Examples
    --------
    >>> import numpy as np
    >>> from optimizers import SGD
    >>> params, optimizer = {"theta": np.zeros(2)}, Clipped(SGD(1.0), norm=5.0)
    >>> optimizer.step(params, {"theta": np.array([30.0, -40.0])})
    >>> params["theta"]
    array([-3.,  4.])
    """

    optimizer: Any
    norm: NotNegativeOrNone
    value: NotNegativeOrNone
    learning_rate: Any = _inside("learning_rate")
    t: Any = _inside("t")
    state: Any = _inside("state")

    def __init__(
        self, optimizer: OptimizerLike, norm: float | None = None, value: float | None = None
    ) -> None:
        if isinstance(optimizer, type) or not callable(getattr(optimizer, "step", None)):
            raise TypeError(
                "Clipped: expected an optimizer such as Adam(), got "
                f"{requirements.short(optimizer)}"
            )
        if (norm is None) == (value is None):
            raise ValueError(
                "Clipped: expected exactly one of norm and value, "
                f"got norm={requirements.short(norm)} and value={requirements.short(value)}"
            )
        self.optimizer, self.norm, self.value = optimizer, norm, value

    @spelled
    def step(self, params: Mapping[str, Array], grads: Mapping[str, Array]) -> None:
        """Clip the gradients, and let the optimizer take its step."""
        if self.norm is not None:
            grads = clip_by_norm(grads, self.norm)
        if self.value is not None:
            grads = clip_by_value(grads, self.value)
        self.optimizer.step(params, grads)

    def state_dict(self) -> dict[str, Any]:
        """The rule's name and settings, and the `state_dict` of the wrapped optimizer."""
        return {
            "rule": type(self).__name__,
            "settings": {"norm": self.norm, "value": self.value},
            "optimizer": self.optimizer.state_dict(),
        }

    @spelled
    def load_state_dict(self, saved: Mapping[str, Any]) -> None:
        """Continue from a `state_dict`; see `Optimizer.load_state_dict`."""
        with param_arrays.loading("load_state_dict"):
            param_arrays.saved("load_state_dict", saved, self.state_dict())
            restored = type(self)(self.optimizer, **saved["settings"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.__dict__.update(vars(restored))
