"""Penalties on the parameters, added to the loss and to the gradients."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from layers.core.checks import flag
from layers.core.params import Array
from optimizers import norms
from optimizers.param_arrays import all_real
from optimizers.requirements import number


class Regularizer:
    """What penalties share: their strength, and the parameters that they concern."""

    def __init__(self, strength: float, *, biases: bool = False) -> None:
        self.strength = number(self, "strength", strength)
        self.biases = flag(self, "biases", biases)

    def chosen(self, params: Mapping[str, Array]) -> dict[str, Array]:
        """The weights; the biases, which are the parameters with one axis, if asked for."""
        owner = type(self).__name__
        return {
            name: W
            for name, W in all_real(owner, "params", params).items()
            if self.biases or W.ndim > 1
        }

    def _size(self, params: Mapping[str, Array]) -> tuple[list[Array], float]:
        """The chosen weights, and what to divide them by so that no sum overflows."""
        chosen = list(self.chosen(params).values())
        return chosen, float(norms.scale_of(norms.largest(chosen)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.strength!r}{', biases=True' if self.biases else ''})"


class L1(Regularizer):
    """The sum of the sizes of the weights, times a strength.

    penalty = strength * sum of abs(W), whose gradient is strength * sign(W), and 0 where W is 0:
    every step draws the weights towards 0 by the same length, so that those of little use come to
    lie about 0. Biases, the parameters with one axis, are left out unless asked for.

    Parameters
    ----------
    strength : float
        How much the penalty counts beside the loss.
    biases : bool
        Whether biases are drawn to 0 as well.

    Raises
    ------
    ValueError
        If the strength is negative.

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
        """What is added to the loss."""
        chosen, scale = self._size(params)
        total = sum(float(np.abs(W / scale).sum(dtype=np.float64)) for W in chosen)
        return self.strength * total * scale

    def gradients(self, params: Mapping[str, Array]) -> dict[str, Array]:
        """What is added to the gradients, for the parameters that it concerns."""
        return {name: self.strength * np.sign(W) for name, W in self.chosen(params).items()}


class L2(Regularizer):
    """Half the sum of squares of the weights, times a strength.

    penalty = strength / 2 * sum of W**2, whose gradient is strength * W: every step draws the
    weights towards 0. Biases, the parameters with one axis, are left out unless asked for.

    Parameters
    ----------
    strength : float
        How much the penalty counts beside the loss.
    biases : bool
        Whether biases are drawn to 0 as well.

    Raises
    ------
    ValueError
        If the strength is negative.

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
        """What is added to the loss."""
        chosen, scale = self._size(params)
        return self.strength / 2 * float(norms.squares(chosen, scale)) * scale * scale

    def gradients(self, params: Mapping[str, Array]) -> dict[str, Array]:
        """What is added to the gradients, for the parameters that it concerns."""
        return {name: self.strength * W for name, W in self.chosen(params).items()}
