"""Rules as one loop over the entries, which numba compiles where it is installed.

NumPy passes over memory once for every operation of a rule: twelve times for Adam. A compiled
loop passes once, with the same operations on the same numbers in the same order, so that every
bit of the result is the same. Each function here says what `update` of its rule says.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Loop = Callable[..., None]


def sgd(theta: Array, g: Array, learning_rate: float, weight_decay: float) -> None:
    """Gradient descent without momentum."""
    number = theta.dtype.type
    rate, decay = number(learning_rate), number(weight_decay)
    for i in range(theta.size):
        theta[i] -= rate * (g[i] + decay * theta[i] if weight_decay else g[i])


def momentum(
    theta: Array,
    g: Array,
    v: Array,
    learning_rate: float,
    momentum: float,
    nesterov: bool,
    weight_decay: float,
) -> None:
    """Gradient descent with momentum, in both its forms."""
    number = theta.dtype.type
    rate, kept, decay = number(learning_rate), number(momentum), number(weight_decay)
    for i in range(theta.size):
        slope = g[i] + decay * theta[i] if weight_decay else g[i]
        v[i] = v[i] * kept + slope
        theta[i] -= rate * (slope + kept * v[i] if nesterov else v[i])


def adam(
    theta: Array,
    g: Array,
    m: Array,
    v: Array,
    beta1: float,
    beta2: float,
    step: float,
    epsilon: float,
    weight_decay: float,
    shrink: float,
) -> None:
    """Adam, and AdamW, where theta shrinks before the step."""
    number = theta.dtype.type
    kept1, kept2, new1, new2 = number(beta1), number(beta2), number(1 - beta1), number(1 - beta2)
    size, floor, decay, share = number(step), number(epsilon), number(weight_decay), number(shrink)
    for i in range(theta.size):
        slope = g[i] + decay * theta[i] if weight_decay else g[i]
        m[i] = m[i] * kept1 + new1 * slope
        v[i] = v[i] * kept2 + new2 * (slope * slope)
        theta[i] = theta[i] * share - size * m[i] / (np.sqrt(v[i]) + floor)


@cache
def compiled(loop: Loop) -> Loop | None:
    """The loop in machine code, which lets other threads run; None where there is no numba."""
    try:
        from numba import njit
    except ImportError:
        return None
    try:
        return njit(nogil=True, error_model="numpy", cache=True)(loop)
    except RuntimeError:  # there is no folder that the machine code could be kept in
        return njit(nogil=True, error_model="numpy")(loop)
