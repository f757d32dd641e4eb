"""Where weights start.

An initializer is a callable ``(shape, rng) -> array``. For weights of shape (D, M), D inputs
feed each unit (fan-in) and M units are fed by each input (fan-out).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from layers.params import Array, as_array

Shape = tuple[int, ...]
Initializer = Callable[[Shape, np.random.Generator], Array]


@dataclass(frozen=True)
class uniform:  # noqa: N801, it is used like a function
    """Uniform in [-scale, scale].

    Parameters
    ----------
    scale : float
        The largest absolute value.

    Examples
    --------
    >>> import numpy as np
    >>> W = uniform(0.1)((3, 2), np.random.default_rng(0))
    >>> bool(abs(W).max() <= 0.1)
    True
    """

    scale: float = 0.1

    def __call__(self, shape: Shape, rng: np.random.Generator) -> Array:
        """Draw an array of the given shape."""
        return rng.uniform(-self.scale, self.scale, shape)

    def __repr__(self) -> str:
        return f"uniform({self.scale!r})"


def xavier_uniform(shape: Shape, rng: np.random.Generator) -> Array:
    """Uniform in [-a, a] with a = sqrt(6 / (fan_in + fan_out)), for tanh and sigmoid.

    Keeps the variance of activations and of gradients about the same from layer to layer.
    Glorot and Bengio, 2010.
    """
    scale = np.sqrt(6 / (shape[0] + shape[-1]))
    return rng.uniform(-scale, scale, shape)


def xavier_normal(shape: Shape, rng: np.random.Generator) -> Array:
    """Normal with standard deviation sqrt(2 / (fan_in + fan_out)). Glorot and Bengio, 2010."""
    return rng.normal(0, np.sqrt(2 / (shape[0] + shape[-1])), shape)


def he_uniform(shape: Shape, rng: np.random.Generator) -> Array:
    """Uniform in [-a, a] with a = sqrt(6 / fan_in), for ReLU.

    Twice Xavier's variance, because a ReLU sets half of its inputs to 0. He et al., 2015.
    """
    scale = np.sqrt(6 / shape[0])
    return rng.uniform(-scale, scale, shape)


def he_normal(shape: Shape, rng: np.random.Generator) -> Array:
    """Normal with standard deviation sqrt(2 / fan_in), for ReLU. He et al., 2015."""
    return rng.normal(0, np.sqrt(2 / shape[0]), shape)


def zeros(shape: Shape, rng: np.random.Generator) -> Array:
    """All zeros: right for biases; as weights it makes all hidden units learn the same."""
    return np.zeros(shape)


BY_NAME: dict[str, Initializer] = {
    "uniform": uniform(),
    "xavier_uniform": xavier_uniform,
    "xavier_normal": xavier_normal,
    "he_uniform": he_uniform,
    "he_normal": he_normal,
    "zeros": zeros,
}


def draw(init: str | Initializer, shape: Shape, rng: np.random.Generator, owner: str) -> Array:
    """Weights of the given shape from an initializer or the name of one.

    Raises
    ------
    ValueError
        For an unknown name, and where the initializer returns another shape.
    TypeError
        For something that is neither a name nor callable.
    """
    initializer = BY_NAME.get(init) if isinstance(init, str) else init
    if isinstance(init, str) and initializer is None:
        raise ValueError(
            f"{owner}: expected weight_init to be one of {', '.join(BY_NAME)}, got {init!r}"
        )
    if not callable(initializer):
        raise TypeError(f"{owner}: expected weight_init to be a name or a callable, got {init!r}")
    drawn = initializer(shape, rng)
    weights = as_array(drawn, f"{owner}: expected what weight_init returns")
    if weights.dtype.kind not in "fiu":
        raise ValueError(
            f"{owner}: expected weight_init to return numbers of shape {shape}, "
            f"got {type(drawn).__name__} of dtype {weights.dtype}"
        )
    if weights.shape != shape:
        raise ValueError(
            f"{owner}: expected weight_init to return shape {shape}, got {weights.shape}"
        )
    return weights
