"""The trace of a net, and its display."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from layers.core.base import LossLike
from layers.core.checks import label
from layers.core.notebook import cut, plain, text
from nets.arguments import names
from nets.display.text import aligned
from nets.known import check_layer
from nets.plots.gradient_norms import gradient_norms
from nets.trace import trace_page
from nets.trace.traced_layer import Step
from nets.trace.verdict import Verdict, verdict

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FEW = 12  # steps whose numbers are shown below the table


class Trace(Sequence[Step]):
    """The steps of one forward and backward pass; the last is that of the loss.

    ``trace[0]`` is the step of the first layer, ``trace[-1]`` that of the loss, where the backward
    pass begins, and ``trace["2.0"]`` that of a layer by its name. ``for step in reversed(trace)``
    follows the gradient.

    Attributes
    ----------
    steps : list of Step
        The steps in the order of the forward pass.
    verdict : Verdict
        Where the gradient goes: a ``sentence`` and the ``step`` that it blames, if any.
    """

    def __init__(self, label: str, steps: list[Step]) -> None:
        self.label, self.steps = label, steps
        self.verdict: Verdict = verdict(steps)

    @property
    def loss(self) -> float:
        """The value that the gradient is of."""
        return float(np.asarray(self.steps[-1].y).item())

    @property
    def grads(self) -> dict[str, Any]:
        """The gradients of all parameters, by their names in the net."""
        return {f"{step.name}.{key}": g for step in self.steps for key, g in step.grads.items()}

    @overload
    def __getitem__(self, index: int | str) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> list[Step]: ...
    def __getitem__(self, index: int | str | slice) -> Any:
        """A step by its position or its name, or a list of some of them."""
        if isinstance(index, slice):
            return self.steps[index]
        by_name = {step.name: step for step in self.steps}
        try:
            return self.steps[index] if isinstance(index, int) else by_name[index]
        except LookupError as error:
            raise type(error)(f"trace: there is no step {index!r}, only {names(by_name)}") from None

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def plot(self) -> Figure:
        """Draw the norms of the gradients by layer; see `nets.plots.gradient_norms`."""
        return gradient_norms(self)

    @property
    def _title(self) -> str:
        return f"{cut(self.label)}, loss {self.loss:.6g}"

    def __repr__(self) -> str:
        rows = map(trace_page.row, trace_page.short(self.steps, self.verdict.step))
        table = aligned([[*map(plain, row)] for row in [trace_page.HEADER, *rows]])
        return "\n".join([self._title, *table, self.verdict.sentence])

    def _repr_html_(self) -> str:
        blamed = self.verdict.step
        few = len(self) <= FEW and all(step.is_small for step in self.steps)
        return (
            f"<div><b>{text(self._title)}</b></div>"
            f"<div>{text(self.verdict.sentence)}</div>"
            f"{trace_page.table_of(trace_page.short(self.steps, blamed), blamed)}"
            f"{''.join(map(trace_page.details, reversed(self.steps))) if few else ''}"
        )


def trace(net: Any, x: Any, labels: Any, loss: LossLike | None) -> Trace:
    """Run a copy of a net once forward and backward; see `Net.trace`."""
    given = {"x": x, "labels": labels, "loss": loss}
    missing = [name for name, value in given.items() if value is None]
    if missing and not (net.may_hold_loss and missing == ["labels", "loss"]):
        raise TypeError(
            f"{net.label}.trace: expected x, labels and loss, got no {' and no '.join(missing)}; "
            "a trace runs the net itself, forward and backward, as in "
            "net.trace(x, labels, SoftmaxCE())"
        )
    if loss is not None:
        _check_loss(net, loss)
    net_copy, loss = copy.deepcopy((net, loss))  # training is not disturbed
    return Trace(net.label, net_copy.steps(x, labels, loss))


def _check_loss(net: Any, loss: LossLike) -> None:
    check_layer(f"{net.label}.trace: loss", loss)
    try:
        inspect.signature(loss.forward).bind(None, None)
    except TypeError:
        raise TypeError(
            f"{net.label}.trace: expected a loss, with a forward that takes the net's output and "
            f"labels, got {label(loss)}; pass one such as SoftmaxCE()"
        ) from None
    except ValueError:  # a forward that is not written in Python
        pass
