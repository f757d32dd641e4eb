"""What a layer raises, told as a finding."""

from __future__ import annotations

import traceback
from pathlib import Path

from layers.gradcheck.finding import Finding

OURS, CHECK = ("layers", "nets"), "layers.gradcheck"


class ForwardError(Exception):
    """The first forward pass of a layer raised something, which is the cause of this."""


def is_ours(error: BaseException) -> bool:
    """Whether an error is a sentence of this library's own layers about what they were given."""
    module = _frame(error)[0]
    return module.partition(".")[0] in OURS and not module.startswith(CHECK)


def raised(verb: str, error: BaseException) -> Finding:
    """A finding that tells what a pass raised, and in which line of which file."""
    if isinstance(error, ForwardError) and error.__cause__:
        error = error.__cause__
    module, file, line = _frame(error)
    where = "" if module.startswith(CHECK) else f" ({Path(file).name}, line {line})"
    text = f": {error}" if str(error) else ""
    evidence = f"{verb} raises {type(error).__name__}{text}{where}"
    return Finding(f"{verb.split()[-1]}-raises", "", evidence)


def _frame(error: BaseException) -> tuple[str, str, int]:
    """The module, the file and the line that raised, NumPy's own left out."""
    frames = [
        (str(frame.f_globals.get("__name__", "")), frame.f_code.co_filename, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    return [found for found in frames if not found[0].startswith("numpy")][-1]
