"""The submission's process: it imports the submission, and answers the grader.

Nothing here grades. The grader's process holds the tests, the checker and the results;
it sends inputs and gets outputs, so that a submission which patches, exits or crashes changes its
own process only.
"""

from __future__ import annotations

import copy
import importlib.util
import linecache
import socket
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.ma  # layers look for masks; NumPy loads them when first asked, which is too late

from layers.core.random_state import generators
from nets.homework.isolation.channel import GLOBAL, Endpoint, is_default
from nets.homework.isolation.guard import guard

LONGEST = 500  # characters of an exception's text that are passed on


class Host(Endpoint):
    """The endpoint that holds the submission's objects."""

    def __init__(self, channel: socket.socket, first: int) -> None:
        super().__init__(channel, first, {})

    def encode_object(self, value: Any) -> Any:
        """Keep the object, and send a number for it."""
        number = next(self._numbers)
        self.hold(number, value)
        states = [found.bit_generator.state for found in drawn_from(value)]
        return {"object": number, "name": type(value).__name__, "generators": states}

    def decode_object(self, tree: dict[str, Any]) -> Any:
        """The object of a number."""
        return self.held[tree["object"]]

    def serve(self) -> None:
        """Answer until the grader closes the channel."""
        while True:
            message, values = self.receive()
            owner = self.held[message["object"]]
            drawn = drawn_from(owner)
            for found, state in zip(drawn, message["generators"], strict=False):
                found.bit_generator.state = state
            self.answer(partial(self._do, message, owner, values), drawn)

    def answer(self, work: Callable[[], Any], drawn: Sequence[np.random.Generator] = ()) -> bool:
        """Do some work, and send what it returns or raises; return whether it returned.

        The states of the generators are sent too, because the work may have drawn from them.
        """
        raised, value = {}, None
        try:
            value = work()
        except BaseException as error:
            raised = {"error": described(error)}
        states = [found.bit_generator.state for found in drawn]
        try:
            self.send({**raised, "generators": states}, value)
        except (TypeError, ValueError, MemoryError) as error:
            self.send({"error": described(error), "generators": states}, None)
        return not raised

    def _do(self, message: dict[str, Any], owner: Any, values: Any) -> Any:
        verb, name = message["verb"], message["name"]
        if verb == "get":
            value = getattr(owner, name)
            return ("callable", None) if callable(value) else ("value", value)
        if verb == "set":
            setattr(owner, name, values)
            return None
        if verb == "copy":
            return copy.deepcopy(owner, self._memo(values))
        args, kwargs = values
        return (getattr(owner, name) if name else owner)(*args, **kwargs)

    def _memo(self, values: Any) -> dict[int, Any]:
        """The copies of arrays that the grader has made, for deepcopy to take."""
        return {id(self.held[number]): twin for number, twin in values if number in self.held}


def drawn_from(owner: Any) -> list[np.random.Generator]:
    """The random generators that an object holds; a module holds too much to look through."""
    if isinstance(owner, ModuleType):
        return []
    return [found for found in generators(owner) if is_default(found)]


def described(error: BaseException) -> dict[str, Any]:
    """An exception for the grader: its kind, its text, and the submission's line that raised it."""
    text = str(error)[:LONGEST]
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(Path.cwd())
    ]
    where = ""
    if isinstance(error, SyntaxError) and error.lineno:
        where = f"line {error.lineno}"
        text = str(error.msg)[:LONGEST]
    elif frames:
        code = linecache.getline(frames[-1].filename, frames[-1].lineno or 0).strip()
        where = f"line {frames[-1].lineno}: {code}"[:LONGEST]
    return {"kind": type(error).__name__, "text": text, "where": where}


def load(path: Path) -> Any:
    """Import the submission; its folder comes last, so that a layers.py there hides nothing."""
    sys.path.append(str(path.parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(path.stem, module)
    spec.loader.exec_module(module)
    return module


def main(
    descriptor: int, first: int, file: str, forbidden: list[str], megabytes: int, seconds: int
) -> None:
    """Serve one submission over a socket."""
    channel = socket.socket(fileno=descriptor)
    host = Host(channel, first)
    guard(Path.cwd(), forbidden, megabytes, seconds)
    np.random.seed(0)  # noqa: NPY002, a submission that uses the global state gets the same each time
    host.answer(lambda: None)  # what follows counts as the submission's time
    if host.answer(lambda: host.hold(GLOBAL, load(Path.cwd() / file))):
        host.serve()
