"""Attributes of this library's layers that cannot be assigned to, as it would have no effect."""

from __future__ import annotations

from typing import Any

from layers.core.checks import label

KINDS = {"params": "parameter", "buffers": "buffer"}


def is_ours(kind: type) -> bool:
    """Whether a class is defined in this library; users' layers may assign to any attribute."""
    return kind.__module__.startswith("layers.")


class Fixed:
    """A constructor argument that is set once, because whatever was made from it would not change.

    It has no `__get__`, so reading the attribute costs no more than reading any other.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.__doc__ = None  # the documentation of a layer lists its own attributes

    def __set__(self, layer: object, value: object) -> None:
        """Keep the first value, and refuse any other."""
        if self.name in vars(layer) and is_ours(type(layer)):
            raise AttributeError(
                f"{label(layer)}: {self.name} cannot be changed after the layer was made; make "
                f"another one: {type(layer).__name__}({self.name}=...)"
            )
        vars(layer)[self.name] = value


class FixedParam(Fixed):
    """A parameter or a buffer, which is not an attribute of its layer but an entry of a dict."""

    def __init__(self, name: str, where: str) -> None:
        super().__init__(name)
        self.where = where  # one of KINDS

    def __get__(self, layer: object, owner: type) -> Any:
        """Return what a user's subclass stores under this name."""
        if layer is None:
            return self
        if self.name in vars(layer):
            return vars(layer)[self.name]
        raise self._refused(layer)

    def __set__(self, layer: object, value: object) -> None:
        """Refuse the assignment, except in a user's subclass."""
        if is_ours(type(layer)):
            raise self._refused(layer)
        vars(layer)[self.name] = value

    def _refused(self, layer: object) -> AttributeError:
        return AttributeError(
            f"{label(layer)}: {self.name} is a {KINDS[self.where]}; read and assign "
            f"layer.{self.where}[{self.name!r}]"
        )
