"""Proxies for objects in the other process."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np

# What is passed on with whatever it returns, and what is only if it returns an object: a number
# that the submission says to be the difference of its object and the correct result proves nothing.
PASSED_ON = (
    *("__len__", "__iter__", "__next__", "__contains__", "__getitem__", "__setitem__"),
    *("__delitem__", "__enter__", "__exit__", "__float__", "__int__"),
)
ARITHMETIC = (
    *("__add__", "__radd__", "__sub__", "__rsub__", "__mul__", "__rmul__", "__truediv__"),
    *("__rtruediv__", "__pow__", "__rpow__", "__matmul__", "__rmatmul__", "__neg__"),
)


class Remote:
    """A proxy for an object in the submission's process: attributes and calls are passed on."""

    def __init__(self, sandbox: Any, number: int, generators: list[np.random.Generator]) -> None:
        held = {
            "_sandbox": sandbox,
            "_number": number,
            "_generators": generators,
            "_seen": {},
            "_functions": set(),
            "_classes": {},
        }
        self.__dict__.update(held)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in self.__dict__["_classes"]:
            return self.__dict__["_classes"][name]
        if name not in self.__dict__["_functions"]:
            kind, value = self.__dict__["_sandbox"].ask("get", self, name)
            if kind != "callable":
                # Kept, so that layer.params["W"][...] = 0 writes into an array that still exists.
                self.__dict__["_classes" if kind == "class" else "_seen"][name] = value
                return value
            self.__dict__["_functions"].add(name)
        return partial(_call, self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__["_sandbox"].ask("set", self, name, value)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it in the submission's process."""
        return _call(self, "", *args, **kwargs)

    def __instancecheck__(self, other: Any) -> bool:
        """Whether another object of the submission is of this class."""
        return isinstance(other, Remote) and bool(
            self.__dict__["_sandbox"].ask("isinstance", self, "", other)
        )

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        twin = self.__dict__["_sandbox"].copy(self, memo)
        own, others = twin.__dict__["_generators"], self.__dict__["_generators"]
        for position, generator in enumerate(others[: len(own)]):
            own[position] = copy.deepcopy(generator, memo)
        return twin


def _call(owner: Remote, method: str, /, *args: Any, **kwargs: Any) -> Any:
    """Call an object of the submission, or a method of it."""
    return owner.__dict__["_sandbox"].ask("call", owner, method, (args, kwargs))


def place_of(value: Any) -> tuple[int, str] | None:
    """The number of an object of the submission and the name of its method, if this is one."""
    if isinstance(value, Remote):
        return value.__dict__["_number"], ""
    if isinstance(value, partial) and value.func is _call:
        owner, name = value.args
        return owner.__dict__["_number"], name
    return None


@lru_cache(maxsize=1000)
def remote_class(name: str, special: Sequence[str] = ()) -> type[Remote]:
    """A class of the name that the submission gave its own, for messages to show.

    It has the special methods that the submission's class has.
    """
    methods = {
        **{method: _special(method) for method in PASSED_ON if method in special},
        **{method: _arithmetic(method) for method in ARITHMETIC if method in special},
    }
    return type(name if name.isidentifier() else "Submitted", (Remote,), methods)


def _special(method: str) -> Callable[..., Any]:
    def passed_on(self: Remote, *args: Any) -> Any:
        return _call(self, method, *args)

    return passed_on


def _arithmetic(method: str) -> Callable[..., Any]:
    def passed_on(self: Remote, *args: Any) -> Any:
        found = _call(self, method, *args)
        if not isinstance(found, Remote):
            raise TypeError(
                f"{method} of a {type(self).__name__} has to return an object of the submission, "
                f"got {type(found).__name__}; compare its numbers, which are attributes"
            )
        return found

    return passed_on


class Given:
    """A proxy, in the submission's process, for a function or layer that a test hands over."""

    def __init__(self, host: Any, number: int, names: Sequence[str]) -> None:
        self._ask = partial(host.ask, number)
        self._names = names

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._names:
            raise AttributeError(f"what the test handed over has no {name}")
        if name in DATA:
            return self._ask(name)
        return partial(self._ask, name)

    def __deepcopy__(self, _: dict[int, Any]) -> Any:
        return self._ask("copy")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it in the process of the tests."""
        return self._ask("" if "" in self._names else "forward", *args, **kwargs)


DATA = ("params", "buffers")
METHODS = ("forward", "backward", "predict", "step")


def offered(value: Any) -> list[str]:
    """What a submission may use of an object that a test hands over: "" is to call it.

    Raises
    ------
    TypeError
        If nothing: it is neither a function nor a layer nor an optimizer.
    """
    names = [name for name in (*DATA, *METHODS) if hasattr(value, name)]
    if any(name in METHODS for name in names):
        return names
    if callable(value) and not isinstance(value, type):
        return [""]
    raise TypeError(f"an object of type {type(value).__name__} cannot be handed to a submission")
