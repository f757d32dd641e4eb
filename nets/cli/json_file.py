"""The files in JSON that a run leaves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nets.interop.atomic import atomic_write


def write_json(path: Path, value: Any) -> Path:
    """Write a value, one entry a line, and return the path."""
    with atomic_write(path) as file:
        # A lone surrogate, as in a name from a damaged text, has no UTF-8: it is escaped.
        text = json.dumps(value, ensure_ascii=False, indent=0)
        file.write(text.encode("utf-8", "backslashreplace"))
    return path


def read_json(path: Path, kind: type) -> Any:
    """Read a value of a kind, list or dict.

    Raises
    ------
    ValueError
        If the file is not there, damaged, or holds something else.
    """
    try:
        value = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise ValueError(
            f"{path}: there is no such file; expected the folder of a run of handgrad train"
        ) from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: is damaged ({error}); train again") from None
    if not isinstance(value, kind):
        raise ValueError(
            f"{path}: expected a {kind.__name__}, got a {type(value).__name__}; train again"
        )
    return value
