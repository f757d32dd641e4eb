"""A data set in a notebook: images or texts of each class, or how many examples it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layers.core.notebook import cut, table, text
from nets.display.images import tiles

if TYPE_CHECKING:
    from nets.datasets.dataset import Dataset
    from nets.datasets.text_dataset import Texts

MOST = 20  # classes
SAMPLES = 5  # texts of a class


def dataset_page(data: Dataset) -> str:
    """What a data set is, and the first training example of each class where these are images."""
    shown = data.classes[:MOST]
    return _page(data, _images(data, shown) if data.image_shape else _counts(data, shown))


def texts_page(data: Texts) -> str:
    """What a data set of texts is, and the first training texts of each class."""
    rows = []
    for n, name in enumerate(data.classes[:MOST]):
        first = np.flatnonzero(data.y_train == n)[:SAMPLES]
        rows.append((cut(name), *(cut(data.x_train[at], 30) for at in first)))
    wide = max(map(len, rows), default=1)
    filled = [(*row, *[""] * (wide - len(row))) for row in rows]
    return _page(data, table(("class", "texts", *[""] * (wide - 2)), filled, wide))


def _page(data: Dataset | Texts, samples: str) -> str:
    more = f"<div>… {len(data.classes) - MOST} more classes</div>"
    return (
        f"<div><b>{text(cut(data.name))}</b>{text(repr(data).removeprefix(data.name))}</div>"
        f"{samples}{more if len(data.classes) > MOST else ''}"
    )


def _images(data: Dataset, classes: tuple[str, ...]) -> str:
    first = ((np.flatnonzero(data.y_train == n)[:1], name) for n, name in enumerate(classes))
    found = [(data.x_train[at[0]], name) for at, name in first if at.size]
    return tiles((image.reshape(data.image_shape), name) for image, name in found)


def _counts(data: Dataset, classes: tuple[str, ...]) -> str:
    rows = [
        (cut(name), *(f"{np.count_nonzero(y == n):,}" for y in (data.y_train, data.y_test)))
        for n, name in enumerate(classes)
    ]
    return table(("class", "training", "test"), rows)
