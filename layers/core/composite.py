"""A layer made of layers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import is_

from layers.core.base import Layer, LayerLike
from layers.core.cache import Cached
from layers.core.params import Array, Params, buffers


class Composite(Layer):
    """A layer made of named layers, with their parameters in one dict.

    A subclass defines ``named_layers``, and runs the layers in its ``forward`` and ``backward``;
    `prefixed` merges their gradients under the keys of ``params``.

    Attributes
    ----------
    params : dict of str to ndarray
        All parameters, live, under the name of their layer, a dot and their key in that layer.

    Examples
    --------
    >>> import numpy as np
    >>> from layers import FullyConnected
    >>> class Residual(Composite):
    ...     def __init__(self, inner):
    ...         self.inner = inner
    ...
    ...     def named_layers(self):
    ...         return [("inner", self.inner)]
    ...
    ...     def forward(self, x):
    ...         return x + self.inner.forward(x)
    ...
    ...     def backward(self, dout):
    ...         dx, grads = self.inner.backward(dout)
    ...         return dout + dx, prefixed([("inner", grads)])
    >>> residual = Residual(FullyConnected(2, 2, weight_init="zeros"))
    >>> residual.forward(np.array([[1.0, 2.0]]))
    array([[1., 2.]])
    >>> list(residual.params)
    ['inner.W', 'inner.b']
    """

    _joint = Cached[tuple[list[Mapping[str, Array]], Params]]()

    def named_layers(self) -> list[tuple[str, LayerLike]]:
        """The layers in the order in which they run, by the names used in `params`."""
        raise NotImplementedError(f"{type(self).__name__} does not define named_layers()")

    def _dicts(self) -> list[Mapping[str, Array]]:
        return [layer.params for _, layer in self.named_layers()]

    def _named_params(self) -> dict[str, Array]:
        return prefixed((name, layer.params) for name, layer in self.named_layers())

    def _named_buffers(self) -> dict[str, Array]:
        return prefixed((name, buffers(layer)) for name, layer in self.named_layers())

    @property
    def params(self) -> Params:
        """All parameters by layer and name; assigning to an entry writes into its memory."""
        dicts = self._dicts()
        kept: tuple[list[Mapping[str, Array]], Params] | None = self.__dict__.get("_joint")
        if kept and all(map(is_, dicts, kept[0])) and sum(map(len, dicts)) == len(kept[1]):
            return kept[1]
        params = Params(self._named_params(), takes_new=False)
        if all(type(each) is Params for each in dicts):  # a plain dict may rebind its arrays
            self._joint = dicts, params
        return params

    @params.setter
    def params(self, arrays: Mapping[str, Array]) -> None:
        self.params.replace(arrays)

    @property
    def buffers(self) -> Params:
        """The layers' untrained arrays, live, under keys like those of `params`."""
        return Params(self._named_buffers(), takes_new=False)

    @buffers.setter
    def buffers(self, arrays: Mapping[str, Array]) -> None:
        self.buffers.replace(arrays)


def prefixed(named: Iterable[tuple[object, Mapping[str, Array]]]) -> dict[str, Array]:
    """Merge named dicts into one: each key is the name of the dict, a dot and the key in it."""
    return {f"{name}.{key}": array for name, arrays in named for key, array in arrays.items()}
