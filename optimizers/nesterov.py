"""Nesterov's rule as the lecture writes it: with the gradient at the look-ahead point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np

from optimizers import param_arrays, requirements
from optimizers.param_arrays import Array
from optimizers.sgd import SGD
from optimizers.spelling import spelled


@spelled
@contextmanager
def look_ahead(optimizer: SGD, params: Mapping[str, Array]) -> Iterator[None]:
    """Within the block, the parameters are where momentum alone would carry them.

    The rule, as the lecture writes it, with the learning rate in v::

        v <- momentum * v + learning_rate * J'(theta - momentum * v)
        theta <- theta - v

    This is momentum, except for the point at which the gradient is taken. So compute the gradient
    in this block, and let `SGD` with momentum take its step after it. `SGD` has the learning rate
    outside v, so its look-ahead point is theta - learning_rate * momentum * v.

    ``SGD(nesterov=True)`` needs no block, and is what to use with `fit`. As long as the learning
    rate stays the same, it gives the same iterates: its parameters are the look-ahead points.

    Parameters
    ----------
    optimizer : SGD
        Must have momentum, and neither nesterov nor weight_decay.
    params : dict of str to ndarray
        Moved in place, and restored when the block ends.

    Raises
    ------
    TypeError
        If the optimizer is not an `SGD`.
    ValueError
        If it has nesterov or weight_decay, or does not fit the parameters.
    RuntimeError
        If the step is taken inside the block, where it is lost when the parameters are restored.

    Examples
    --------
    Downhill on J = theta**2, with the gradient 2 * theta:

    >>> import numpy as np
    >>> params, optimizer = {"theta": np.array([1.0])}, SGD(0.1, momentum=0.5)
    >>> for _ in range(2):
    ...     with look_ahead(optimizer, params):
    ...         grads = {"theta": 2 * params["theta"]}
    ...     optimizer.step(params, grads)
    ...     print(params["theta"])
    [0.8]
    [0.56]

    The second gradient was taken at 0.8 - 0.5 * 0.2 = 0.7, and 0.8 - (0.5 * 0.2 + 0.1 * 1.4)
    is 0.56.

    Notes
    -----
    Source: CSE 587, lecture 3, "Nesterov Accelerated Gradient (NAG)".
    """
    _check(optimizer)
    params, _ = param_arrays.for_step(params, params, optimizer.state, optimizer.shapes)
    reach = (
        requirements.rate_at(optimizer, optimizer.learning_rate, optimizer.t + 1)
        * optimizer.momentum
    )
    t, before = optimizer.t, {key: theta.copy() for key, theta in params.items()}
    for key, theta in params.items():
        if "v" in (kept := optimizer.state.get(key, {})):
            theta -= reach * kept["v"]
    try:
        yield
    finally:
        for key, theta in params.items():
            np.copyto(theta, before[key])
    if optimizer.t != t:
        raise RuntimeError(
            "look_ahead: expected the step after the block, not inside it, where it was lost "
            "when the parameters were restored"
        )


def _check(optimizer: SGD) -> None:
    if not isinstance(optimizer, SGD):
        raise TypeError(
            f"look_ahead: expected an SGD with momentum, got {requirements.short(optimizer)}"
        )
    if optimizer.nesterov:
        raise ValueError(
            "look_ahead: expected an SGD with nesterov=False; with True, its parameters are the "
            "look-ahead points already"
        )
    if optimizer.weight_decay:
        raise ValueError(
            "look_ahead: expected an SGD without weight_decay, because the decay would not be "
            "taken at the look-ahead point; add weight_decay * theta to the gradient in the block"
        )
