"""Noticing writes to arrays that belong to the caller."""

from __future__ import annotations

from layers.core.params import Array


class WriteGuard:
    """Records which arrays are written to in a block, and puts them back."""

    def __init__(self, arrays: dict[str, Array]) -> None:
        self.arrays = arrays
        self.written: list[str] = []

    def __enter__(self) -> WriteGuard:
        self._before = {name: array.copy() for name, array in self.arrays.items()}
        return self

    def __exit__(self, *_: object) -> None:
        for name, array in self.arrays.items():
            if array.tobytes() != self._before[name].tobytes():
                self.written.append(name)
                array[...] = self._before[name]
