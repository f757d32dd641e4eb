"""Penalties on the parameters, added to the loss and to the gradients."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from layers.params import Array
from optimizers.checks import number


class L2:
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

    def __init__(self, strength: float, *, biases: bool = False) -> None:
        self.strength = number("strength", strength)
        self.biases = biases

    def penalty(self, params: Mapping[str, Array]) -> float:
        """What is added to the loss."""
        return self.strength / 2 * sum(float(np.vdot(W, W)) for W in self._chosen(params).values())

    def gradients(self, params: Mapping[str, Array]) -> dict[str, Array]:
        """What is added to the gradients, for the parameters that it concerns."""
        return {name: self.strength * W for name, W in self._chosen(params).items()}

    def _chosen(self, params: Mapping[str, Array]) -> dict[str, Array]:
        return {name: W for name, W in params.items() if self.biases or W.ndim > 1}

    def __repr__(self) -> str:
        return f"L2({self.strength!r}{', biases=True' if self.biases else ''})"
