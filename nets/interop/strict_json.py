"""JSON as its standard has it and no more, read from bytes that may be damaged in any way."""

from __future__ import annotations

import json
import reprlib
from typing import Any, NoReturn

shown = reprlib.Repr()  # damaged text must not become a message of its own length
shown.maxstring = 120


def parse(raw: bytes) -> dict[str, Any]:
    """The JSON object that a header holds, or a ValueError that says why there is none."""
    try:
        header = json.loads(
            raw.decode(), object_pairs_hook=_unique, parse_int=_integer, parse_constant=_constant
        )
    except UnicodeDecodeError as error:
        raise ValueError(f"the header is not UTF-8 text: {error.reason}") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"the header is not JSON: {error}") from None
    except RecursionError:
        raise ValueError("the header is nested too deep to be that of a file of tensors") from None
    if not isinstance(header, dict):
        raise ValueError(f"expected the header to be a JSON object, got {shown.repr(header)}")
    return header


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; Python's own would silently keep the last of two values."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the header holds the name {shown.repr(name)} twice")
        found[name] = value
    return found


def _integer(digits: str) -> int:
    if len(digits) > 20:  # 2**64 has 20, and int() takes quadratic time
        raise ValueError(f"the header holds a number of {len(digits)} digits, which no file needs")
    return int(digits)


def _constant(name: str) -> NoReturn:
    raise ValueError(f"the header holds {name}, which is not JSON")
