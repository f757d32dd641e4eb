"""Examples and labels in the arrays of a NumPy archive."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from layers.core.params import Array
from nets.datasets.archive import read_archive
from nets.datasets.part import Part
from nets.datasets.table_cells import check_size

PARTS = ("x_train", "y_train", "x_test", "y_test")


def archive_parts(path: Path) -> list[Part]:
    """The one part of an archive with x and y, or the two of one with x_train and the like."""
    found = read_archive(path)
    names = PARTS if set(PARTS) & set(found) else ("x", "y")
    if missing := [name for name in names if name not in found]:
        raise ValueError(
            f"{path}: expected arrays named x and y, or {', '.join(PARTS)}; "
            f"got {', '.join(found) or 'none'}, so {missing[0]} is missing"
        )
    parts = [_part(path, found, x, y) for x, y in zip(names[::2], names[1::2], strict=True)]
    shapes = [part.shape for part in parts]
    if len(set(shapes)) > 1:
        raise ValueError(
            f"{path}: expected examples of the same shape in both parts, got {shapes[0]} in "
            f"x_train and {shapes[1]} in x_test"
        )
    return parts


def new_part(path: Path) -> Part:
    """The examples of an archive to predict: those of x_test or x, and their labels, if any."""
    found = read_archive(path)
    x, y = ("x_test", "y_test") if "x_test" in found else ("x", "y")
    if x not in found:
        raise ValueError(f"{path}: expected an array named x, got {', '.join(found)}")
    return _part(path, found, x, y if y in found else None)


def _part(path: Path, found: dict[str, Array], x_name: str, y_name: str | None) -> Part:
    x, place = found[x_name], f"{path}, {y_name or x_name}"
    _check_examples(path, x, x_name)
    with np.errstate(over="ignore"):  # refused below
        rows = np.ascontiguousarray(x.reshape(len(x), -1), np.float64)
    check_size(rows, lambda index: f"{path}, {x_name}[{index}]")
    labels = None if y_name is None else _labels(path, x, found[y_name], y_name)
    return Part(
        rows,
        labels,
        lambda index: f"{place}[{index}]",
        label_column=f"the array {y_name}",
        shape=x.shape[1:],
    )


def _check_examples(path: Path, x: Array, name: str) -> None:
    """Raise unless the array holds at least one example, of finite real numbers."""
    if x.ndim < 2 or not x.size:
        raise ValueError(
            f"{path}: expected {name} of shape (N, ...) with N of 1 or more examples, got {x.shape}"
        )
    finite = f"{path}: expected {name} to hold finite real numbers, got"
    if x.dtype.kind not in "fiub":
        raise ValueError(f"{finite} dtype {x.dtype}; save x.astype(float)")
    if not (is_finite := np.isfinite(x)).all():
        at = tuple(np.argwhere(~is_finite)[0].tolist())
        raise ValueError(f"{finite} {x[at]} at {at}; fill it in, or delete the example")


def _labels(path: Path, x: Array, y: Array, name: str) -> list[str]:
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
