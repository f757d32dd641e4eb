"""The pytest plugin of handgrad, loaded at every start of pytest: two fixtures and a marker.

It is a module of its own, outside of `layers`, because a folder of tests may hold a `layers.py` of
its own, which Python finds first. It imports the library only when a fixture or a marker is used.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

MARKER = (
    "gradcheck(input, arguments=(), labels=None, **options): check the gradients of this layer "
    "class or factory on random numbers of shape `input`; `arguments` go to its constructor, "
    "`labels` is the number of classes if it is a loss"
)
PLUGIN = "layers.gradcheck.pytest_plugin"
_loaded: list[ModuleType] = []


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
def gradcheck_fixture(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """`layers.gradcheck` with the seed of ``--gradcheck-seed``: gives the report."""
    return _seeded(request, _library().gradcheck)


@pytest.fixture(name="assert_gradients")
def assert_gradients_fixture(request: pytest.FixtureRequest) -> Callable[..., None]:
    """`layers.assert_gradients` with the seed of ``--gradcheck-seed``: fails the test."""
    return _seeded(request, _library().assert_gradients)


def _seeded(request: pytest.FixtureRequest, check: Callable[..., Any]) -> Callable[..., Any]:
    seed = request.config.getoption("--gradcheck-seed")

    def seeded(layer: Any, *inputs: Any, **options: Any) -> Any:
        __tracebackhide__ = True
        return check(layer, *inputs, **{"rng": seed, **options})

    return seeded


def pytest_pycollect_makeitem(
    collector: pytest.Module | pytest.Class, name: str, obj: Any
) -> pytest.Item | None:
    """A marked layer class or factory becomes a test of its own, unless pytest makes it one."""
    mark = _mark(obj)
    if mark is None or not callable(obj) or _is_test(collector, name, obj):
        return None
    if getattr(obj, "__module__", None) != getattr(collector.module, "__name__", None):
        return None  # imported from where it is collected already
    item: pytest.Item = _library().LayerItem.from_parent(
        collector, name=name, make=obj, mark=mark, usage=MARKER
    )
    return item


def _mark(obj: Any) -> pytest.Mark | None:
    """The marker that stands at this very object, and not at a class it derives from."""
    marks = getattr(obj, "__dict__", {}).get("pytestmark", [])
    return next((mark for mark in marks if getattr(mark, "name", "") == "gradcheck"), None)


def _is_test(collector: pytest.Module | pytest.Class, name: str, obj: Any) -> bool:
    """Whether pytest collects it anyway, for which a marker of this name may mean anything."""
    from unittest import TestCase  # takes 5 ms, which only a marked layer costs

    if isinstance(obj, type):
        return issubclass(obj, TestCase) or collector.istestclass(obj, name)
    return collector.istestfunction(obj, name)


def _library() -> ModuleType:
    """The rest of the plugin, even where another `layers` stands in the way."""
    if not _loaded:
        _loaded.append(import_module(PLUGIN) if _is_visible() else _past_another())
    return _loaded[0]


def _is_visible() -> bool:
    """Whether the name `layers` leads to this library."""
    try:
        spec = find_spec("layers")
    except ValueError:  # a module made by hand has no spec
        return False
    origin = Path((spec and spec.origin) or ".")
    return (origin.parent / "gradcheck" / "pytest_plugin.py").is_file()


def _past_another() -> ModuleType:
    """Import the library while the other `layers` is put aside; then give its name back."""
    another = _taken_out()
    sys.path.insert(0, str(Path(__file__).resolve().parent))  # the library is beside this file
    try:
        return import_module(PLUGIN)
    finally:
        sys.path.pop(0)
        _taken_out()
        sys.modules.update(another)


def _taken_out() -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name.partition(".")[0] == "layers"]
    return {name: sys.modules.pop(name) for name in names}
