"""A copy of the state of a net, to restore later."""

from __future__ import annotations

import numpy as np

from layers.core.base import LayerLike
from layers.core.params import Array, buffers


class Snapshot:
    """Copies of the parameters and buffers of a net.

    Attributes
    ----------
    epoch : int
        The epoch at the beginning of which they were made.

    Examples
    --------
    >>> from layers import FullyConnected
    >>> layer = FullyConnected(1, 1, weight_init="zeros")
    >>> snapshot = Snapshot(layer)
    >>> layer.params["W"][...] = 5.0
    >>> snapshot.restore(layer)
    >>> layer.params["W"]
    array([[0.]])
    """

    def __init__(self, net: LayerLike, epoch: int = 1) -> None:
        self.epoch = epoch
        self._arrays = {key: array.copy() for key, array in _state(net).items()}

    def restore(self, net: LayerLike) -> None:
        """Copy them back into the net's arrays."""
        for key, array in _state(net).items():
            if key in self._arrays:  # a layer may make a buffer later
                np.copyto(array, self._arrays[key])


def _state(net: LayerLike) -> dict[tuple[str, str], Array]:
    """Return all arrays of a net; a parameter and a buffer may have the same name."""
    held = {"params": net.params, "buffers": buffers(net)}
    return {(kind, name): array for kind, some in held.items() for name, array in some.items()}
