"""Initial weights.

An initializer is a callable ``(shape, rng) -> array``, where rng is None, a seed or a
`numpy.random.Generator`. For weights of shape (D, M), D inputs feed each unit (fan-in) and each
input feeds M units (fan-out); for kernels (F, C, kh, kw) these are C kh kw and F kh kw.
"""

from __future__ import annotations

import math
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from layers.core import checks
from layers.core.fans import Shape, fans, sizes
from layers.core.params import Array, as_array

Initializer = Callable[[Shape, np.random.Generator], Array]


@dataclass(frozen=True)
class uniform:  # noqa: N801, because it is used like a function
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

    def __post_init__(self) -> None:
        if checks.real("uniform", "scale", self.scale) < 0:
            raise ValueError(f"uniform: expected scale to be at least 0, got {self.scale!r}")

    def __call__(self, shape: Shape, rng: checks.Rng = None) -> Array:
        """Draw an array of the given shape."""
        return _between("uniform", self.scale, shape, rng)

    def __repr__(self) -> str:
        return f"uniform({self.scale!r})"


def xavier_uniform(shape: Shape, rng: checks.Rng = None) -> Array:
    """Uniform in [-a, a] with a = sqrt(6 / (fan_in + fan_out)), for tanh and sigmoid.

    Keeps the variance of activations and of gradients about the same from layer to layer.
    Glorot and Bengio, 2010.
    """
    return _between("xavier_uniform", np.sqrt(6 / sum(_fans("xavier_uniform", shape))), shape, rng)


def xavier_normal(shape: Shape, rng: checks.Rng = None) -> Array:
    """Normal with standard deviation sqrt(2 / (fan_in + fan_out)). Glorot and Bengio, 2010."""
    return _normal("xavier_normal", np.sqrt(2 / sum(_fans("xavier_normal", shape))), shape, rng)


def he_uniform(shape: Shape, rng: checks.Rng = None) -> Array:
    """Uniform in [-a, a] with a = sqrt(6 / fan_in), for ReLU.

    Twice Xavier's variance, because a ReLU sets half of its inputs to 0. He et al., 2015.
    """
    fan_in, _ = _fans("he_uniform", shape)
    return _between("he_uniform", np.sqrt(6 / fan_in), shape, rng)


def he_normal(shape: Shape, rng: checks.Rng = None) -> Array:
    """Normal with standard deviation sqrt(2 / fan_in), for ReLU. He et al., 2015."""
    fan_in, _ = _fans("he_normal", shape)
    return _normal("he_normal", np.sqrt(2 / fan_in), shape, rng)


def zeros(shape: Shape, rng: checks.Rng = None) -> Array:
    """All zeros: good for biases, but as weights they make all hidden units learn the same."""
    checks.generator("zeros", rng)  # unused, but an invalid one is still an error
    return np.zeros(sizes("zeros", shape, 0))


def _fans(owner: str, shape: Shape) -> tuple[int, int]:
    return fans(sizes(owner, shape))


def _between(owner: str, scale: float, shape: Shape, rng: checks.Rng) -> Array:
    return checks.generator(owner, rng).uniform(-scale, scale, sizes(owner, shape, 0))


def _normal(owner: str, scale: float, shape: Shape, rng: checks.Rng) -> Array:
    return checks.generator(owner, rng).normal(0, scale, sizes(owner, shape, 0))


BY_NAME: dict[str, Initializer] = {
    "uniform": uniform(),
    "xavier_uniform": xavier_uniform,
    "xavier_normal": xavier_normal,
    "he_uniform": he_uniform,
    "he_normal": he_normal,
    "zeros": zeros,
}


def draw(owner: str, init: str | Initializer, shape: Shape, rng: np.random.Generator) -> Array:
    """Weights of the given shape from an initializer or the name of one.

    Raises
    ------
    ValueError
        If the name is unknown, or the initializer returns an array of another shape.
    TypeError
        If it is neither a name nor a callable.
    """
    initializer: Any = BY_NAME.get(init) if isinstance(init, str) else init
    if isinstance(init, str) and initializer is None:
        raise ValueError(
            f"{owner}: expected weight_init to be one of {', '.join(BY_NAME)}, got {init!r}"
        )
    if not callable(initializer) or hasattr(initializer, "forward"):
        raise TypeError(
            f"{owner}: expected weight_init to be a name or a callable, got {checks.brief(init)}"
        )
    if math.prod(shape) > sys.maxsize // 8:
        raise ValueError(f"{owner}: expected weights that fit into memory, got shape {shape}")
    drawn = _called(owner, initializer, shape, rng)
    weights = as_array(owner, "what weight_init returns", drawn)
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


def _called(owner: str, initializer: Any, shape: Shape, rng: np.random.Generator) -> Any:
    try:
        return initializer(shape, rng)
    except TypeError as error:
        inside = traceback.extract_tb(error.__traceback__)[1:]
        if inside and not inside[-1].filename.endswith(".pyx"):  # where NumPy draws numbers
            raise  # an error inside the initializer, with its own line
        hint = "; make it with uniform()" if initializer is uniform else ""
        raise TypeError(
            f"{owner}: expected weight_init to be called as weight_init(shape, rng), got "
            f"{checks.brief(initializer)}, which raises: {error}{hint}"
        ) from None
