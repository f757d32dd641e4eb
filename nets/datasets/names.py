"""The first names that come with the library."""

from __future__ import annotations

import zlib
from importlib.resources import files

import numpy as np

from nets.datasets.dataset import Texts

CLASSES = ("female", "male")
PART = 5  # a fifth is the test part


def names() -> Texts:
    """5163 first names from the US census of 1990, and whether they are female or male.

    They are in lower case, the more frequent ones first. A name in both lists is assigned to the
    sex for which it ranks higher. About a fifth, always the same 1067 names, is held out for
    testing.

    Returns
    -------
    Texts
        The names, with the classes female and male. To train a language model on all of them:
        ``names.x_train + names.x_test``.

    Examples
    --------
    >>> from nets import datasets
    >>> x_train, y_train, x_test, y_test = datasets.names()
    >>> x_test[:4], y_test[:4]
    (('william', 'richard', 'thomas', 'karen'), array([1, 1, 1, 0]))

    Notes
    -----
    The test names are those with a CRC-32 that is a multiple of 5, because NumPy does not guarantee
    the same random numbers in all versions.

    Source: U.S. Census Bureau, "Frequently Occurring First Names and Surnames From the 1990
    Census"; public domain. See ``SOURCES.md`` beside this file.
    """
    lists = [_read(f"names-{sex}.txt") for sex in CLASSES]
    ranks = [(rank, sex, name) for sex, ours in enumerate(lists) for rank, name in enumerate(ours)]
    sexes: dict[str, int] = {}
    for _, sex, name in sorted(ranks):
        sexes.setdefault(name, sex)
    train = {name: sex for name, sex in sexes.items() if zlib.crc32(name.encode()) % PART}
    test = {name: sex for name, sex in sexes.items() if name not in train}
    y_train, y_test = (np.array([*part.values()], np.int64) for part in (train, test))
    return Texts("names", tuple(train), y_train, tuple(test), y_test, CLASSES)


def _read(name: str) -> list[str]:
    return files("nets.datasets").joinpath(name).read_text(encoding="ascii").split()
