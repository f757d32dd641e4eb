"""The base of all nets: parameters under the names of their layers, files, and traces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from layers.core.base import LossLike
from layers.core.composite import Composite
from nets.foreign_names import hint
from nets.graph.topology import Wiring
from nets.interop import net_file
from nets.interop.atomic import Path
from nets.known import NETS
from nets.trace.trace import Trace, trace
from nets.trace.traced_layer import Step


class Net(Composite):
    """Layers that run as one; `Sequential` and `Graph` define the order.

    A net is a layer itself, and may be part of another net.

    A class that can be saved names its ``kind`` in files, and defines ``description``, which
    returns JSON, and ``described``, which reads it. One that can be summarised and drawn defines
    ``wiring``, and one that can be traced defines ``steps``.
    """

    may_hold_loss = False  # whether the output may be a loss

    def __init_subclass__(cls, kind: str = "") -> None:
        super().__init_subclass__()
        if kind:
            NETS[kind] = cls

    if not TYPE_CHECKING:  # for which any attribute would do

        def __getattr__(self, name: str) -> Any:
            """Raise for an attribute that is not there, and say what to do instead."""
            kind = type(self).__name__
            message = f"{kind!r} object has no attribute {name!r}{hint(kind, name)}"
            raise AttributeError(message, name=name, obj=self)

    def trace(
        self,
        x: ArrayLike | None = None,
        labels: ArrayLike | None = None,
        loss: LossLike | None = None,
    ) -> Trace:
        """Run a copy once forward and backward, and keep everything that flows.

        It shows where the gradient goes: for each layer the input and the output, the upstream
        gradient, the local derivative and the downstream gradient.

        Parameters
        ----------
        x : array
            A batch; of a graph with several inputs, a tuple.
        labels : array
            The targets of the loss. A graph that contains its loss needs none.
        loss : layer
            The loss, where the gradient starts, such as `SoftmaxCE`.

        Returns
        -------
        Trace
            Prints as text, and shows as HTML in Jupyter.

        Raises
        ------
        TypeError
            If one of the three is missing, or the loss is not a layer.
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
        return trace(self, x, labels, loss)

    def wiring(self) -> Wiring:
        """The names of the inputs and of the output, and each layer and its inputs by name."""
        raise NotImplementedError(f"{type(self).__name__} does not define wiring()")

    def steps(self, x: ArrayLike, labels: ArrayLike, loss: LossLike) -> list[Step]:
        """Run forward and backward, and return each layer's inputs and outputs; see `trace`."""
        raise NotImplementedError(f"{type(self).__name__} does not define steps(x, labels, loss)")

    def save(self, path: Path) -> None:
        """Write the layers' description and parameters to a safetensors file.

        The file is written to a temporary file that then replaces the old one, so an interrupted
        save leaves the old one intact. Layers may have arguments that are numbers, strings, None,
        lists or tuples of these, or initializers of this library. Any other initializer is left
        out, because the weights themselves are saved.

        Raises
        ------
        OSError
            If the file cannot be written.
        TypeError
            If a layer of this library has an argument of another kind. The file is unchanged.
        """
        net_file.save(self, path)

    @classmethod
    def load(cls, path: Path) -> Any:
        """Load a net of this kind from a file that `save` wrote.

        Raises
        ------
        OSError
            If there is no such file.
        ValueError
            If it is damaged or has another format, or the net has layers that are not part of this
            library; in that case, build the net and use `load_params`.
        """
        kind = next((kind for kind in cls.__mro__ if kind in NETS.values()), cls)
        return net_file.load(path, kind)

    def load_params(self, path: Path) -> None:
        """Load the parameters from a safetensors file with the same names and shapes.

        Raises
        ------
        OSError
            If there is no such file.
        ValueError
            If it is damaged, or its names or shapes differ. The net is unchanged.
        """
        net_file.load_params(self, path)
