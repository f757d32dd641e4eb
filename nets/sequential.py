"""A net that chains layers and runs them in reverse."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator, Mapping
from typing import Any, overload

from layers.base import Grads, Layer, LayerLike, label, predict
from layers.cached import Cached
from layers.params import Array, Params, buffers
from nets.errors import pair, raise_located
from nets.interop import weights
from nets.joint import JointParams, by_position
from nets.summary import Summary


class Sequential(Layer):
    """Layers one after the other: each takes what the one before it gives.

    ``forward`` runs them from first to last; ``backward`` runs them from last to first, handing
    each the gradient of its output, which is the gradient of the next one's input: the chain
    rule. A net is a layer itself, and may stand inside another net.

    Parameters
    ----------
    *layers : layer
        Any objects with ``params``, ``forward`` and ``backward``; each may stand here once.

    Attributes
    ----------
    params : dict of str to ndarray
        All parameters, live: ``"0.W"`` is W of the first layer, ``"2.0.b"`` b of the first layer
        in the net that is the third layer.

    Raises
    ------
    TypeError
        If something that is not a layer is given.
    ValueError
        If one object is given twice: it could keep only one of its two inputs.

    Examples
    --------
    >>> import numpy as np
    >>> from layers import FullyConnected, ReLU, SoftmaxCE
    >>> from optimizers import SGD
    >>> net = Sequential(FullyConnected(2, 8, rng=0), ReLU(), FullyConnected(8, 2, rng=1))
    >>> x, labels = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([0, 1])
    >>> loss, optimizer = SoftmaxCE(), SGD(0.5)
    >>> for _ in range(100):
    ...     value = loss.forward(net.forward(x), labels)
    ...     dscores, _ = loss.backward()
    ...     dx, grads = net.backward(dscores)
    ...     optimizer.step(net.params, grads)
    >>> net.predict(x).argmax(axis=1)
    array([0, 1])
    """

    _ran = Cached[tuple[LayerLike, ...]]()
    _joint = Cached[JointParams]()

    def __init__(self, *layers: LayerLike) -> None:
        for index, layer in enumerate(layers):
            _check_layer(index, layer)
        _check_once(layers)
        self.layers = layers
        self._can_skip_dx = [
            "input_gradient" in inspect.signature(layer.backward).parameters for layer in layers
        ]

    @property
    def params(self) -> Params:
        """All parameters by position and name; assigning to an entry writes into its memory."""
        dicts = [layer.params for layer in self.layers]
        joint: JointParams | None = self.__dict__.get("_joint")
        if joint is None or not joint.holds(dicts):
            joint = self._joint = JointParams(dicts)
        return joint.params

    @params.setter
    def params(self, arrays: Mapping[str, Array]) -> None:
        self.params.replace(arrays)

    @property
    def buffers(self) -> Params:
        """What the layers keep beside their parameters, under keys of the same form."""
        return Params(by_position([buffers(layer) for layer in self.layers]))

    def forward(self, x: Any) -> Any:
        """Run the layers from first to last, and return what the last one gives."""
        # Until all layers have run, some may hold this input and some the one before.
        ran, done = self.__dict__.pop("_ran", None), 0
        try:
            for layer in self.layers:
                x = _one(layer.forward(x))
                done += 1
        except Exception as error:
            if ran and not done:
                self._ran = ran
            raise_located(error, done, self.layers[done])
        self._ran = self.layers
        return x

    def backward(self, dout: Any, input_gradient: bool = True) -> tuple[Any, Grads]:
        """Run the layers from last to first.

        Parameters
        ----------
        dout : array
            The gradient of the net's output.
        input_gradient : bool
            Whether dx is wanted. Without it, the first layer with parameters need not compute
            the gradient of its input, which saves a product, and those before it need not run.

        Returns
        -------
        dx : array or None
            The gradient of the net's input; None if it was not wanted.
        grads : dict of str to ndarray
            One gradient for each entry of `params`, under the same keys.
        """
        layers = self._ran
        first = 0 if input_gradient else _first_with_params(layers)
        grads: list[Grads] = [{}] * len(layers)
        index = len(layers)
        try:
            while index > first:
                index -= 1
                layer: Any = layers[index]
                if input_gradient or index > first or not self._can_skip_dx[index]:
                    dout, grads[index] = pair(layer, layer.backward(dout))
                else:
                    dout, grads[index] = pair(layer, layer.backward(dout, input_gradient=False))
        except Exception as error:
            raise_located(error, index, layers[index])
        return dout if input_gradient else None, by_position(grads)

    def predict(self, x: Any) -> Any:
        """Run the layers for inference: dropout does nothing, and nothing is kept."""
        done = 0
        try:
            for layer in self.layers:
                x = _one(predict(layer, x))
                done += 1
        except Exception as error:
            raise_located(error, done, self.layers[done])
        return x

    def summary(self, input_shape: tuple[int, ...] | None = None) -> Summary:
        """A table of the layers, the shapes of their outputs and their parameter counts.

        Parameters
        ----------
        input_shape : tuple of int
            The shape of one example. Where it is not given, the first layer that knows its
            number of inputs tells it.

        Returns
        -------
        Summary
            Prints as text, and shows as an HTML table in Jupyter.

        Examples
        --------
        >>> from layers import FullyConnected, ReLU
        >>> Sequential(FullyConnected(64, 32), ReLU(), FullyConnected(32, 10)).summary()
        layer                    output    parameters
        0 FullyConnected(64, 32) (N, 32)        2,080
        1 ReLU()                 (N, 32)            0
        2 FullyConnected(32, 10) (N, 10)          330
        2,410 parameters, 19.3 kB in float64
        """
        return Summary(self, input_shape)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the layers' description and parameters to a safetensors file.

        The file is written beside the old one and then takes its place, so that an interrupted
        save leaves the old one whole.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        weights.save(self, path, Sequential)

    @staticmethod
    def load(path: str | os.PathLike[str]) -> Any:
        """A net from a file that `save` wrote.

        Raises
        ------
        OSError
            If there is no such file.
        ValueError
            If it is damaged or foreign, or the net has layers that are not part of this library;
            for these, build the net and use `load_params`.
        """
        return weights.load(path, Sequential)

    def load_params(self, path: str | os.PathLike[str]) -> None:
        """Take over the parameters from a safetensors file with the same names and shapes.

        Raises
        ------
        OSError
            If there is no such file.
        ValueError
            If it is damaged, or its names or shapes are others. Nothing has been changed then.
        """
        weights.load_params(self, path)

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> Sequential: ...
    def __getitem__(self, index: int | slice) -> Any:
        """A layer by its position, or a net of some of the layers, which it shares."""
        if isinstance(index, slice):
            return Sequential(*self.layers[index])
        try:
            return self.layers[index]
        except (IndexError, TypeError):
            raise IndexError(
                f"{self.label}: position {index!r} is out of range, from 0 to {len(self) - 1}"
            ) from None

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.layers)

    @property
    def label(self) -> str:
        """What error messages call this net."""
        return f"Sequential of {len(self)} layer{'s' * (len(self) != 1)}"

    def __repr__(self) -> str:
        lines = ",\n".join(map(repr, self.layers)).replace("\n", "\n    ")
        return f"Sequential(\n    {lines},\n)" if self.layers else "Sequential()"


def _check_layer(index: int, layer: Any) -> None:
    hint = ""
    if isinstance(layer, type):
        hint = f"; make one: {layer.__name__}(...)"
    elif isinstance(layer, (list, tuple)):
        hint = "; pass the layers one by one: Sequential(*layers)"
    elif all(hasattr(layer, name) for name in ("params", "forward", "backward")):
        if not isinstance(layer.params, Mapping):
            raise TypeError(
                f"layer {index} ({label(layer)}): expected params to be a dict, "
                f"got {type(layer.params).__name__}"
            )
        return
    kind = f"the class {layer.__name__}" if isinstance(layer, type) else type(layer).__name__
    raise TypeError(
        f"layer {index}: expected an object with params, forward and backward, got {kind}{hint}"
    )


def _check_once(layers: tuple[Any, ...]) -> None:
    seen: dict[int, str] = {}
    for path, layer in _leaves(layers):
        if id(layer) in seen:
            raise ValueError(
                f"layer {path} is the same object as layer {seen[id(layer)]} "
                f"({label(layer)}), and can keep only one input for backward; make a second one"
            )
        seen[id(layer)] = path


def _leaves(layers: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    for index, layer in enumerate(layers):
        yield f"{above}{index}", layer
        if isinstance(layer, Sequential):
            yield from _leaves(layer, f"{above}{index}.")


def _one(output: Any) -> Any:
    """What a layer hands on: a tuple would reach the next one as if it were a batch."""
    if isinstance(output, tuple):
        raise TypeError(
            f"expected one output, got a tuple of {len(output)}; "
            "a Sequential hands on only one: put this layer into a Graph"
        )
    return output


def _first_with_params(layers: tuple[LayerLike, ...]) -> int:
    return next((index for index, layer in enumerate(layers) if layer.params), len(layers))
