"""The pytest plugin: the checks for the fixtures, and a test for a marked layer.

`handgrad_pytest.py` beside the packages holds the fixtures and hooks, which import this when used.
"""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from layers.gradcheck.check import assert_gradients, gradcheck, loaded

__all__ = ["LayerItem", "assert_gradients", "gradcheck"]

loaded()  # now, as the name `layers` may lead to a module of the user's later


def _is_shape(value: Any) -> bool:
    """Whether something is a tuple of lengths."""
    return isinstance(value, tuple) and all(type(n) is int and n > 0 for n in value)


class LayerItem(pytest.Item):
    """The gradient check of one marked class or factory."""

    def __init__(self, *, make: Any, mark: pytest.Mark, usage: str, **options: Any) -> None:
        super().__init__(**options)
        self.make, self.mark, self.usage = make, mark, usage

    def runtest(self) -> None:
        """Make the layer and its inputs, and check."""
        settings = dict(self.mark.kwargs)
        if self.mark.args or "input" not in settings or not _is_shape(settings["input"]):
            raise TypeError(
                f"{self.name}: expected the shape of the input in the marker: "
                "@pytest.mark.gradcheck(input=(7, 5))"
            )
        shape, labels = settings.pop("input"), settings.pop("labels", None)
        if labels is not None and not _is_shape((labels,)):
            raise TypeError(
                f"{self.name}: expected labels to be the number of classes, got {labels!r}"
            )
        if unknown := set(settings) - {"arguments", "loss", "rng", "tolerance", "explain"}:
            raise TypeError(f"{self.name}: the marker does not know {min(unknown)}: {self.usage}")
        layer = self._layer(settings.pop("arguments", ()))
        self._check(layer, shape, labels, settings)

    def _check(
        self, layer: Any, shape: tuple[int, ...], labels: int | None, options: dict[str, Any]
    ) -> None:
        seed = self.config.getoption("--gradcheck-seed")
        rng = np.random.default_rng(seed)
        inputs: list[Any] = [rng.normal(size=shape)]
        if labels is not None:
            inputs.append(rng.integers(labels, size=shape[0]))
        gradcheck(layer, *inputs, **{"rng": seed, **options}).raise_if_failed()

    def _layer(self, arguments: tuple[Any, ...]) -> Any:
        try:
            inspect.signature(self.make).bind(*arguments)
        except TypeError as error:
            raise TypeError(
                f"{self.name}: {error}; give them in the marker: "
                "@pytest.mark.gradcheck(input=..., arguments=(...))"
            ) from None
        return self.make(*arguments)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The report of the check, without the frames of pytest and of this library."""
        if isinstance(excinfo.value, AssertionError):
            return str(excinfo.value)
        return f"{type(excinfo.value).__name__}: {excinfo.value}"

    def reportinfo(self) -> tuple[Any, int | None, str]:
        """Where the layer is written."""
        try:
            line = inspect.getsourcelines(self.make)[1] - 1
        except (OSError, TypeError):  # a class made by a call has no lines of its own
            line = None
        return self.path, line, f"gradcheck of {self.name}"
