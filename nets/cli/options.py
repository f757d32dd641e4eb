"""Options of a command from the fields of its dataclass, which hold the help beside the default."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from dataclasses import MISSING, Field, field, fields
from functools import partial
from typing import Any

Add = Callable[[argparse.ArgumentParser], None]


def option(help: str, default: Any = MISSING, **settings: Any) -> Any:
    """A field that is an option of the command line: ``--learning-rate`` for ``learning_rate``.

    Parameters
    ----------
    help : str
        What the command says of it.
    default : optional
        The value where it is not given; without one, it must be given.
    **settings
        Of ``ArgumentParser.add_argument``: type, metavar, choices.
    """
    settings = {"help": help, **settings}
    return field(default=default, metadata={"name": "--{}", "settings": settings})


def argument(help: str, metavar: str, **settings: Any) -> Any:
    """A field that is given by its position."""
    return field(
        metadata={"name": "{}", "settings": {"help": help, "metavar": metavar, **settings}}
    )


def add_options(parser: Any, wanted: Iterable[Field[Any]]) -> None:
    """Add these fields to a parser, or to a group of one."""
    for item in wanted:
        name, settings = item.metadata["name"], dict(item.metadata["settings"])
        if item.default is False:
            settings["action"] = "store_true"
        if name.startswith("--") and item.default is MISSING:
            settings["required"] = True
        parser.add_argument(name.format(item.name.replace("_", "-")), **settings)


def arguments_of(command: type) -> tuple[str, Add]:
    """The description of a command, which is its docstring, and what adds its arguments."""
    return " ".join(str(command.__doc__).split()), partial(_add_command, command)


def _add_command(command: type, parser: argparse.ArgumentParser) -> None:
    add_options(parser, fields(command))
    parser.set_defaults(command=command)
