"""Penalties on the parameters, added to the loss and to the gradients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from layers.core.base import Grads
from layers.core.checks import brief, flag, numbers
from layers.core.params import Array
from optimizers import norms
from optimizers.param_arrays import all_real
from optimizers.requirements import number


class Penalty(Protocol):
    """What `fit` requires of a regularizer: any class with these two methods."""

    def penalty(self, params: object, /) -> Any:
        """Return the penalty, a number to be added to the loss."""

    def gradients(self, params: object, /) -> Any:
        """Return the gradients of the penalty, to be added to those of the loss."""


class Regularizer:
    """The base class of penalties: their strength, and the parameters that they apply to."""

    def __init__(self, strength: float, *, biases: bool = False) -> None:
        self.strength = number(self, "strength", strength)
        self.biases = flag(self, "biases", biases)

    def chosen(self, params: Mapping[str, Array]) -> dict[str, Array]:
        """Return the parameters with more than one axis, and the others if ``biases=True``."""
        owner = type(self).__name__
        return {
            name: W
            for name, W in all_real(owner, "params", params).items()
            if self.biases or W.ndim > 1
        }

    def _size(self, params: Mapping[str, Array]) -> tuple[list[Array], float]:
        """Return these parameters, and a factor to divide them by so that no sum overflows."""
        chosen = list(self.chosen(params).values())
        return chosen, float(norms.scale_of(norms.largest(chosen)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.strength!r}{', biases=True' if self.biases else ''})"


class L1(Regularizer):
    """The sum of the absolute weights, times a strength.

    penalty = strength * sum of abs(W), with the gradient strength * sign(W), which is 0 where W is
    0: every step moves the weights towards 0 by the same amount, so unimportant weights end up
    near 0.

    Parameters
    ----------
    strength, biases
        As for `L2`.

    Examples
    --------
    >>> import numpy as np
    >>> l1 = L1(0.1)
    >>> params = {"W": np.array([[3.0, 0.0, -4.0]]), "b": np.array([1.0])}
    >>> round(l1.penalty(params), 12)
    0.7
    >>> l1.gradients(params)
    {'W': array([[ 0.1,  0. , -0.1]])}

    Notes
    -----
    Source: Tibshirani, 1996, where it is called the lasso.
    """

    def penalty(self, params: Mapping[str, Array]) -> float:
        """The penalty, to be added to the loss."""
        chosen, scale = self._size(params)
        total = sum(float(np.abs(W / scale).sum(dtype=np.float64)) for W in chosen)
        return self.strength * total * scale

    def gradients(self, params: Mapping[str, Array]) -> dict[str, Array]:
        """The gradients of the penalty, to be added to those of the loss."""
        return {name: self.strength * np.sign(W) for name, W in self.chosen(params).items()}


class L2(Regularizer):
    """Half the sum of squares of the weights, times a strength.

    penalty = strength / 2 * sum of W**2, with the gradient strength * W: every step shrinks the
    weights towards 0.

    Parameters
    ----------
    strength : float
        The weight of the penalty relative to the loss; at least 0.
    biases : bool
        Whether the penalty includes the biases, the parameters with at most one axis.

    Examples
    --------
    >>> import numpy as np
    >>> l2 = L2(0.1)
    >>> params = {"W": np.array([[3.0, 4.0]]), "b": np.array([1.0])}
    >>> l2.penalty(params)
    1.25
    >>> l2.gradients(params)
    {'W': array([[0.3, 0.4]])}

    Notes
    -----
    Source: CSE 587, lecture 3, "Training Tricks".
    """

    def penalty(self, params: Mapping[str, Array]) -> float:
        """The penalty, to be added to the loss."""
        chosen, scale = self._size(params)
        return self.strength / 2 * float(norms.squares(chosen, scale)) * scale * scale

    def gradients(self, params: Mapping[str, Array]) -> dict[str, Array]:
        """The gradients of the penalty, to be added to those of the loss."""
        return {name: self.strength * W for name, W in self.chosen(params).items()}


def penalty(regularizer: Penalty, params: Mapping[str, Array]) -> float:
    """Return the penalty on the parameters, which must be a number."""
    name = "penalty(params) of the regularizer"
    value = numbers("fit", name, regularizer.penalty(params))
    if value.ndim:
        raise TypeError(f"fit: expected {name} to be a number, got {brief(value)}")
    return float(value)


def with_penalty(regularizer: Penalty, params: Mapping[str, Array], grads: Grads) -> Grads:
    """Return the gradients of the loss plus those of the penalty."""
    added = regularizer.gradients(params)
    if not isinstance(added, Mapping) or not added.keys() <= grads.keys():
        raise TypeError(
            "fit: expected gradients(params) of the regularizer to be a dict with some of the "
            f"names {', '.join(grads)}, got {brief(added)}"
        )
    for name, g in added.items():
        if np.shape(g) != grads[name].shape:
            raise ValueError(
                f"fit: expected gradients(params)[{name!r}] of the regularizer to have the shape "
                f"{grads[name].shape} of the parameter, got {brief(g)}"
            )
    return {name: g + added[name] if name in added else g for name, g in grads.items()}
