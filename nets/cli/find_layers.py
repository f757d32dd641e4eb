"""The layers that a file defines, in whatever form: classes, pairs of functions, losses."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from layers.gradcheck.forms.argument_roles import TARGETS, plain, required
from layers.gradcheck.forms.verbs import BACKWARD, SLOPES, VALUES, has_verbs, verb
from nets.cli.dict_arguments import function_tree

BACKWARD_WORD = re.compile(r"backward|backpropagation|backprop|bprop")
FORWARD_WORDS = {
    "backward": ("forward",),
    "bprop": ("fprop",),
    "backprop": ("forwardprop", "forward", "feedforward"),
    "backpropagation": ("forwardpropagation", "forward"),
}
DERIVATIVES = (
    *("{}_prime", "{}_derivative", "{}_deriv", "{}_der", "{}_grad", "{}_gradient"),
    *("d_{}", "grad_{}", "{}_backward", "derivative_{}", "{}Prime"),
)
LOSS_WORDS = ("loss", "cost", "propagate", "svm", "softmax")
TEST_WORDS = ("test", "check", "numerical", "eval_")


@dataclass(frozen=True)
class FoundLayer:
    """Something to check: a class, or one or two functions.

    ``reason`` says why it cannot be checked, if that is known before it is tried. A net of
    functions has ``cost`` too, and ``initialize`` are those that may make its parameters.
    """

    name: str
    forward: Any
    backward: Callable[..., Any] | None = None
    reason: str = ""
    cost: Callable[..., Any] | None = None
    initialize: tuple[Callable[..., Any], ...] = ()

    def is_called(self, name: str) -> bool:
        """Whether this is its name, or that of one of its functions."""
        functions = (self.forward, self.backward)
        return name in (self.name, *(getattr(f, "__name__", "") for f in functions))

    @property
    def is_class(self) -> bool:
        """Whether it is a class and not one or two functions."""
        return inspect.isclass(self.forward)


def find_layers(module: ModuleType) -> list[FoundLayer]:
    """What a module defines that looks like a layer, in the order of names."""
    found = [*_classes(module), *_functions(module)]
    return sorted(found, key=lambda layer: layer.name)


def _own(module: ModuleType, kind: Callable[[Any], bool]) -> dict[str, Any]:
    members = inspect.getmembers(module, kind)
    return {name: value for name, value in members if value.__module__ == module.__name__}


def _classes(module: ModuleType) -> Iterator[FoundLayer]:
    for name, kind in _own(module, inspect.isclass).items():
        if has_verbs(kind) or (verb(kind, VALUES) and verb(kind, SLOPES)):
            yield FoundLayer(name, kind)
        elif verb(kind, BACKWARD):
            yield FoundLayer(name, kind, reason="it has a backward pass, and no forward pass")
        elif (loss := getattr(kind, "loss", None)) and _returns_several(loss):
            yield FoundLayer(name, kind)


def _functions(module: ModuleType) -> Iterator[FoundLayer]:
    functions = _own(module, inspect.isfunction)
    derivatives = dict(_derivatives(functions))
    for name, function in functions.items():
        lower = name.lower()
        if any(lower.startswith(word) for word in TEST_WORDS):
            continue
        if name in derivatives:
            yield FoundLayer(derivatives[name], functions[derivatives[name]], function)
        elif word := BACKWARD_WORD.search(lower):
            yield _pair(name, word[0], functions)
        elif any(word in lower for word in LOSS_WORDS) and _returns_several(function):
            yield FoundLayer(name, function)


def _derivatives(functions: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The functions that are derivatives, with the functions that they belong to."""
    for name in functions:
        for pattern in DERIVATIVES:
            if (derivative := pattern.format(name)) in functions:
                yield derivative, name


def _pair(name: str, word: str, functions: dict[str, Any]) -> FoundLayer:
    """A backward function with the forward function of the same name, but for a suffix."""
    start, _, end = name.partition(word)
    stem = f"{start.rstrip('_')}{end}" or name
    for other in FORWARD_WORDS[word]:
        for suffix in (end, *_shorter(end)):
            if forward := functions.get(f"{start}{other}{suffix}"):
                cost, initialize = _net(functions[name], functions)
                return FoundLayer(stem, forward, functions[name], "", cost, initialize)
    wanted = f"{start}{FORWARD_WORDS[word][0]}{end}"
    return FoundLayer(stem, None, functions[name], f"there is no {wanted} beside {name}")


def _net(backward: Any, functions: dict[str, Any]) -> tuple[Any, tuple[Any, ...]]:
    """The cost and the initializers of a net of which backward takes the target, if it is one."""
    costs = [f for name, f in functions.items() if re.search("cost|loss", name) and _targeted(f)]
    if not (costs and _targeted(backward)):
        return None, ()
    initialize = [f for name, f in functions.items() if name.lower().startswith("init")]
    return costs[0], tuple(initialize)


def _targeted(function: Any) -> bool:
    names = required(function)
    return len(names) > 1 and any(plain(name) in TARGETS for name in names)


def _shorter(suffix: str) -> Iterator[str]:
    """A suffix without its last words: _im2col_fast, _im2col, and none."""
    while "_" in suffix:
        suffix = suffix.rpartition("_")[0]
        yield suffix


def _returns_several(function: Any) -> bool:
    """Whether the source of a function returns two or three values somewhere."""
    return any(
        isinstance(node, ast.Return)
        and isinstance(node.value, ast.Tuple)
        and 2 <= len(node.value.elts) <= 4
        for node in ast.walk(function_tree(function))
    )
