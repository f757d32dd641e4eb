"""Errors inside a net that say where they happened."""

from __future__ import annotations

from typing import Any, NoReturn

from layers.core.checks import label


def pair(layer: Any, returned: Any) -> tuple[Any, dict[str, Any]]:
    """What backward returned, which must be ``(dx, grads)``."""
    if not isinstance(returned, tuple) or len(returned) != 2 or not isinstance(returned[1], dict):
        raise TypeError(
            f"{label(layer)}: expected backward to return (dx, grads) with a dict of gradients, "
            f"got {type(returned).__name__}"
        )
    return returned


def raise_located(error: Exception, index: int | str, layer: Any, kind: str = "layer") -> NoReturn:
    """Raise an error again, with the position and the name of the layer before its message."""
    found = located(error, index, layer, kind)
    raise found from found.__cause__


def located(error: Exception, index: int | str, layer: Any, kind: str = "layer") -> Exception:
    """The same error, with the position and the name of the layer before its message.

    An error whose message cannot be rewritten becomes a RuntimeError.

    Examples
    --------
    >>> from layers import ReLU
    >>> located(ValueError("ReLU: expected dout of shape (2, 3), got (3,)"), 1, ReLU())
    ValueError('layer 1 (ReLU): expected dout of shape (2, 3), got (3,)')
    """
    name = label(layer)
    where = f"{kind} {index} ({name}): "
    if len(error.args) == 1 and isinstance(error.args[0], str):
        error.args = (where + error.args[0].removeprefix(f"{name}: "),)
        return error
    wrapped = RuntimeError(f"{where}{type(error).__name__}: {error}")
    wrapped.__cause__ = error
    return wrapped


def counted(number: int, word: str) -> str:
    """A number of things.

    Examples
    --------
    >>> counted(1, "node"), counted(2, "node")
    ('1 node', '2 nodes')
    """
    return f"{number} {word}{'s' * (number != 1)}"
