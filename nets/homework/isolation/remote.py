"""Proxies for a submission's objects."""

from __future__ import annotations

import copy
from functools import partial
from typing import Any

import numpy as np


class Remote:
    """A proxy for an object in the submission's process: attributes and calls are passed on."""

    def __init__(self, sandbox: Any, number: int, generators: list[np.random.Generator]) -> None:
        held = {
            "_sandbox": sandbox,
            "_number": number,
            "_generators": generators,
            "_seen": {},
            "_functions": set(),
        }
        self.__dict__.update(held)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in self.__dict__["_functions"]:
            kind, value = self.__dict__["_sandbox"].ask("get", self, name)
            if kind != "callable":
                # Kept, so that layer.params["W"][...] = 0 writes into an array that still exists.
                self.__dict__["_seen"][name] = value
                return value
            self.__dict__["_functions"].add(name)
        return partial(_call, self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__["_sandbox"].ask("set", self, name, value)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it in the submission's process."""
        return _call(self, "", *args, **kwargs)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        twin = self.__dict__["_sandbox"].copy(self, memo)
        own, others = twin.__dict__["_generators"], self.__dict__["_generators"]
        for position, generator in enumerate(others[: len(own)]):
            own[position] = copy.deepcopy(generator, memo)
        return twin


def _call(owner: Remote, method: str, /, *args: Any, **kwargs: Any) -> Any:
    """Call an object of the submission, or a method of it."""
    return owner.__dict__["_sandbox"].ask("call", owner, method, (args, kwargs))


def remote_class(name: str) -> type[Remote]:
    """A class of the name that the submission gave its own, for messages to show."""
    return type(name if name.isidentifier() else "Submitted", (Remote,), {})
