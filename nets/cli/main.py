"""The command `handgrad`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import metadata

from nets.cli import check_layers, train
from nets.cli.doctor import DoctorCommand
from nets.cli.error_messages import message
from nets.cli.homework import GradeCommand, add_assignment_arguments
from nets.cli.options import arguments_of
from nets.cli.predict import PredictCommand
from nets.training import DivergenceError

COMMANDS = {
    "train": ("train a net", train.DESCRIPTION, train.add_arguments),
    "predict": ("use a net", *arguments_of(PredictCommand)),
    "check": ("check gradients", check_layers.DESCRIPTION, check_layers.add_arguments),
    "doctor": ("what makes it fast", *arguments_of(DoctorCommand)),
    "assignment": ("make homework", None, add_assignment_arguments),
    "grade": ("grade homework", *arguments_of(GradeCommand)),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 2 for invalid arguments or files."""
    _escape_unknown_characters()
    options = vars(_parser().parse_args(arguments))
    make = options.pop("command")
    try:
        code = int(make(**options).run())
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except BrokenPipeError:
        _discard_output()
        return 128 + 13  # as a shell reports SIGPIPE
    except DivergenceError as error:
        return _stop(1, str(error))
    except (ValueError, TypeError, OSError, MemoryError) as error:
        return _stop(2, message(error))
    except KeyboardInterrupt as stop:
        return _stop(130, f"stopped; {stop if str(stop) else 'nothing was written'}")


def _stop(code: int, reason: str) -> int:
    print(f"handgrad: {reason}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    """The parser; an option that is not given is absent, and its dataclass has the default."""
    parser = argparse.ArgumentParser(
        prog="handgrad", description="Neural-network layers whose gradients are written by hand."
    )
    parser.add_argument("--version", action="version", version=f"handgrad {_version()}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (summary, description, add_arguments) in COMMANDS.items():
        add_arguments(
            commands.add_parser(
                name,
                help=summary,
                description=description,
                argument_default=argparse.SUPPRESS,
            )
        )
    return parser


def _version() -> str:
    try:
        return metadata.version("handgrad")
    except metadata.PackageNotFoundError:
        return "(not installed)"


def _escape_unknown_characters() -> None:
    """Let a terminal that lacks a character show its escape, and not stop the command."""
    for stream in (sys.stdout, sys.stderr):
        if getattr(stream, "errors", None) == "strict" and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _discard_output() -> None:
    """Discard what is left for a reader that has gone, as `head` has after ten lines."""
    if sys.stdout is not None:
        try:
            descriptor = sys.stdout.fileno()
        except (OSError, ValueError):
            return
        os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
