"""A net that chains layers and runs them in reverse."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, overload

from numpy.typing import ArrayLike

from layers.core.base import Grads, LayerLike, LossLike, predict, without_dx
from layers.core.cache import Cached
from layers.core.checks import flag, label
from layers.core.composite import prefixed
from layers.core.describe import short
from layers.core.notebook import text
from layers.core.params import Array
from nets.display.diagram import diagram
from nets.display.output_shapes import outputs, shape_text
from nets.display.summary import Summary, total
from nets.errors import Place, counted, one_output, pair
from nets.graph.drawing import Drawing, draw
from nets.graph.topology import Nodes, Wiring
from nets.interop.net_file import expect
from nets.known import check_layer, parts
from nets.net import Net
from nets.trace.record import steps
from nets.trace.traced_layer import Step


class Sequential(Net, kind="net"):
    """A chain of layers, each of which takes the output of the one before.

    ``forward`` runs them from first to last; ``backward`` runs them from last to first, passing
    each the gradient of its output, which is the gradient of the next layer's input: the chain
    rule. A net is a layer itself, and may be part of another net.

    Parameters
    ----------
    *layers : layer
        Any objects with ``params``, ``forward`` and ``backward``; each may be given once.

    Attributes
    ----------
    params : dict of str to ndarray
        All parameters, live: ``"0.W"`` is W of the first layer, and ``"2.0.b"`` is b of the first
        layer of a net that is the third layer.

    Raises
    ------
    TypeError
        If something that is not a layer is given.
    ValueError
        If an object is given twice, because it could only keep one of its two inputs.

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

    _kind = "Sequential"  # what repr and error messages call it
    _ran = Cached[tuple[LayerLike, ...]]()

    def __init__(self, *layers: LayerLike) -> None:
        self.layers = layers

    @property
    def layers(self) -> tuple[LayerLike, ...]:
        """The layers; assigning others makes it another net, which has not been run."""
        return self._layers

    @layers.setter
    def layers(self, layers: Iterable[LayerLike]) -> None:
        layers = tuple(layers)
        for index, layer in enumerate(layers):
            hint = "; pass the layers one by one: Sequential(*layers)"
            check_layer(f"layer {index}", layer, hint if isinstance(layer, (list, tuple)) else "")
        _check_once(layers)
        self._layers = layers
        self.__dict__.pop("_ran", None)

    def named_layers(self) -> list[tuple[str, LayerLike]]:
        """The layers and their positions."""
        return [(str(index), layer) for index, layer in enumerate(self._layers)]

    def _dicts(self) -> list[Mapping[str, Array]]:
        return [layer.params for layer in self._layers]

    def forward(self, x: ArrayLike) -> Any:
        """Run the layers from first to last, and return the output of the last."""
        # Until all layers have run, some may hold this input and some the one before.
        self.__dict__.pop("_ran", None)
        with Place() as place:
            for place.name, place.layer in enumerate(self._layers):
                x = one_output(place.layer.forward(x))
        self._ran = self._layers
        return x

    def backward(self, dout: ArrayLike, input_gradient: bool = True) -> tuple[Any, Grads]:
        """Run the layers from last to first.

        Parameters
        ----------
        dout : array
            The gradient of the net's output.
        input_gradient : bool
            Whether to compute dx. If not, the first layer with parameters does not compute the
            gradient of its input, which saves a product, and those before it do not run.

        Returns
        -------
        dx : array or None
            The gradient of the net's input; None without `input_gradient`.
        grads : dict of str to ndarray
            One gradient for each entry of `params`, under the same keys.
        """
        layers, input_gradient = self._ran, flag(self, "input_gradient", input_gradient)
        first = 0 if input_gradient else _first_with_params(layers)
        grads: list[Grads] = [{}] * len(layers)
        with Place() as place:
            for index in range(len(layers) - 1, first - 1, -1):
                place.name, place.layer = index, (layer := layers[index])
                needs_dx = input_gradient or index > first
                returned = layer.backward(dout) if needs_dx else without_dx(layer, dout)
                dout, grads[index] = pair(layer, returned)
        return dout if input_gradient else None, prefixed(enumerate(grads))

    def predict(self, x: ArrayLike) -> Any:
        """Run the layers for inference: dropout does nothing, and nothing is kept."""
        with Place() as place:
            for place.name, place.layer in enumerate(self._layers):
                x = one_output(predict(place.layer, x))
        return x

    def steps(self, x: ArrayLike, labels: ArrayLike, loss: LossLike) -> list[Step]:
        """The inputs and outputs of each layer in a forward and backward pass; see `trace`."""
        return steps(self.wiring(opened=True), x, labels, loss)

    def description(self, describe: Callable[[Any, str], Any]) -> list[Any]:
        """Describe this net for a file; `describe` does so for a layer and its name."""
        return [describe(layer, name) for name, layer in self.named_layers()]

    @classmethod
    def described(cls, found: object, build: Callable[[Any, str], Any], where: str) -> Sequential:
        """Build the net of such a description; `build` makes a layer from its part and name."""
        layers = expect(found, list, f"the layers of {where}")
        return cls(*(build(layer, str(index)) for index, layer in enumerate(layers)))

    def summary(self, input_shape: tuple[int, ...] | None = None) -> Summary:
        """A table of the layers, the shapes of their outputs and their parameter counts.

        Parameters
        ----------
        input_shape : tuple of int
            The shape of one example; by default that of the first layer that knows its
            number of inputs.

        Returns
        -------
        Summary
            Prints as text, and as an HTML table in Jupyter. Only layers of this library are run,
            on an empty batch. The output of any other layer is shown as ``?``, and so are those
            that follow, up to a layer that knows its number of inputs.

        Raises
        ------
        TypeError
            If `input_shape` is not a tuple of integers.
        ValueError
            If a layer does not accept the shape of its input.

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
        return Summary(self, [input_shape])

    def draw(self, input_shape: tuple[int, ...] | None = None) -> Drawing:
        """Draw the net: its layers in a row, with the shapes of their outputs.

        Nested nets are expanded.

        Parameters
        ----------
        input_shape : tuple of int
            The shape of one example, as `summary` takes it.

        Returns
        -------
        Drawing
            An SVG image, which shows itself in notebooks; its ``save(path)`` writes a file.

        Examples
        --------
        >>> from layers import FullyConnected, ReLU
        >>> drawing = Sequential(FullyConnected(64, 32), ReLU()).draw()
        >>> "(N, 64)" in drawing.svg
        True
        """
        wiring = self.wiring(opened=True)
        batches = outputs(wiring, [input_shape], "layer")
        shapes = {name: shape_text(batch) for name, batch in batches.items()}
        return draw(wiring, shapes, {}, {})

    def wiring(self, opened: bool = False) -> Wiring:
        """The layers by position, each of which takes the output of the one before.

        If `opened`, nested nets are replaced by their layers.
        """
        nodes: Nodes = {}
        return Wiring(("x",), self.wire(nodes, "", "x", opened), nodes)

    def wire(self, nodes: Nodes, before: str, source: str, opened: bool) -> str:
        """Enter the layers into a dict of nodes; return the name of the last one.

        The first takes `source`, and `before` is the start of all names, such as "2.".
        """
        for name, layer in self.named_layers():
            if opened and isinstance(layer, Sequential):
                source = layer.wire(nodes, f"{before}{name}.", source, opened)
            else:
                nodes[f"{before}{name}"] = (layer, source)
                source = f"{before}{name}"
        return source

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> Sequential: ...
    def __getitem__(self, index: int | slice) -> Any:
        """A layer by its position, or a net that shares some of the layers."""
        try:
            found = self._layers[index]
        except (IndexError, TypeError):
            there = f"from 0 to {len(self) - 1}" if self._layers else "because there are none"
            raise IndexError(
                f"{self.label}: position {short(index)} is out of range, {there}"
            ) from None
        return Sequential(*found) if isinstance(found, tuple) else found

    def __len__(self) -> int:
        return len(self._layers)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._layers)

    @property
    def label(self) -> str:
        """The name of this net in error messages."""
        return f"{self._kind} of {counted(len(self), 'layer')}"

    def _repr_html_(self) -> str:
        return f"<div><b>{text(self.label)}</b>, {text(total(self))}</div>{diagram(self)}"

    def __repr__(self) -> str:
        lines = ",\n".join(map(repr, self._layers)).replace("\n", "\n    ")
        return f"{self._kind}(\n    {lines},\n)" if self._layers else f"{self._kind}()"


def _check_once(layers: Iterable[LayerLike]) -> None:
    seen: dict[int, str] = {}
    for index, layer in enumerate(layers):
        for path, part in parts(layer, str(index)):
            if id(part) in seen:
                raise ValueError(
                    f"layer {path} is the same object as layer {seen[id(part)]} "
                    f"({label(part)}), and can keep only one input for backward; make a second one"
                )
            seen[id(part)] = path


def _first_with_params(layers: tuple[LayerLike, ...]) -> int:
    return next((index for index, layer in enumerate(layers) if layer.params), len(layers))
