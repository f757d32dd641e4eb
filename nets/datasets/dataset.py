"""The return type of every loader: a training part and a test part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from layers.core.params import Array
from nets.datasets.dataset_page import counts, dataset_page, first_images, first_texts


class _TwoParts:
    """Unpacking and display of data sets."""

    def __iter__(self: Any) -> Iterator[Any]:
        return iter((self.x_train, self.y_train, self.x_test, self.y_test))

    def __repr__(self: Any) -> str:
        return (
            f"{self.name}: {len(self.x_train)} training and {len(self.x_test)} test {self._kind}, "
            f"{len(self.classes)} classes"
        )

    def _repr_html_(self: Any) -> str:
        description = repr(self).removeprefix(self.name)
        return dataset_page(self.name, description, self._samples(), len(self.classes))


# Without eq, as comparing arrays gives arrays: a data set equals itself only.
@dataclass(frozen=True, repr=False, eq=False)
class Dataset(_TwoParts):
    """Examples and their labels, in a training part and a test part.

    It unpacks into its four arrays: ``x_train, y_train, x_test, y_test = dataset``.

    Parameters
    ----------
    name : str
        The name of the data set.
    x_train, x_test : ndarray, shape (N, D) or (N, channels, height, width)
        One example a row, or images, floating, from 0 to 1.
    y_train, y_test : ndarray, shape (N,)
        The class of each example: integers (int64) from 0 to ``len(classes) - 1``.
    image_shape : tuple of int or None
        The shape that makes an example a picture, as in ``x_train[0].reshape(image_shape)``:
        (height, width), or (3, height, width) if it has colours. None if the examples are not
        pictures.
    classes : tuple of str
        The names of the classes, in the order of their numbers.
    columns : tuple of str or None
        The names of the values in a row, if the file has any.
    label_column : str
        Where the labels were found in the user's file, in words; empty for data that come with
        the library.

    Examples
    --------
    >>> from nets import datasets
    >>> dataset = datasets.digits()
    >>> dataset
    digits: 1437 training and 360 test images of 8 x 8, 10 classes
    >>> x_train, y_train, x_test, y_test = dataset
    >>> x_train.shape, y_train.shape
    ((1437, 64), (1437,))
    """

    name: str
    x_train: Array
    y_train: Array
    x_test: Array
    y_test: Array
    image_shape: tuple[int, ...] | None
    classes: tuple[str, ...]
    columns: tuple[str, ...] | None = None
    label_column: str = ""

    @property
    def _kind(self) -> str:
        if self.image_shape is None:
            return f"examples of {self.x_train.shape[1]} values"
        return f"images of {' x '.join(map(str, self.image_shape))}"

    def _samples(self) -> str:
        if self.image_shape is None:
            return counts(self.y_train, self.y_test, self.classes)
        return first_images(self.x_train, self.y_train, self.classes, self.image_shape)


@dataclass(frozen=True, repr=False, eq=False)
class Texts(_TwoParts):
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
    _kind = "texts"

    def _samples(self) -> str:
        return first_texts(self.x_train, self.y_train, self.classes)
