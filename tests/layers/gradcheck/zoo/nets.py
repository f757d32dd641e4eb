"""Right nets with one wrong layer in them, and wrong nets of right layers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from layers import FullyConnected, ReLU, Sigmoid, SoftmaxCE, Tanh
from nets import Sequential
from tests.layers.gradcheck.wrong_layers import Chain
from tests.layers.gradcheck.zoo import activations, affine
from tests.layers.gradcheck.zoo.losses import COMMON, OF_SOFTMAX
from tests.layers.gradcheck.zoo.specimen import Specimen, mutant
from tests.layers.gradcheck.zoo.students import Softmax

N, D, H, C = 6, 4, 5, 3
X = np.random.default_rng(0).normal(size=(N, D))
LABELS = np.random.default_rng(1).integers(C, size=N)


def dense(kind: type, d: int, m: int, seed: int) -> Any:
    layer = kind(d, m, rng=seed)
    layer.params["b"] = np.random.default_rng(seed + 1).normal(size=m)
    return layer


class ByName:
    """A student's net that holds its layers as attributes."""

    def __init__(self, first: Any, activation: Any, last: Any) -> None:
        self.first, self.activation, self.last = first, activation, last
        self.params = {
            **{f"{name}1": array for name, array in first.params.items()},
            **{f"{name}2": array for name, array in last.params.items()},
        }

    def forward(self, x: Any) -> Any:
        return self.last.forward(self.activation.forward(self.first.forward(x)))

    def backward(self, dout: Any) -> Any:
        dout, last = self.last.backward(dout)
        dout, _ = self.activation.backward(dout)
        dout, first = self.first.backward(dout)
        grads = {f"{name}1": g for name, g in first.items()}
        return dout, {**grads, **{f"{name}2": g for name, g in last.items()}}


def containers(place: int) -> dict[str, tuple[Any, str]]:
    """Kinds of nets of three layers, and what the layer at a place is called in each."""
    return {
        "Sequential": (Sequential, str(place)),
        "nested": (lambda a, f, b: Sequential(Sequential(a, f), b), ["0.0", "0.1", "1"][place]),
        "student's .layers": (Chain, str(place)),
        "student's attributes": (ByName, ["first", "activation", "last"][place]),
    }


def wrong_layers() -> Iterator[tuple[int, str, str, Any]]:
    """The place, the mistake, its tensor, and three layers of which that one is wrong."""
    layers = {0: ((D, H), affine.OF_X | affine.OF_W), 2: ((H, C), affine.OF_W | affine.OF_B)}
    chosen = {
        "x": ["wrong-sign", "averaged-twice", "transposed"],
        "W": ["wrong-sign", "averaged-twice", "transposed", "reshaped", "ignores-dout"],
        "b": ["bias-averaged", "bias-not-summed", "bias-not-summed  ", "bias-summed-over-all"],
    }
    tables = {"x": affine.OF_X, "W": affine.OF_W, "b": affine.OF_B}
    for place, ((d, m), _) in layers.items():
        for tensor, mistakes in chosen.items():
            for mistake in mistakes:
                kind = mutant(FullyConnected, tables[tensor][mistake])
                yield place, mistake.strip(), tensor, (kind, d, m)
    for activation, base in (("relu", ReLU), ("tanh", Tanh), ("sigmoid", Sigmoid)):
        (row,) = [row for row in activations.ACTIVATIONS if row.kind is base]
        for mistake, change in activations.changes_of(row).items():
            if mistake not in ("not-finite", "constant-factor", "derivative-of-dout"):
                yield 1, mistake, "x", (mutant(activations.remembering(base), change), activation)


def built(container: Any, place: int, wrong: Any) -> Any:
    def make() -> Any:
        first, last = dense(FullyConnected, D, H, 1), dense(FullyConnected, H, C, 2)
        activation: Any = Tanh()
        if place == 0:
            first = dense(wrong[0], D, H, 1)
        elif place == 1:
            activation = wrong[0]()
        else:
            last = dense(wrong[0], H, C, 2)
        return container(first, activation, last)

    return make


def with_a_wrong_layer() -> Iterator[Specimen]:
    for place, mistake, tensor, wrong in wrong_layers():
        for kind, (container, name) in containers(place).items():
            for loss in (None, (SoftmaxCE(), LABELS)):
                behind = " before a loss" if loss else ""
                make = built(container, place, wrong)
                variant = f"{wrong[1]} at {name}{behind}"
                yield Specimen(kind, mistake, f"{name}.{tensor}", variant, make, (X,), None, loss)


def before_a_wrong_loss() -> Iterator[Specimen]:
    for mistake, change in {**COMMON, **OF_SOFTMAX}.items():
        loss = mutant(SoftmaxCE, change)(), LABELS

        def make() -> Any:
            return Sequential(
                dense(FullyConnected, D, H, 1), Tanh(), dense(FullyConnected, H, C, 2)
            )

        variant = f"C={C}"
        yield Specimen("wrong loss", mistake.strip(), "loss.x", variant, make, (X,), None, loss)


class SameDout(Chain):
    """Every layer gets the gradient of the net's output."""

    def backward(self, dout: Any) -> Any:
        found = [layer.backward(dout) for layer in self.layers]
        grads = {f"{i}.{name}": g for i, (_, its) in enumerate(found) for name, g in its.items()}
        return found[0][0], grads


class Skipping(Chain):
    """Leaves out one layer on the way back."""

    def backward(self, dout: Any) -> Any:
        kept, self.layers = self.layers, [self.layers[0], *self.layers[2:]]
        dx, grads = super().backward(dout)
        self.layers = kept
        return dx, {f"{'02'[int(name[0])]}{name[1:]}": g for name, g in grads.items()}


class MixedUp(Chain):
    """Hands out the gradients of two layers under each other's names."""

    def backward(self, dout: Any) -> Any:
        dx, grads = super().backward(dout)
        return dx, {**grads, "0.W": grads["2.W"], "2.W": grads["0.W"]}


class OneUse(Chain):
    """One layer stands in two places; the gradient of the second use is lost."""

    def __init__(self, first: Any, activation: Any, last: Any) -> None:
        super().__init__(first, activation, Copy(first))

    def backward(self, dout: Any) -> Any:
        dx, grads = super().backward(dout)
        return dx, {name: g for name, g in grads.items() if name[0] == "0"}

    @property
    def params(self) -> Any:
        return {f"0.{name}": array for name, array in self.layers[0].params.items()}


class Copy:
    """A second use of a layer's parameters, with a cache of its own."""

    def __init__(self, layer: Any) -> None:
        self.params = layer.params

    def forward(self, x: Any) -> Any:
        self.x = x
        return x @ self.params["W"] + self.params["b"]

    def backward(self, dout: Any) -> Any:
        return dout @ self.params["W"].T, {"W": self.x.T @ dout, "b": dout.sum(axis=0)}


def wrong_containers() -> Iterator[Specimen]:
    x = X[:, :4]

    def square(container: Any, seed: int, activation: Any) -> Any:
        return lambda: container(
            dense(FullyConnected, 4, 4, seed), activation(), dense(FullyConnected, 4, 4, seed + 1)
        )

    for seed, activation in enumerate((Tanh, Sigmoid, ReLU)):
        for mistake, tensor, container in (
            ("chain-broken", "1.dout", SameDout),
            ("layer-skipped", "1.dout", Skipping),
            ("gradient-misplaced", "0.W", MixedUp),
            ("share-missing", "0.W", OneUse),
        ):
            make = square(container, seed, activation)
            yield Specimen("container", mistake, tensor, activation.__name__, make, (x,))


def ending_in_softmax() -> Iterator[Specimen]:
    for classes in (2, 3, 5):
        labels = np.random.default_rng(classes).integers(classes, size=N)

        def make(classes: int = classes) -> Any:
            return Sequential(dense(FullyConnected, D, classes, 1), Softmax())

        loss = SoftmaxCE(), labels
        yield Specimen("Sequential", "double-softmax", "", f"C={classes}", make, (X,), None, loss)


def specimens() -> Iterator[Specimen]:
    for kind in (with_a_wrong_layer, before_a_wrong_loss, wrong_containers, ending_in_softmax):
        yield from kind()
