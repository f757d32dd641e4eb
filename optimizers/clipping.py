"""Gradient clipping: keep a step from becoming too long where the loss is steep."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from optimizers import checks
from optimizers.loops import Array


def clip_by_norm(grads: Mapping[str, Array], max_norm: float) -> dict[str, Array]:
    """Shorten all gradients by one factor, so that they keep their direction.

    g <- g * max_norm / norm where the norm, taken over all gradients as one long vector, is more
    than max_norm; otherwise they stay as they are.

    Parameters
    ----------
    grads : dict of str to ndarray
        The gradients; left as they are.
    max_norm : float
        The greatest length of all of them together.

    Returns
    -------
    dict of str to ndarray
        The clipped gradients, under the same names.

    Raises
    ------
    ValueError
        If a gradient is nan or infinite, which no factor mends, or max_norm is negative.

    Examples
    --------
    >>> import numpy as np
    >>> clip_by_norm({"W": np.array([3.0, 0.0]), "b": np.array([-4.0])}, max_norm=1.0)
    {'W': array([0.6, 0. ]), 'b': array([-0.8])}

    Notes
    -----
    Source: Pascanu, Mikolov and Bengio, 2013.
    """
    max_norm, norm = checks.number("max_norm", max_norm), _norm(grads)
    if norm <= max_norm:
        return dict(grads)
    return {key: g * (max_norm / norm) for key, g in grads.items()}


def clip_by_value(grads: Mapping[str, Array], limit: float) -> dict[str, Array]:
    """Cut every entry of the gradients to the range from -limit to limit.

    Parameters
    ----------
    grads : dict of str to ndarray
        The gradients; left as they are.
    limit : float
        The greatest size of an entry.

    Returns
    -------
    dict of str to ndarray
        The clipped gradients, under the same names; nan stays nan.

    Raises
    ------
    ValueError
        If the limit is negative.

    Examples
    --------
    >>> import numpy as np
    >>> clip_by_value({"W": np.array([3.0, 0.5]), "b": np.array([-4.0])}, limit=1.0)
    {'W': array([1. , 0.5]), 'b': array([-1.])}
    """
    limit = checks.number("limit", limit)
    _check_dict(grads)
    return {key: np.clip(g, -limit, limit) for key, g in grads.items()}


@dataclass(frozen=True)
class Clipped:
    """An optimizer that sees clipped gradients, for `fit`; in one's own loop, call the function.

    Parameters
    ----------
    optimizer : Optimizer
        What makes the step; its settings and its state stay with it.
    norm : float, optional
        Clip the gradients by `clip_by_norm`.
    value : float, optional
        Clip the gradients by `clip_by_value`.

    Raises
    ------
    ValueError, TypeError
        If neither is asked for or both are, or the optimizer is none.

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
    norm: float | None = None
    value: float | None = None

    def __post_init__(self) -> None:
        if isinstance(self.optimizer, type) or not hasattr(self.optimizer, "step"):
            raise TypeError(
                f"Clipped: expected an optimizer such as Adam(), got {self.optimizer!r}"
            )
        if (self.norm is None) == (self.value is None):
            raise ValueError(
                f"Clipped: expected norm or value, one of them, got norm={self.norm!r} and "
                f"value={self.value!r}"
            )
        name = "norm" if self.value is None else "value"
        checks.number(name, getattr(self, name))

    def step(self, params: Mapping[str, Array], grads: Mapping[str, Array]) -> None:
        """Clip the gradients, and let the optimizer make its step."""
        if self.norm is not None:
            grads = clip_by_norm(grads, self.norm)
        if self.value is not None:
            grads = clip_by_value(grads, self.value)
        self.optimizer.step(params, grads)

    def _repr_html_(self) -> str:
        how = f"norm {self.norm:g}" if self.value is None else f"values {self.value:g}"
        inside = getattr(self.optimizer, "_repr_html_", lambda: "")()
        return f"<div>Gradients are clipped to {how}, then:</div>{inside}"

    @property
    def learning_rate(self) -> Any:
        """That of the optimizer."""
        return self.optimizer.learning_rate

    @property
    def t(self) -> Any:
        """The clock of the optimizer."""
        return self.optimizer.t


def _norm(grads: Mapping[str, Array]) -> float:
    """The length of all gradients as one vector; scaled, because squares of large ones overflow."""
    _check_dict(grads)
    for key, g in grads.items():
        if not np.isfinite(g).all():
            raise ValueError(
                f"clip_by_norm: grads[{key!r}] holds nan or infinity, which no factor mends; "
                "lower the learning rate, or look for what is not finite in the net"
            )
    largest = max((float(np.abs(g).max(initial=0)) for g in grads.values()), default=0.0)
    if not largest:
        return 0.0
    return largest * math.sqrt(sum(float(np.square(g / largest).sum()) for g in grads.values()))


def _check_dict(grads: Mapping[str, Array]) -> None:
    if not isinstance(grads, Mapping):
        raise TypeError(f"clip: expected grads to be a dict of arrays, got {type(grads).__name__}")
