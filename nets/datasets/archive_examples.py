"""Examples and labels in the arrays of a NumPy archive."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from layers.core.params import Array
from nets.datasets.archive import read_archive
from nets.datasets.splits import Part

LARGEST = 1e30  # its square is far from the largest float64
PARTS = ("x_train", "y_train", "x_test", "y_test")


def archive_parts(path: Path) -> list[Part]:
    """The one part of an archive with x and y, or the two of one with x_train and the like."""
    found = archive_arrays(path)
    names = PARTS if set(PARTS) & set(found) else ("x", "y")
    if missing := [name for name in names if name not in found]:
        raise ValueError(
            f"{path}: expected arrays named x and y, or {', '.join(PARTS)}; "
            f"got {', '.join(found) or 'none'}, so {missing[0]} is missing"
        )
    parts = [
        Part(
            examples(path, found[x], x),
            labels(path, found[x], found[y], y),
            lambda index, name=y: f"{path}, {name}[{index}]",  # type: ignore[misc]
            label_column=f"the array {y}",
        )
        for x, y in zip(names[::2], names[1::2], strict=True)
    ]
    shapes = [part.x.shape[1:] for part in parts]
    if len(set(shapes)) > 1:
        raise ValueError(
            f"{path}: expected examples of the same shape in both parts, got {shapes[0]} in "
            f"x_train and {shapes[1]} in x_test"
        )
    return parts


def archive_arrays(path: Path) -> dict[str, Array]:
    """The arrays of an archive by their names in lower case."""
    found: dict[str, Array] = {}
    for name, array in read_archive(path).items():
        if name.lower() in found:
            raise ValueError(f"{path}: two arrays are called {name.lower()}; delete one of them")
        found[name.lower()] = array
    return found


def examples(path: Path, x: Array, name: str) -> Array:
    """The array, which must hold one example or more, of finite real numbers."""
    if x.ndim < 2 or not x.size:
        raise ValueError(
            f"{path}: expected {name} of shape (N, ...) with N of 1 or more examples, got {x.shape}"
        )
    finite = f"{path}: expected {name} to hold finite real numbers, got"
    if x.dtype.kind not in "fiub":
        raise ValueError(f"{finite} dtype {x.dtype}; save x.astype(float)")
    if not (is_finite := np.isfinite(x)).all():
        at = tuple(int(i) for i in np.unravel_index(int(is_finite.argmin()), x.shape))
        raise ValueError(f"{finite} {x[at]} at {at}; fill it in, or delete the example")
    check_size(x.reshape(len(x), -1), lambda index: f"{path}, {name}[{index}]")
    return x


def labels(path: Path, x: Array, y: Array, name: str) -> list[str]:
    """Labels as they would be written, one for each example."""
    if y.shape != x.shape[:1]:
        remedy = "; pass y.argmax(axis=1) for one-hot rows, or y.ravel()" if y.ndim == 2 else ""
        raise ValueError(
            f"{path}: expected one label for each example, got shapes {x.shape} and {y.shape}"
            f"{remedy}"
        )
    if y.dtype.kind == "S":
        y = np.char.decode(y, "utf-8", "replace")
    if y.dtype.kind not in "biufU":
        raise ValueError(
            f"{path}: expected {name} to hold labels, numbers or text, got dtype {y.dtype}"
        )
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        at = int(np.isfinite(y).argmin())
        raise ValueError(
            f"{path}, {name}[{at}]: expected a label, got {y[at]}; fill it in, or "
            "delete the example"
        )
    return [str(label) for label in y.tolist()]


def check_size(x: Array, place: Callable[[int], str]) -> None:
    """Raise if a number in the rows is too large to compute with."""
    largest = np.maximum(x.max(axis=1), -x.min(axis=1).astype(np.float64))
    if largest.max() > LARGEST:
        index = int(largest.argmax())
        raise ValueError(
            f"{place(index)}: expected numbers up to {LARGEST:g}, got {largest[index]:g}; "
            "delete the example, or write the column in another unit"
        )
