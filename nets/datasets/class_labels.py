"""The classes of a user's labels."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from layers.core.params import Array
from nets.datasets.table_cells import is_number

MOST_FRACTIONS = 20  # classes that are fractions; if there are more, they are measurements
Place = Callable[[int], str]  # where the label of an example is


def numbered_classes(labels: Sequence[str], place: Place) -> tuple[tuple[str, ...], Array]:
    """The names of the classes in order, and the class of each label.

    Labels that are numbers are in the order of numbers, others in that of their characters.

    `place` returns where the label of an example is: the file, and the line or the entry.

    Raises
    ------
    ValueError
        If a label is missing, two labels differ in their spelling only, there is only one class, a
        class has only one example, or the labels are measurements.
    """
    first: dict[str, int] = {}  # the index of the first example of each label
    for index, label in enumerate(labels):
        first.setdefault(label, index)
    _refuse_missing(first, place)
    _refuse_variants(first, place)
    counts = Counter(label.strip() for label in labels)
    if are_numbers := all(map(is_number, counts)):
        _refuse_measurements(counts, place)
    names = sorted(counts, key=float if are_numbers else None)
    if len(names) < 2:
        raise ValueError(
            f"{place(0)}: expected labels of at least two classes, got {names[0]!r} for all "
            f"{len(labels)} examples; is this the column of the labels?"
        )
    _refuse_single(counts, first, place)
    number = {name: index for index, name in enumerate(names)}
    return tuple(names), np.array([number[label.strip()] for label in labels], np.int64)


def same_class(label: str) -> str | float:
    """A key that is equal for different spellings of the same class."""
    text = unicodedata.normalize("NFKC", label)
    if is_number(text):
        return float(text)
    return "".join(c for c in text if c.isprintable() and not c.isspace()).casefold()


def _refuse_missing(first: dict[str, int], place: Place) -> None:
    for label, index in first.items():
        if not label.strip() or label.strip().lower() == "nan":
            raise ValueError(
                f"{place(index)}: expected a label, got {label.strip() or 'an empty cell'}; fill "
                "it in, or delete the example"
            )


def _refuse_variants(first: dict[str, int], place: Place) -> None:
    seen: dict[str | float, str] = {}
    for label, index in first.items():
        other = seen.setdefault(same_class(label), label)
        if other != label:
            raise ValueError(
                f"{place(index)}: the label {label!r} differs from {other!r} in its writing only "
                f"({place(first[other])}); write all labels of a class alike"
            )


def _refuse_measurements(counts: Counter[str], place: Place) -> None:
    examples, distinct = counts.total(), len(counts)
    fractions = any(float(label) % 1 for label in counts)
    if (fractions and distinct > min(MOST_FRACTIONS, examples / 3)) or distinct > examples / 2:
        raise ValueError(
            f"{place(0)}: expected labels that name classes, got {distinct} different numbers in "
            f"{examples} examples, such as {next(iter(counts))}: these are measurements; "
            "replace them by classes, such as low and high, or put the column of the labels last"
        )


def _refuse_single(counts: Counter[str], first: dict[str, int], place: Place) -> None:
    if single := [label for label in first if counts[label.strip()] == 1]:
        raise ValueError(
            f"{place(first[single[0]])}: expected at least two examples of each class, got one of "
            f"{single[0].strip()!r}"
            + (f" and of {len(single) - 1} more" if len(single) > 1 else "")
            + "; correct the label, add examples of it, or delete this one; if the line holds "
            "names of columns, call that of the labels 'label'"
        )
