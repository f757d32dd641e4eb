"""A layer with parameters that are not trained."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from layers.core.base import Grads, LayerLike, predict, without_dx
from layers.core.checks import brief, flag, label, unlike
from layers.core.composite import Composite
from layers.core.params import Array, buffers


class Frozen(Composite):
    """A layer or net with frozen parameters, which get no gradient and no update.

    For fine-tuning: the layers of a net that was trained on a lot of data stay as they are, and
    only the new ones after them are trained on a few examples. Everything else is the same as in
    the layer itself, which is not copied: its output, dx, the keys of its arrays, and saved files.
    With ``input_gradient=False``, a net's ``backward`` ends at the first layer that is still
    trained.

    Parameters
    ----------
    layer : layer or net
        The layer to freeze, also available as ``frozen.layer``.
    names : str or sequence of str, optional
        The parameters to freeze; all of them by default.

    Attributes
    ----------
    params : dict of str to ndarray
        The parameters that are still trained, live.
    buffers : dict of str to ndarray
        The frozen parameters, live: saved, copied and cast with the layer.

    Raises
    ------
    TypeError
        If `layer` is not a layer.
    ValueError
        If one of the names is not a parameter of the layer.

    Examples
    --------
    >>> import numpy as np
    >>> from layers import FullyConnected, ReLU
    >>> from nets import Sequential
    >>> trained = Sequential(FullyConnected(4, 8, rng=0), ReLU())
    >>> net = Sequential(Frozen(trained), FullyConnected(8, 2, rng=1))
    >>> list(net.params), list(net.buffers)
    (['1.W', '1.b'], ['0.0.W', '0.0.b'])
    >>> Frozen(FullyConnected(4, 8), "W").params
    {'b': array([0., 0., 0., 0., 0., 0., 0., 0.])}

    Notes
    -----
    Source: CSCI 544, lecture 8: word vectors may or may not be updated; Yosinski et al., 2014.
    """

    def __init__(self, layer: LayerLike, names: str | Iterable[str] | None = None) -> None:
        needed = ("params", "forward", "backward")
        if isinstance(layer, type) or not all(hasattr(layer, name) for name in needed):
            raise TypeError(f"Frozen: expected a layer or a net, got {brief(layer)}")
        names = (names,) if isinstance(names, str) else names
        if not isinstance(names, Iterable | None):
            raise TypeError(unlike("Frozen", "names", "a string or a list of strings", names))
        self.layer, self.names = layer, None if names is None else tuple(names)
        for name in self.names or ():
            if name not in layer.params:
                there = ", ".join(map(repr, layer.params)) or "no parameters"
                raise ValueError(
                    f"Frozen: expected names of parameters of {label(layer)}, which has {there}, "
                    f"got {brief(name)}"
                )

    def named_layers(self) -> list[tuple[str, LayerLike]]:
        """The wrapped layer."""
        return [("layer", self.layer)]

    def _is_frozen(self, name: str) -> bool:
        return self.names is None or name in self.names

    def _named_params(self) -> dict[str, Array]:
        return {k: v for k, v in self.layer.params.items() if not self._is_frozen(k)}

    def _named_buffers(self) -> dict[str, Array]:
        frozen = {k: v for k, v in self.layer.params.items() if self._is_frozen(k)}
        return {**frozen, **buffers(self.layer)}

    def forward(self, *xs: Any) -> Any:
        """Run the layer for training: a dropout inside still drops."""
        return self.layer.forward(*xs)

    def backward(self, dout: Any, input_gradient: bool = True) -> tuple[Any, Grads]:
        """Return dx, and the gradients of the parameters that are not frozen.

        ``input_gradient=False`` returns None for dx, and runs nothing if everything is frozen.
        """
        if not flag(self, "input_gradient", input_gradient) and not self.params:
            return None, {}
        run = self.layer.backward(dout) if input_gradient else without_dx(self.layer, dout)
        dx, grads = run
        trained = {name: grad for name, grad in grads.items() if not self._is_frozen(name)}
        return dx if input_gradient else None, trained

    def predict(self, *xs: Any) -> Any:
        """Run the layer for inference."""
        return predict(self.layer, *xs)

    @classmethod
    def param_shapes(cls, layer: LayerLike, *_: Any, **__: Any) -> dict[str, tuple[int, ...]]:
        """The shapes of the layer's params and buffers."""
        return {k: array.shape for k, array in {**layer.params, **buffers(layer)}.items()}

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the layer's first array."""
        return next(iter({**self.params, **self.buffers}.values())).dtype

    @property
    def label(self) -> str:
        """The name of this layer in error messages: that of the wrapped layer."""
        return label(self.layer)
