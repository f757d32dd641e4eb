"""Why a layer was not checked, and what would make the check possible."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from layers.gradcheck.forms import __path__ as forms
from nets.cli.find_layers import FoundLayer

ABOUT_SHAPES = (
    "values to unpack",
    "not aligned",
    "broadcast",
    "core dimension",
    "out of range",
    "used as indices",
    "valid indices",
    "out of bounds",
    "cannot reshape",
)


class UncheckedError(ValueError):
    """A layer that cannot be checked, and why."""


class AbstractError(UncheckedError):
    """A base class, in which nothing is to be checked."""


def refuse_abstract(error: BaseException) -> None:
    """Raise an AbstractError where an error shows that a class is a base for others."""
    if isinstance(error, AbstractError):
        raise error
    if isinstance(error, NotImplementedError) or "must derive from BaseException" in str(error):
        raise AbstractError from error


def reason_of(error: BaseException) -> str:
    """What was raised; a message of an adapter is a sentence of its own."""
    is_sentence = is_form(error) or isinstance(error, UncheckedError)
    return str(error) if is_sentence else f"{type(error).__name__}: {error}"


def is_form(error: BaseException) -> bool:
    """Whether an error was raised by an adapter, because the form is not known."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return frame is not None and Path(frame.tb_frame.f_code.co_filename).parent in map(Path, forms)


def likeliest(reasons: Sequence[str]) -> str:
    """The reason that says most: errors about shapes come from inputs of the wrong kind."""
    if not reasons:
        return "no input could be made for it"
    return next((r for r in reasons if not any(word in r for word in ABOUT_SHAPES)), reasons[0])


def remedy(found: FoundLayer) -> str:
    """The line that makes the check possible."""
    if found.is_class:
        return (
            "; give it what it takes, with --arguments and --input, or in Python: "
            f"gradcheck(adapt({found.forward.__name__}(...), x), x)"
        )
    given = "" if found.backward is None else f", backward={found.backward.__name__}"
    return (
        f"; check it in Python: gradcheck(adapt({found.forward.__name__}, x{given}, "
        "arguments={...}), x)"
    )
