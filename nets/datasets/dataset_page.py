"""A data set in a notebook: images or texts of each class, or how many examples it has."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from layers.core.notebook import cut, table, text
from layers.core.params import Array
from nets.display.images import tiles

MOST = 20  # classes
SAMPLES = 5  # texts of a class


def dataset_page(name: str, description: str, samples: str, classes: int) -> str:
    """A data set: its name and description, what its first classes have, and how many follow."""
    more = f"<div>… {classes - MOST} more classes</div>" if classes > MOST else ""
    return f"<div><b>{text(cut(name))}</b>{text(description)}</div>{samples}{more}"


def first_images(x: Array, y: Array, classes: Sequence[str], shape: tuple[int, ...]) -> str:
    """The first image of each class, above its name."""
    first = [(np.flatnonzero(y == n)[:1], name) for n, name in enumerate(classes[:MOST])]
    found = [(x[at[0]].reshape(shape), name) for at, name in first if at.size]
    return tiles((np.moveaxis(image, 0, -1) if len(shape) == 3 else image, n) for image, n in found)


def counts(y_train: Array, y_test: Array, classes: Sequence[str]) -> str:
    """How many examples of each class there are."""
    rows = [
        (cut(name), *(f"{np.count_nonzero(y == n):,}" for y in (y_train, y_test)))
        for n, name in enumerate(classes[:MOST])
    ]
    return table(("class", "training", "test"), rows)


def first_texts(texts: Sequence[str], y: Array, classes: Sequence[str]) -> str:
    """The first texts of each class."""
    rows = []
    for n, name in enumerate(classes[:MOST]):
        found = [cut(texts[at], 30) for at in np.flatnonzero(y == n)[:SAMPLES]]
        rows.append((cut(name), *found))
    wide = max(map(len, rows), default=1)
    filled = [(*row, *[""] * (wide - len(row))) for row in rows]
    return table(("class", "texts", *[""] * (wide - 2)), filled, wide)
