"""Errors inside a net that say where they happened."""

from __future__ import annotations

from typing import Any

from layers.core.checks import label


class Place:
    """The current layer of a net's pass, which is put before the message of an error.

    Examples
    --------
    >>> from layers import ReLU
    >>> with Place() as place:
    ...     for place.name, place.layer in enumerate([ReLU()]):
    ...         raise ValueError("ReLU: expected dout of shape (2, 3), got (3,)")
    Traceback (most recent call last):
    ValueError: layer 0 (ReLU): expected dout of shape (2, 3), got (3,)
    """

    __slots__ = ("layer", "name")
    kind = "layer"  # without a constructor, as each pass of each net makes one
    name: int | str
    layer: Any

    def __enter__(self) -> Place:
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, Exception):
            found = located(error, self.name, self.layer, self.kind)
            if found is not error:
                raise found


class NodePlace(Place):
    """The same for the nodes of a graph."""

    __slots__ = ()
    kind = "node"


def located(error: Exception, name: int | str, layer: object, kind: str = "layer") -> Exception:
    """Return the same error, with the position and the name of the layer before its message.

    If the message cannot be rewritten, the error becomes a RuntimeError.

    Examples
    --------
    >>> from layers import ReLU
    >>> located(ValueError("ReLU: expected dout of shape (2, 3), got (3,)"), 1, ReLU())
    ValueError('layer 1 (ReLU): expected dout of shape (2, 3), got (3,)')
    """
    title = label(layer)
    where = f"{kind} {name} ({title}): "
    if len(error.args) == 1 and isinstance(error.args[0], str):
        error.args = (where + error.args[0].removeprefix(f"{title}: "),)
        return error
    wrapped = RuntimeError(f"{where}{type(error).__name__}: {error}")
    wrapped.__cause__ = error
    return wrapped


def pair(layer: object, returned: object) -> tuple[Any, dict[str, Any]]:
    """Check that backward returned ``(dx, grads)``, and return that."""
    if not isinstance(returned, tuple) or len(returned) != 2 or not isinstance(returned[1], dict):
        raise TypeError(
            f"{label(layer)}: expected backward to return (dx, grads) with a dict of gradients, "
            f"got {type(returned).__name__}"
        )
    return returned


def one_output(output: object) -> Any:
    """Return a layer's output; refuse a tuple, which the next layer would take for a batch."""
    if isinstance(output, tuple):
        raise TypeError(
            f"expected one output, got a tuple of {len(output)}; "
            "in a Graph, several nodes may take one value"
        )
    return output


def counted(number: int, word: str) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> counted(1, "node"), counted(2, "node")
    ('1 node', '2 nodes')
    """
    return f"{number} {word}{'s' * (number != 1)}"
