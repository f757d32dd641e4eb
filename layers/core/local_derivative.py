"""The local derivative of an elementwise layer, and the curve of an activation."""

from __future__ import annotations

import copy
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np

from layers.core.base import predict
from layers.core.params import Array

POINTS = 161


class Curve(NamedTuple):
    """An activation and its slope at a number of points."""

    x: Array
    y: Array
    slope: Array

    @property
    def saturates(self) -> bool:
        """Whether it is flat at both ends, as sigmoid and tanh are."""
        return bool(max(abs(self.slope[0]), abs(self.slope[-1])) < 0.01 * self.steepest)

    @property
    def switches_off(self) -> bool:
        """Whether part of it is 0 and flat, as a ReLU is for negative x."""
        return bool(np.any((self.y == 0) & (self.slope == 0)))

    @property
    def steepest(self) -> float:
        """Its steepest slope, up or down."""
        return float(np.abs(self.slope).max())


def local_derivatives(layer: Any, xs: tuple[Any, ...], y: Any) -> tuple[Array | None, ...]:
    """Return dy/dx at each entry, for each input of a layer that has just run forward.

    ``backward(dout)`` is the product of dout and the Jacobian. If the Jacobian is diagonal, because
    each entry of y depends only on the same entry of x, ``backward(1)`` is its diagonal, and any
    other dout gives dout times that. If it is not diagonal, the derivative is None.
    """
    y = np.asarray(y, None if np.asarray(y).dtype.kind == "f" else np.float64)
    probe = np.random.default_rng(0).standard_normal(y.shape).astype(y.dtype)
    diagonal, moved = (_inputs(layer.backward(d)[0]) for d in (np.ones_like(y), probe))
    missing = (None,) * (len(xs) - len(diagonal))
    return (
        tuple(
            np.asarray(d)
            if d is not None and np.shape(d) == y.shape and _close(m, probe * d)
            else None
            for d, m in zip(diagonal[: len(xs)], moved, strict=False)
        )
        + missing
    )


def curve(layer: Any, reach: float) -> Curve | None:
    """Return the curve of an activation from -reach to reach; None for other layers.

    An activation is elementwise and nonlinear, draws no random numbers and has no parameters. The
    curve is computed on a copy.
    """
    x = np.linspace(-reach, reach, POINTS)[:, None]
    # A layer that raises for such an input is not an activation.
    with suppress(Exception), np.errstate(all="ignore"):
        if layer.params:
            return None
        layer = copy.deepcopy(layer)
        y = layer.forward(x)
        (slope,) = local_derivatives(layer, (x,), y)
        if slope is not None and _is_bent(slope) and _close(predict(layer, x), y):
            return Curve(x[:, 0], y[:, 0], slope[:, 0])
    return None


def _is_bent(slope: Array) -> bool:
    return bool(np.isfinite(slope).all() and np.ptp(slope) > 1e-6)


def _inputs(dx: object) -> tuple[Any, ...]:
    return dx if isinstance(dx, tuple) else (dx,)


def _close(a: Any, b: Any) -> bool:
    """Whether two arrays are equal to within float32 rounding."""
    scale = float(np.abs(b).max(initial=0.0))
    return bool(np.allclose(a, b, rtol=1e-4, atol=1e-5 * scale, equal_nan=True))
