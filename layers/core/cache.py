"""What a layer keeps between its two passes."""

from __future__ import annotations

from typing import Any, Generic, TypeVar, overload

from layers.core.checks import label

T = TypeVar("T")


class Cached(Generic[T]):
    """Declares a value that `forward` caches for `backward`; reading it before `forward` raises."""

    @overload
    def __get__(self, layer: None, owner: type) -> Cached[T]: ...
    @overload
    def __get__(self, layer: object, owner: type) -> T: ...
    # A non-data descriptor: the layer's own attribute, once forward has set it, is found first.
    def __get__(self, layer: object, owner: type) -> Any:
        """Raise an error if the layer has not run forward."""
        if layer is None:
            return self
        raise RuntimeError(
            f"{label(layer)}: backward was called before forward; "
            "call forward(x) first, because backward needs what it keeps"
        )
