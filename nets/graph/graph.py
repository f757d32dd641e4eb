"""A net of named nodes, with values that may branch and join: a computation graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core.base import Grads, LayerLike, LossLike, predict, without_dx
from layers.core.cache import Cached
from layers.core.checks import flag
from layers.core.composite import prefixed
from layers.core.describe import short
from layers.core.params import Array
from nets.display.summary import Summary
from nets.errors import NodePlace, counted, one_output, pair
from nets.graph.branches import along_edges, total
from nets.graph.drawing import Drawing, draw
from nets.graph.graph_page import graph_page
from nets.graph.shared_layers import first_names, first_nodes, repeats, summed, twin
from nets.graph.topology import Wiring, one_of, wired
from nets.interop.net_file import expect
from nets.net import Net
from nets.trace.record import layer_step, loss_step
from nets.trace.traced_layer import Step


@dataclass
class Run:
    """The state left by a forward pass, and by the last backward pass after it."""

    layers: dict[str, Any]  # the object that each node ran
    values: dict[str, Any]
    gradients: dict[str, Any] = field(default_factory=dict)
    shares: dict[str, tuple[Any, ...]] = field(default_factory=dict)


class Graph(Net, kind="graph"):
    """A directed acyclic graph of named nodes, which take inputs and the outputs of other nodes.

    ``forward`` visits the nodes in topological order, each after the nodes that it depends on;
    ``backward`` visits them in reverse, each after the nodes that depend on it. The gradient of a
    value is the sum of the gradients from all its uses::

        dL/dx = sum of dL/dy dy/dx over the nodes y that take x

    A graph is declared once and does not change; there is no tape.

    Parameters
    ----------
    inputs : tuple of str
        The names of the arguments of ``forward``, in order.
    output : str
        The node whose value ``forward`` returns.
    nodes : dict of str to tuple
        For each node, a layer and the names of its inputs or of other nodes, the arguments of the
        layer's ``forward``: ``"f": (Multiply(), "a", "b")``. Several nodes may use the same layer:
        they share its parameters, and their gradients are summed.

    Attributes
    ----------
    params : dict of str to ndarray
        All parameters, live: ``"a.W"`` is W of node a. A shared parameter is listed under the
        first of its nodes.

    Raises
    ------
    TypeError
        If a node has no layer, or a name is not a string.
    ValueError
        If a name is unknown, given twice or not used, or nodes form a cycle.

    Examples
    --------
    >>> import numpy as np
    >>> from layers import FullyConnected, MSE, Tanh
    >>> graph = Graph(
    ...     inputs=("x", "t"),
    ...     output="loss",
    ...     nodes={
    ...         "z": (FullyConnected(2, 1), "x"),
    ...         "y": (Tanh(), "z"),
    ...         "loss": (MSE(), "y", "t"),
    ...     },
    ... )
    >>> graph.params["z.W"] = [[1.0], [-1.0]]
    >>> graph.forward(np.array([[2.0, 2.0]]), np.array([[0.5]]))
    0.25
    >>> (dx, dt), grads = graph.backward()
    >>> dx
    array([[-1.,  1.]])
    >>> graph.values["y"], graph.gradients["y"]
    (array([[0.]]), array([[-1.]]))

    Notes
    -----
    A loss has no gradient for its targets, and some layers have none for integers: it is None, and
    so is the sum for a value if one of its uses has no gradient. A layer with several outputs
    cannot be a node; several nodes can take the same value without a `Copy`.

    Source: CSE 587, lecture 3, "Backpropagation in General Computation Graph"; 10-601, lecture
    13, "Backpropagation"; the lecture of Li, Karpathy and Johnson, "Graph (or Net) object".
    """

    may_hold_loss = True
    _run = Cached[Run]()

    def __init__(
        self, inputs: Sequence[str], output: str, nodes: Mapping[str, tuple[Any, ...]]
    ) -> None:
        self.inputs, self.output, self.nodes = wired(inputs, output, nodes)
        self._repeats = repeats(self.nodes)

    def forward(self, *xs: ArrayLike) -> Any:
        """Run the nodes in topological order, and return the value of the output."""
        values = self._by_name(xs)
        # Until all nodes have run, some may hold these inputs and some those before.
        self.__dict__.pop("_run", None)
        layers: dict[str, Any] = {}

        def forward(name: str, layer: object, *taken: ArrayLike) -> Any:
            layers[name] = twin(layer) if name in self._repeats else layer
            return layers[name].forward(*taken)

        self._run = Run(layers, self._through(values, forward))
        return self._run.values[self.output]

    def backward(self, dout: ArrayLike = 1.0, input_gradient: bool = True) -> tuple[Any, Grads]:
        """Run the nodes in reverse, and sum the gradients of values that are used repeatedly.

        Parameters
        ----------
        dout : array
            The gradient of the output; 1 if the output is a number.
        input_gradient : bool
            Whether to compute dx. If not, nodes before the first parameters need not run.

        Returns
        -------
        dx : array, tuple or None
            The gradient of the input; of several inputs, a tuple; None without `input_gradient`.
        grads : dict of str to ndarray
            One gradient for each entry of `params`, under the same keys.
        """
        run = self._run
        input_gradient = flag(self, "input_gradient", input_gradient)
        needed = self._needed(input_gradient)
        uses: dict[str, list[Any]] = {name: [] for name in run.values}
        uses[self.output].append(dout)
        grads: dict[str, Grads] = {}
        shares: dict[str, tuple[Any, ...]] = {}
        with NodePlace() as place:
            for name in reversed(self.nodes):
                place.name, (place.layer, *sources) = name, self.nodes[name]
                dx, grads[name] = self._node_backward(name, total(uses[name]), needed)
                shares[name] = along_edges(dx, [run.values[source] for source in sources])
                for source, share in zip(sources, shares[name], strict=True):
                    uses[source].append(share)
        run.gradients = {name: total(found) for name, found in uses.items()}
        run.shares = {name: shares[name] for name in self.nodes}
        dxs = tuple(run.gradients[name] for name in self.inputs)
        dx = dxs[0] if len(dxs) == 1 else dxs
        in_order = prefixed((name, grads[name]) for name in self.nodes)
        first = first_names(self._params_of_nodes())
        return dx if input_gradient else None, summed(in_order, first)

    def _node_backward(
        self, name: str, upstream: object, needed: dict[str, bool]
    ) -> tuple[Any, Grads]:
        """Run backward of one node, if its gradients are needed."""
        layer, *sources = self.nodes[name]
        if upstream is None and layer.params:
            raise ValueError(
                "its parameters have no gradient, because a node that takes its output returns "
                "none for it, as a loss does for its targets; make such a value an input of the "
                "graph"
            )
        if upstream is None or not needed[name]:
            return None, {}
        used = self._run.layers[name]
        needs_dx = any(needed[source] for source in sources)
        return pair(layer, used.backward(upstream) if needs_dx else without_dx(used, upstream))

    def predict(self, *xs: ArrayLike) -> Any:
        """Run the nodes for inference: dropout does nothing, and nothing is kept."""
        values = self._by_name(xs)
        return self._through(values, lambda _, *taken: predict(*taken))[self.output]

    def _by_name(self, xs: tuple[Any, ...]) -> dict[str, Any]:
        if len(xs) != len(self.inputs):
            raise TypeError(
                f"{self.label}: expected {counted(len(self.inputs), 'input')} "
                f"({', '.join(self.inputs)}), got {len(xs)}"
            )
        return dict(zip(self.inputs, xs, strict=True))

    def _through(self, values: dict[str, Any], run: Callable[..., Any]) -> dict[str, Any]:
        """Return all values; `run` computes that of a node from its name, layer and inputs."""
        with NodePlace() as place:
            for place.name, (place.layer, *sources) in self.nodes.items():
                taken = [values[source] for source in sources]
                values[place.name] = one_output(run(place.name, place.layer, *taken))
        return values

    @property
    def values(self) -> dict[str, Any]:
        """The values of the inputs and nodes in the last forward pass, by name."""
        if "_run" not in self.__dict__:
            call = f"forward({', '.join(self.inputs)})"
            raise RuntimeError(f"{self.label}: there are no values yet; call {call} first")
        return self._run.values

    @property
    def gradients(self) -> dict[str, Any]:
        """The gradients of the inputs and nodes in the last backward pass, or None."""
        if not (self.values and self._run.gradients):
            raise RuntimeError(f"{self.label}: there are no gradients yet; call backward() first")
        return self._run.gradients

    @property
    def shares(self) -> dict[str, tuple[Any, ...]]:
        """For each node, the share of the gradient that it sent back to each of its inputs."""
        return self._run.shares if self.gradients else {}

    def ran(self, name: str) -> Any:
        """The object that a node last ran on: a twin, if an earlier node has its layer."""
        self[name]
        return self._run.layers[name]

    def draw(self) -> Drawing:
        """The graph as a picture, with the values and gradients of the last passes on its edges.

        Returns
        -------
        Drawing
            An SVG image, which shows itself in notebooks; its ``save(path)`` writes a file.
        """
        run = self.__dict__.get("_run") or Run({}, {})
        return draw(self, run.values, run.gradients, run.shares)

    def wiring(self) -> Wiring:
        """The names of the inputs and of the output, and the nodes."""
        return Wiring(self.inputs, self.output, self.nodes)

    def summary(self, *input_shapes: tuple[int, ...]) -> Summary:
        """A table of the nodes, the shapes of their values and their parameter counts.

        Parameters
        ----------
        *input_shapes : tuple of int
            The shape of one example for each input, ``()`` for labels. By default, they come from
            the layers that know their number of inputs.

        Returns
        -------
        Summary
            As that of `Sequential.summary`.

        Raises
        ------
        TypeError
            If a shape is not a tuple of integers, or there is not one for each input.
        ValueError
            If a layer does not accept the shape of its input.

        Examples
        --------
        >>> from layers import MSE, FullyConnected
        >>> nodes = {"y": (FullyConnected(2, 1), "x"), "loss": (MSE(), "y", "t")}
        >>> Graph(("x", "t"), "loss", nodes).summary((2,), (1,))
        node                   output   parameters
        y FullyConnected(2, 1) (N, 1)            3
        loss MSE()             number            0
        3 parameters, 0.0 kB in float64
        """
        if len(input_shapes) not in (0, len(self.inputs)):
            raise TypeError(
                f"{self.label}.summary: expected the shapes of {counted(len(self.inputs), 'input')}"
                f" ({', '.join(self.inputs)}), got {len(input_shapes)}"
            )
        return Summary(self, input_shapes, "node")

    def named_layers(self) -> list[tuple[str, LayerLike]]:
        """The layers, each once, under the name of its first node."""
        return [(name, self[name]) for name in dict.fromkeys(first_nodes(self.nodes).values())]

    @property
    def layers(self) -> dict[str, LayerLike]:
        """The layers, each once, by the name of its first node."""
        return dict(self.named_layers())

    def steps(self, x: ArrayLike, labels: ArrayLike, loss: LossLike) -> list[Step]:
        """The inputs and outputs of each node in a forward and backward pass; see `trace`."""
        scores = self.forward(*(x if isinstance(x, tuple) else (x,)))
        last = [] if loss is None else [loss_step(loss, scores, labels)]
        if not last and np.size(scores) != 1:
            raise ValueError(
                f"{self.label}.trace: expected labels and a loss, because the output is not a "
                f"number but an array of shape {np.shape(scores)}"
            )
        _, grads = self.backward(last[0].dx if last else np.ones_like(scores))
        return [self._step(name, grads) for name in self.nodes] + last

    def _step(self, name: str, grads: Grads) -> Step:
        layer, *sources = self.nodes[name]
        xs, run = tuple(self.values[source] for source in sources), self._run
        own = {key: grads[f"{name}.{key}"] for key in layer.params if f"{name}.{key}" in grads}
        passed = xs, run.values[name], run.gradients[name], run.shares[name]
        return layer_step(name, run.layers[name], *passed, own)

    def description(self, describe: Callable[[Any, str], Any]) -> dict[str, Any]:
        """Describe this graph for a file; `describe` does so for a layer and its name."""
        first = first_nodes(self.nodes)
        nodes = {
            name: [describe(layer, name) if first[name] == name else first[name], *sources]
            for name, (layer, *sources) in self.nodes.items()
        }
        return {"inputs": self.inputs, "output": self.output, "nodes": nodes}

    @classmethod
    def described(cls, found: Any, build: Callable[[Any, str], Any], where: str) -> Graph:
        """Build the graph of such a description; `build` makes a layer from its part and name."""
        keys = ("inputs", "output", "nodes")
        found = expect(found, dict, f"the description of {where}", keys)
        nodes: dict[str, Any] = {}
        for name, node in expect(found["nodes"], dict, f"the nodes of {where}").items():
            inner, *sources = expect(node, list, f"node {name}") or [None]
            is_shared = isinstance(inner, str)  # the name of the first node with this layer
            if is_shared and inner not in nodes:
                raise ValueError(f"node {name}: there is no node {inner} before it to share with")
            nodes[name] = (nodes[inner][0] if is_shared else build(inner, name), *sources)
        return cls(found["inputs"], found["output"], nodes)

    def _named_params(self) -> dict[str, Array]:
        arrays = self._params_of_nodes()
        first = first_names(arrays)
        return {name: array for name, array in arrays.items() if first[name] == name}

    def _params_of_nodes(self) -> dict[str, Array]:
        return prefixed((name, layer.params) for name, (layer, *_) in self.nodes.items())

    def _needed(self, input_gradient: bool) -> dict[str, bool]:
        """Which values need a gradient: without dx, only those that depend on parameters."""
        needed = dict.fromkeys(self.inputs, input_gradient)
        for name, (layer, *sources) in self.nodes.items():
            leads = bool(layer.params) or any(needed[source] for source in sources)
            needed[name] = input_gradient or leads
        return needed

    def __getitem__(self, name: str) -> Any:
        """The layer of a node."""
        if not isinstance(name, str) or name not in self.nodes:
            raise KeyError(
                f"{self.label}: there is no node {short(name)}{one_of(name, self.nodes)}"
            )
        return self.nodes[name][0]

    def __len__(self) -> int:
        return len(self.nodes)

    def __iter__(self) -> Iterator[str]:
        return iter(self.nodes)

    @property
    def label(self) -> str:
        """The name of this graph in error messages."""
        return f"Graph of {counted(len(self), 'node')}"

    def _repr_html_(self) -> str:
        return graph_page(self)

    def __repr__(self) -> str:
        lines = [f"    inputs={self.inputs!r},", f"    output={self.output!r},", "    nodes={"]
        for name, first in first_nodes(self.nodes).items():
            shown = repr(self.nodes[name]).replace("\n", "\n        ")
            note = f"  # the layer of {first}" if first != name else ""
            lines.append(f"        {name!r}: {shown},{note}")
        return "\n".join(["Graph(", *lines, "    },", ")"])
