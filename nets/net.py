"""What all nets share: parameters under the names of their layers, and files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from layers.core.checks import label
from layers.core.composite import Composite
from nets.foreign_names import hint

if TYPE_CHECKING:
    from nets.trace import Trace


class Net(Composite):
    """Layers that run as one; `Sequential` and `Graph` say in which order.

    A net is a layer itself, and may be part of another net.
    """

    if not TYPE_CHECKING:  # for which any attribute would be right

        def __getattr__(self, name: str) -> Any:
            """Raise for an attribute that is not there, and say what to do instead."""
            kind = type(self).__name__
            message = f"{kind!r} object has no attribute {name!r}{hint(kind, name)}"
            raise AttributeError(message, name=name, obj=self)

    def trace(self, x: Any = None, labels: Any = None, loss: Any = None) -> Trace:
        """Run a copy once forward and backward, and keep everything that flows.

        It shows where the gradient goes: layer by layer what came in and what went out, the
        upstream gradient, the local derivative and the downstream gradient.

        Parameters
        ----------
        x : array
            A batch; of a graph with several inputs, a tuple.
        labels : array
            What the loss takes beside the net's output. A graph that holds its loss needs none.
        loss : layer
            Where the gradient begins, such as `SoftmaxCE`.

        Returns
        -------
        Trace
            Prints as text, and shows as HTML in Jupyter.

        Raises
        ------
        TypeError
            If one of the three is missing, or the loss is no layer.
        ValueError
            If the batch fits neither the net nor the loss.

        Examples
        --------
        >>> import numpy as np
        >>> from layers import FullyConnected, MSE, ReLU
        >>> from nets import Sequential
        >>> net = Sequential(FullyConnected(1, 2), ReLU(), FullyConnected(2, 1))
        >>> net.params = {"0.W": [[2, -1]], "0.b": [0, 0], "2.W": [[3], [1]], "2.b": [0]}
        >>> trace = net.trace(np.array([[1.0]]), np.array([[5.0]]), MSE())
        >>> trace[-1].dx, trace[1].local, trace[1].dx
        (array([[2.]]), array([[1., 0.]]), array([[6., 0.]]))
        """
        from nets.trace import trace  # it knows all nets, and so comes after them

        return trace(self, x, labels, loss)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the layers' description and parameters to a safetensors file.

        The file is written beside the old one and then takes its place, so that an interrupted
        save leaves the old one whole. The arguments of layers are kept that are numbers, strings,
        None, lists or tuples of these, or initializers of this library. Where weights were drawn by
        another initializer, it is left out: the weights themselves are saved.

        Raises
        ------
        OSError
            If the file cannot be written.
        TypeError
            If a layer of this library has an argument of another kind. The file is as it was.
        """
        from nets.interop import net_file  # it knows all nets, and so comes after them

        net_file.save(self, path)

    def load_params(self, path: str | os.PathLike[str]) -> None:
        """Take over the parameters from a safetensors file with the same names and shapes.

        Raises
        ------
        OSError
            If there is no such file.
        ValueError
            If it is damaged, or its names or shapes are others. Nothing has been changed then.
        """
        from nets.interop import net_file

        net_file.load_params(self, path)


def load(path: str | os.PathLike[str], kind: type[Net]) -> Any:
    """A net of one kind from a file that `save` wrote."""
    from nets.interop import net_file

    return net_file.load(path, kind)


def parts(layer: Any, name: str) -> Iterator[tuple[str, Any]]:
    """A layer and, if it is made of layers, all of these, each with the way to it."""
    yield name, layer
    if isinstance(layer, Composite):
        for inner_name, inner in layer.named_layers():
            yield from parts(inner, f"{name}.{inner_name}")


def one_output(output: Any) -> Any:
    """What a layer hands on: a tuple would reach the next one as if it were a batch."""
    if isinstance(output, tuple):
        raise TypeError(
            f"expected one output, got a tuple of {len(output)}; "
            "in a Graph, several nodes may take one value"
        )
    return output


def check_layer(place: str, layer: Any, hint: str = "") -> None:
    """Refuse what is no layer; `place` says where it was to stand, `hint` what to do."""
    if isinstance(layer, type):
        hint = f"; make one: {layer.__name__}(...)"
    elif all(hasattr(layer, name) for name in ("params", "forward", "backward")):
        if not isinstance(layer.params, Mapping):
            raise TypeError(
                f"{place} ({label(layer)}): expected params to be a dict, "
                f"got {type(layer.params).__name__}"
            )
        return
    kind = f"the class {layer.__name__}" if isinstance(layer, type) else type(layer).__name__
    raise TypeError(
        f"{place}: expected an object with params, forward and backward, got {kind}{hint}"
    )
