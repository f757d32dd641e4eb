"""Layers with a skip connection: their output is added to their input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers import Add
from layers.core import checks
from layers.core.base import Grads
from layers.core.cache import Cached
from layers.core.params import Array
from nets.graph.topology import Nodes
from nets.sequential import Sequential


class Residual(Sequential, kind="residual"):
    """A block of layers with a skip connection; the layers must keep the shape of x.

    With f the layers, from first to last::

        y  = x + f(x)
        dx = dout + dout df/dx

    Through the first term, the gradient reaches the preceding layers in full, however small the
    second term is; this is why nets of many such blocks can be trained. A block can be used in a
    `Sequential` or a `Graph` like any layer.

    Parameters
    ----------
    *layers : layer
        Any objects with ``params``, ``forward`` and ``backward``; each may be given once.

    Attributes
    ----------
    params : dict of str to ndarray
        All parameters, live, under the keys that `Sequential` gives them: ``"0.W"``.

    Raises
    ------
    TypeError
        If something that is not a layer is given.
    ValueError
        If one object is given twice, or the output of the layers does not have the shape of x.

    Examples
    --------
    >>> import numpy as np
    >>> from layers import FullyConnected
    >>> block = Residual(FullyConnected(2, 2, weight_init="zeros"))
    >>> block.forward(np.array([[1.0, 2.0]]))
    array([[1., 2.]])
    >>> dx, grads = block.backward(np.array([[3.0, 4.0]]))
    >>> dx, grads["0.b"]
    (array([[3., 4.]]), array([3., 4.]))

    Notes
    -----
    Source: He et al., 2016, "Deep Residual Learning for Image Recognition".
    """

    _kind = "Residual"
    _shape = Cached[tuple[int, ...]]()
    _dtype = Cached[np.dtype[Any]]()

    def forward(self, x: ArrayLike) -> Array:
        """Return x + f(x), of the shape of x."""
        self.__dict__.pop("_shape", None)  # of an earlier input
        y = self._sum(x, super().forward)
        self._shape, self._dtype = y.shape, y.dtype
        return y

    def backward(self, dout: ArrayLike, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        """Return dx, the sum of both terms, and the gradients of all parameters.

        ``input_gradient=False`` gives None for dx, as in `Sequential`.
        """
        dout = checks.upstream(self, dout, self._shape, self._dtype)
        dx, grads = super().backward(dout, input_gradient)
        return dout + dx if input_gradient else None, grads

    def predict(self, x: ArrayLike) -> Array:
        """Return x + f(x) for inference: dropout does nothing, and nothing is kept."""
        return self._sum(x, super().predict)

    def _sum(self, x: ArrayLike, f: Callable[[Any], Any]) -> Array:
        x = checks.numbers(self, "x", x)
        added = checks.floating(self, "the output of the layers", f(x))
        if added.shape != x.shape:
            raise ValueError(
                f"{self.label}: expected layers with an output of shape {x.shape}, that of x, to "
                f"which it is added, got {added.shape}; put layers that change the shape before "
                "or after this block"
            )
        y: Array = np.add(x, added, dtype=added.dtype)
        return y

    def __getitem__(self, index: Any) -> Any:
        """A layer by its position."""
        if isinstance(index, slice):
            raise TypeError(
                f"{self.label}: expected a position, got a slice, which would lose the skip "
                "connection; take a slice of its layers"
            )
        return super().__getitem__(index)

    def wire(self, nodes: Nodes, before: str, source: str, opened: bool) -> str:
        """Enter the layers and the sum into a dict of nodes; return the name of the sum."""
        last = super().wire(nodes, before, source, opened)
        nodes[f"{before}sum"] = (Add(), source, last)
        return f"{before}sum"
