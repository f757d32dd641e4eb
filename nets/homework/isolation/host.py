"""The submission's process: it imports the submission, and answers the grader.

Nothing here grades. The grader's process holds the tests, the checker and the results;
it sends inputs and gets outputs, so that a submission which patches, exits or crashes changes its
own process only.
"""

from __future__ import annotations

import builtins
import copy
import importlib.util
import linecache
import socket
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.ma  # layers look for masks; NumPy loads them when first asked, which is too late

from layers.core.random_state import generators
from nets.homework.isolation.channel import GLOBAL, Endpoint, is_default
from nets.homework.isolation.forbidden import withhold
from nets.homework.isolation.guard import guard
from nets.homework.isolation.remote import ARITHMETIC, PASSED_ON, Given
from nets.homework.isolation.run_notebook import run_notebook

BUILTIN = {
    name: kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, Exception)
}
LONGEST = 500  # characters of an exception's text that are passed on


class Host(Endpoint):
    """The endpoint that holds the submission's objects."""

    def __init__(self, channel: socket.socket, first: int, file: Path) -> None:
        super().__init__(channel, first, {})
        self.file = file
        self.raised: list[str] = []

    def encode_object(self, value: Any) -> Any:
        """Keep the object, and send a number for it."""
        number = next(self._numbers)
        self.hold(number, value)
        states = [found.bit_generator.state for found in drawn_from(value)]
        kind = type(value)
        special = [name for name in (*PASSED_ON, *ARITHMETIC) if hasattr(kind, name)]
        name = value.__name__ if isinstance(value, type) else kind.__name__
        return {"object": number, "name": name, "generators": states, "special": special}

    def decode_object(self, tree: dict[str, Any]) -> Any:
        """The object of a number, a method of it, or a proxy for what a test hands over."""
        if "given" in tree:
            return Given(self, tree["given"], tree["names"])
        found = self.held[tree["object"]]
        return getattr(found, tree["method"]) if tree["method"] else found

    def described(self, error: BaseException) -> dict[str, Any]:
        """An exception for the grader: its kind, its text, and the line that raised it."""
        text, where = "", ""
        with suppress(Exception):  # of an exception that cannot be printed
            text = str(error)[:LONGEST]
        if isinstance(error, SyntaxError) and error.lineno:
            where, text = self._line(str(error.filename), error.lineno), str(error.msg)[:LONGEST]
        for frame in traceback.extract_tb(error.__traceback__):
            if Path(frame.filename).is_relative_to(self.file.parent):
                code = linecache.getline(frame.filename, frame.lineno or 0).strip()
                where = f"{self._line(frame.filename, frame.lineno or 0)}: {code}"[:LONGEST]
        kinds = [kind.__name__ for kind in type(error).__mro__ if kind.__name__ in BUILTIN]
        name = type(error).__name__
        return {"kind": name, "text": text, "where": where, "base": [*kinds, ""][0]}

    def _line(self, file: str, number: int) -> str:
        """A line of the submission; the file is named if it is another one."""
        name = Path(file).name
        return f"line {number}" if name == self.file.name else f"{name}, line {number}"

    def load(self) -> None:
        """Import the submission; its folder comes last, so that a layers.py there hides nothing."""
        sys.path.append(str(self.file.parent))
        name = self.file.stem
        if self.file.suffix == ".ipynb":
            module = ModuleType(name)
            sys.modules.setdefault(name, module)
            module.__file__ = str(self.file)
            self.raised = run_notebook(self.file, module, self._sentence)
        else:
            spec = importlib.util.spec_from_file_location(name, self.file)
            assert spec
            assert spec.loader
            module = importlib.util.module_from_spec(spec)
            sys.modules.setdefault(name, module)
            spec.loader.exec_module(module)
        self.hold(GLOBAL, module)

    def _sentence(self, error: BaseException) -> str:
        """An exception in one line: a student reads it where a name of the notebook is missing."""
        told = self.described(error)
        return f"{told['kind']}: {told['text']} ({told['where']})"

    def serve(self) -> None:
        """Answer until the grader closes the channel."""
        while True:
            self._serve_one(*self.receive())

    def _serve_one(self, message: dict[str, Any], values: Any) -> None:
        owner = self.held[message["object"]]
        drawn = drawn_from(owner)
        for found, state in zip(drawn, message["generators"], strict=False):
            found.bit_generator.state = state
        self.answer(partial(self._do, message, owner, values), drawn)

    def ask(self, number: int, name: str, /, *args: Any, **kwargs: Any) -> Any:
        """Ask for an attribute or a call of what a test has handed over."""
        self.send({"ask": number, "name": name}, (args, kwargs))
        while True:
            message, values = self.receive()
            if "verb" not in message:
                break
            self._serve_one(message, values)  # the callback uses the submission in its turn
        if error := message.get("error"):
            raise BUILTIN.get(error["kind"], RuntimeError)(error["text"])
        return values

    def answer(self, work: Callable[[], Any], drawn: Sequence[np.random.Generator] = ()) -> bool:
        """Do some work, and send what it returns or raises; return whether it returned.

        The states of the generators are sent too, because the work may have drawn from them.
        """
        raised, value = {}, None
        try:
            value = work()
        except BaseException as error:
            raised = {"error": self.described(error)}
        states = [found.bit_generator.state for found in drawn]
        try:
            self.send({**raised, "generators": states}, value)
        except (TypeError, ValueError, MemoryError) as error:
            self.send({"error": self.described(error), "generators": states}, None)
        return not raised

    def _do(self, message: dict[str, Any], owner: Any, values: Any) -> Any:
        verb, name = message["verb"], message["name"]
        if verb == "get":
            value = self._attribute(owner, name)
            if isinstance(value, type):
                return "class", value
            return ("callable", None) if callable(value) else ("value", value)
        if verb == "set":
            setattr(owner, name, values)
            return None
        if verb == "isinstance":
            return isinstance(values, owner)
        if verb == "copy":
            return copy.deepcopy(owner, self._memo(values))
        args, kwargs = values
        return (getattr(owner, name) if name else owner)(*args, **kwargs)

    def _attribute(self, owner: object, name: str) -> Any:
        try:
            return getattr(owner, name)
        except AttributeError as error:
            if self.raised and owner is self.held[GLOBAL]:
                error.args = ("; ".join([str(error), *self.raised]),)
            raise

    def _memo(self, values: Any) -> dict[int, Any]:
        """The copies of arrays that the grader has made, for deepcopy to take."""
        return {id(self.held[number]): twin for number, twin in values if number in self.held}


def drawn_from(owner: object) -> list[np.random.Generator]:
    """The random generators that an object holds; a module holds too much to look through."""
    if isinstance(owner, ModuleType | type):
        return []
    return [found for found in generators(owner) if is_default(found)]


def main(
    descriptor: int,
    first: int,
    file: str,
    forbidden: list[str],
    allowed: list[str],
    megabytes: int,
    seconds: int,
) -> None:
    """Serve one submission over a socket."""
    channel = socket.socket(fileno=descriptor)
    host = Host(channel, first, Path.cwd() / file)
    closed = withhold(forbidden, allowed) if forbidden else []
    up = guard(Path.cwd(), closed, megabytes, seconds)
    np.random.seed(0)  # noqa: NPY002, a submission that uses the global state gets the same each time
    host.answer(lambda: up)  # what follows counts as the submission's time
    if host.answer(host.load):
        host.serve()
