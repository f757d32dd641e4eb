"""What a layer raises, reported as a finding."""

from __future__ import annotations

import traceback
from pathlib import Path

from layers.gradcheck.report.finding import Finding

CHECK = Path(__file__).parents[1]
OURS = CHECK.parent, CHECK.parent.with_name("nets")


class ForwardError(Exception):
    """The first forward pass of a layer raised its ``__cause__``."""


def is_ours(error: BaseException) -> bool:
    """Whether an error is one of this library's own messages about its arguments."""
    file = _frame(error)[0]
    return any(file.is_relative_to(package) for package in OURS) and not _is_check(file)


def raised(verb: str, error: BaseException) -> Finding:
    """What a pass raised, and in which line of which file."""
    if isinstance(error, ForwardError) and error.__cause__:
        error = error.__cause__
    file, line = _frame(error)
    where = "" if _is_check(file) else f" ({file.name}, line {line})"
    text = f": {error}" if str(error) else ""
    evidence = f"{verb} raises {type(error).__name__}{text}{where}"
    return Finding(f"{verb.split()[-1]}-raises", "", evidence)


def _is_check(file: Path) -> bool:
    return file.is_relative_to(CHECK)


def _frame(error: BaseException) -> tuple[Path, int]:
    """The file and the line that raised, leaving out those of NumPy."""
    frames = [
        (Path(frame.f_code.co_filename), line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if not str(frame.f_globals.get("__name__", "")).startswith("numpy")
    ]
    return frames[-1]
