"""Points of a plane, and the regions that a net divides it into."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from layers.core.base import LayerLike, predict
from layers.core.checks import numbers
from layers.core.params import Array
from nets.plots.style import BLUE, SEVERAL, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CLASSES = (BLUE, VERMILION, *(c for c in SEVERAL[1:] if c not in (BLUE, VERMILION)))
FAR = 1e100  # the limits of a picture must be finite
FINE = 300  # places along each side at which the net is evaluated
Limits = tuple[tuple[float, float], tuple[float, float]]


def examples(x: ArrayLike, labels: ArrayLike, owner: str) -> tuple[Array, Array]:
    """`x` (N, 2) and `labels` (N,), integers from 0."""
    x, labels = numbers(owner, "x", x), numbers(owner, "labels", labels)
    if x.ndim != 2 or x.shape[1] != 2 or not len(x):
        raise ValueError(f"{owner}: expected x of shape (N, 2), points of a plane, got {x.shape}")
    if not np.isfinite(x).all() or float(np.abs(x).max()) > FAR:
        raise ValueError(
            f"{owner}: expected x of finite numbers up to {FAR:g}, got nan, infinity or more"
        )
    if labels.shape != (len(x),) or labels.dtype.kind not in "iu":
        raise ValueError(
            f"{owner}: expected labels of shape ({len(x)},), one integer for each point, "
            f"got {labels.dtype} of shape {labels.shape}"
        )
    if labels.min() < 0 or labels.max() >= len(CLASSES):
        raise ValueError(
            f"{owner}: expected labels from 0 to {len(CLASSES) - 1}, the number of "
            f"colours, got {labels.min()} to {labels.max()}"
        )
    return x.astype(np.float64), labels


def classes(net: LayerLike, points: Array, owner: str) -> Array:
    """The class of each point: that of the largest score, or the sign of a single score."""
    scores = numbers(owner, "scores", predict(net, points))
    if scores.ndim != 2 or not scores.shape[1]:
        raise ValueError(
            f"{owner}: expected a net with scores of shape (N, C), got {scores.shape}; for two "
            "classes one score suffices, positive for class 1"
        )
    found: Array = scores.argmax(axis=1) if scores.shape[1] > 1 else (scores[:, 0] > 0).astype(int)
    return found


def around(points: Array) -> Limits:
    """Limits with some room around the points."""
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.where(high > low, 0.1 * (high - low), 1.0)
    (left, bottom), (right, top) = (low - room).tolist(), (high + room).tolist()
    return (left, right), (bottom, top)


def draw_points(axes: Axes, points: Array, labels: Array) -> None:
    """Draw each point in the colour of its class."""
    (x, y), colours = points.T, np.array(CLASSES)[labels]
    axes.scatter(x, y, c=colours, s=14, edgecolors="white", linewidths=0.5, zorder=3)


def draw_regions(axes: Axes, net: LayerLike, points: Array, owner: str) -> None:
    """Shade each place around some points in the colour of the class that a net predicts there."""
    from matplotlib.colors import to_rgb  # as late as all of matplotlib, which is optional

    (left, right), (bottom, top) = around(points)
    xs, ys = np.linspace(left, right, FINE), np.linspace(bottom, top, FINE)
    plane = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    pale = 0.8 + 0.2 * np.array(list(map(to_rgb, CLASSES)))
    shades = pale[classes(net, plane, owner).reshape(FINE, FINE) % len(CLASSES)]
    extent = (left, right, bottom, top)
    axes.imshow(shades, extent=extent, origin="lower", aspect="auto", zorder=0)
    axes.set(xlim=(left, right), ylim=(bottom, top), xticks=(), yticks=())
