"""What loaders of labelled texts return: a training part and a test part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from layers.core.params import Array
from nets.datasets.dataset_page import dataset_page, first_texts


# Without eq, as comparing arrays gives arrays: it equals itself only.
@dataclass(frozen=True, repr=False, eq=False)
class Texts:
    """Texts and their classes, in a training part and a test part.

    It unpacks like a `Dataset`: ``texts_train, y_train, texts_test, y_test = texts``.

    `x_train` and `x_test` are tuples of str; everything else is as in a `Dataset`.

    Examples
    --------
    >>> from nets import datasets
    >>> names = datasets.names()
    >>> names
    names: 4096 training and 1067 test texts, 2 classes
    >>> names.x_train[:3], names.y_train[:3]
    (('mary', 'james', 'patricia'), array([0, 1, 0]))
    """

    name: str
    x_train: tuple[str, ...]
    y_train: Array
    x_test: tuple[str, ...]
    y_test: Array
    classes: tuple[str, ...]
    label_column: str = ""

    def __iter__(self) -> Iterator[Any]:
        return iter((self.x_train, self.y_train, self.x_test, self.y_test))

    def _repr_html_(self) -> str:
        samples = first_texts(self.x_train, self.y_train, self.classes)
        description = repr(self).removeprefix(self.name)
        return dataset_page(self.name, description, samples, len(self.classes))

    def __repr__(self) -> str:
        return (
            f"{self.name}: {len(self.x_train)} training and {len(self.x_test)} test texts, "
            f"{len(self.classes)} classes"
        )
