"""Gradient checks in pytest: two fixtures, a marker for layers, and the seed of all of them.

Registered as an entry point, so that pytest finds it wherever this library is installed.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from layers.gradcheck import GradientReport, assert_gradients, gradcheck

MARKER = (
    "gradcheck(input, arguments=(), labels=None, **options): check the gradients of this layer "
    "class or factory on random numbers of shape `input`; `arguments` go to its constructor, "
    "`labels` is the number of classes if it is a loss"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The seed of the inputs and of the checks."""
    group = parser.getgroup("handgrad", "gradient checks")
    group.addoption(
        "--gradcheck-seed",
        type=int,
        default=0,
        metavar="SEED",
        help="seed of the random numbers of gradient checks (default: 0)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", MARKER)


@pytest.fixture(name="gradcheck")
def gradcheck_fixture(request: pytest.FixtureRequest) -> Callable[..., GradientReport]:
    """`layers.gradcheck` with the seed of ``--gradcheck-seed``: gives the report."""
    seed = request.config.getoption("--gradcheck-seed")

    def check(layer: Any, *inputs: Any, **options: Any) -> GradientReport:
        return gradcheck(layer, *inputs, **{"rng": seed, **options})

    return check


@pytest.fixture(name="assert_gradients")
def assert_gradients_fixture(request: pytest.FixtureRequest) -> Callable[..., None]:
    """`layers.assert_gradients` with the seed of ``--gradcheck-seed``: fails the test."""
    seed = request.config.getoption("--gradcheck-seed")

    def check(layer: Any, *inputs: Any, **options: Any) -> None:
        __tracebackhide__ = True
        assert_gradients(layer, *inputs, **{"rng": seed, **options})

    return check


def pytest_pycollect_makeitem(
    collector: pytest.Module | pytest.Class, name: str, obj: Any
) -> pytest.Item | None:
    """A marked layer class or factory becomes a test of its own, whatever its name."""
    mark = _mark(obj)
    if mark is None or not callable(obj) or name.startswith("test"):
        return None
    if getattr(obj, "__module__", None) != getattr(collector.module, "__name__", None):
        return None  # imported from where it is collected already
    item: pytest.Item = LayerItem.from_parent(collector, name=name, make=obj, mark=mark)
    return item


def _mark(obj: Any) -> pytest.Mark | None:
    """The marker that stands at this very object, and not at a class it derives from."""
    marks = getattr(obj, "__dict__", {}).get("pytestmark", [])
    return next((mark for mark in marks if mark.name == "gradcheck"), None)


def _is_shape(value: Any) -> bool:
    """Whether something is a tuple of lengths."""
    return isinstance(value, tuple) and all(type(n) is int and n > 0 for n in value)


class LayerItem(pytest.Item):
    """The gradient check of one marked class or factory."""

    def __init__(self, *, make: Any, mark: pytest.Mark, **options: Any) -> None:
        super().__init__(**options)
        self.make, self.mark = make, mark

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
        if unknown := set(settings) - {"arguments", "loss", "rng", "tolerance"}:
            raise TypeError(f"{self.name}: the marker does not know {min(unknown)}: {MARKER}")
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
        """What the check says, without the frames of pytest and of this library."""
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
