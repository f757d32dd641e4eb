"""AdamW: Adam with decoupled weight decay."""

from __future__ import annotations

from dataclasses import dataclass

from optimizers.adam import Adam
from optimizers.requirements import NotNegative, declared


@declared
@dataclass(repr=False, eq=False)
class AdamW(Adam):
    """Adam, with the weight decay outside the adaptive step.

    The rule::

        theta <- theta - learning_rate * weight_decay * theta
        then a step of Adam, with a gradient that does not include the decay

    In `Adam`, the weight decay is part of g and is divided by sqrt(v) with it; here all weights
    decay at the same rate.

    Parameters
    ----------
    learning_rate, beta1, beta2, epsilon
        As in `Adam`.
    weight_decay : float
        The fraction of theta that decays per step and unit of learning rate.

    Raises
    ------
    ValueError
        If a setting is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> params = {"theta": np.array([1.0])}
    >>> AdamW(learning_rate=0.1, weight_decay=0.5).step(params, {"theta": np.array([0.0])})
    >>> params["theta"]
    array([0.95])

    Notes
    -----
    Source: Loshchilov and Hutter, 2019; defaults as in PyTorch.
    """

    decoupled = True
    weight_decay: NotNegative = 0.01
