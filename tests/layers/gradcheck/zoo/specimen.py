"""One wrong layer on show, and how its mistake should be called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from layers import gradcheck
from layers.core.cast import cast
from layers.gradcheck.report.hints import ADVICE

Change = Callable[[Any, Any, Callable[..., Any]], Any]


@dataclass(frozen=True)
class Specimen:
    """A layer with one mistake, under one set of circumstances.

    `tensor` is where the first finding should point, `right` makes the layer without the mistake.
    `loss` stands behind a net.
    """

    kind: str
    mistake: str
    tensor: str
    variant: str
    make: Callable[[], Any]
    inputs: tuple[Any, ...]
    right: Callable[[], Any] | None = None
    loss: tuple[Any, ...] | None = None

    @property
    def is_advice(self) -> bool:
        """Whether the gradient is right and only advice is expected."""
        return self.mistake in ADVICE

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.mistake}-{self.tensor or 'all'}-{self.variant}"

    def report(self, rng: int = 0) -> Any:
        return gradcheck(self.make(), *self.inputs, loss=self.loss, rng=rng)

    @property
    def invisible(self) -> bool:
        """Whether the wrong gradient equals the right one at this point, whatever dout is."""
        if self.right is None or self.is_advice:
            return False
        try:
            wrong, right = (
                [self._gradients(cast(make(), float), seed) for seed in range(3)]
                for make in (self.make, self.right)
            )
        except Exception:
            return False
        return all(
            one.keys() == other.keys()
            and all(
                np.shape(one[name]) == np.shape(other[name])
                and np.allclose(one[name], other[name], rtol=1e-9, atol=1e-12)
                for name in one
            )
            for one, other in zip(wrong, right, strict=True)
        )

    def _gradients(self, layer: Any, seed: int) -> dict[str, Any]:
        y = layer.forward(*[np.array(array) for array in self.inputs])
        dout = np.random.default_rng(seed).normal(size=np.shape(y))
        first = layer.backward(dout if np.shape(y) else float(dout))
        second = layer.backward(2 * dout if np.shape(y) else 2 * float(dout))
        return {
            f"{turn}{name}": gradient
            for turn, (dx, grads) in (("", first), ("again ", second))
            for name, gradient in {"x": dx, **grads}.items()
            if gradient is not None
        }


def mutant(base: type, change: Change, name: str = "") -> type:
    """A subclass whose backward is changed: `change(layer, dout, right_backward)`."""

    class Mutant(base):
        def backward(self, dout: Any = 1.0) -> Any:
            return change(self, dout, super().backward)

    Mutant.__name__ = Mutant.__qualname__ = name or f"Wrong{base.__name__}"
    return Mutant


def tampered(tensor: str, change: Callable[[Any, Any, Any], Any]) -> Change:
    """Change the gradient of one tensor: `change(layer, dout, gradient)`."""

    def backward(layer: Any, dout: Any, right: Callable[..., Any]) -> Any:
        dx, grads = right(dout)
        found = {"x": dx, **grads}
        found[tensor] = change(layer, dout, found[tensor])
        return found.pop("x"), found

    return backward
