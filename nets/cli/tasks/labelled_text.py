"""To classify texts: by their words, averaged, or by their characters, side by side."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from layers.core.params import Array
from nets import datasets, text
from nets.cli.tasks import words
from nets.cli.tasks.data_names import check_data_name
from nets.cli.tasks.task import Task, print_classes, validation_part
from nets.recipes import text_classifier
from nets.sequential import Sequential
from nets.text import Vocabulary

LONGEST = {True: 100, False: 1000}  # how much of a text is read: characters, and words
SHOWN, WIDTH = 10, 60  # how many texts a sample has, and how much of each


class TextTask(Task):
    """The classification of first names by sex, or of the user's texts."""

    options = ("characters", "vocabulary", "dim", "vectors", "frozen")

    def __init__(self, options: argparse.Namespace) -> None:
        name = "names" if options.data is None else options.data
        check_data_name("text", name)
        names = name == "names"
        self.data = datasets.names() if names else datasets.labelled_text(name)
        print(self.data)
        if not names:
            print_classes(self.data)
        numbers, held_out = validation_part(self.data.y_train, options.seed)
        self.characters = characters = names or options.characters
        cut_up = tokens_of(characters)
        tokens = [cut_up(t) for t in self.data.x_train]
        train, validation = ([tokens[i] for i in part] for part in (numbers, held_out))
        test = [cut_up(t) for t in self.data.x_test]
        most = options.vocabulary or words.MOST
        self.vocabulary = Vocabulary((t for tokens in train for t in tokens), most, padding="<pad>")
        self.longest = min(max(map(len, train)), LONGEST[characters])
        self.x_train, self.x_validation, self.x_test = (
            padded_rows(part, self.vocabulary, self.longest) for part in (train, validation, test)
        )
        y = self.data.y_train
        self.y_train, self.y_validation, self.y_test = y[numbers], y[held_out], self.data.y_test
        self.classes = self.data.classes
        self.form = {
            "length": self.longest if characters else None,
            "hidden": (64 if characters else ()) if options.hidden is None else options.hidden,
            "activation": options.activation or "relu",
            "dropout": options.dropout,
        }
        given = words.vectors(options, self.vocabulary, dim=16 if characters else 64)
        self.net = build(self.vocabulary, len(self.classes), **self.form, **given, rng=options.seed)
        table = given.get("vectors")
        self.form["dim"] = given["dim"] if table is None else table.shape[1]

    def about(self) -> dict[str, Any]:
        """How texts are cut into tokens and rows, and the form of the net."""
        return {"characters": self.characters, "length": self.longest, "net": self.form}

    @property
    def epochs(self) -> int:
        """Few: words that were seen once are soon learned by heart."""
        return 10

    def sample(self, net: Sequential) -> str:
        """Test texts that were read wrong, and then others, each with its class."""
        read = net.predict(self.x_test).argmax(axis=1)
        order = np.argsort(read == self.y_test, kind="stable")[:SHOWN]
        name = self.data.classes
        return "\n".join(
            f"{name[self.y_test[i]]}, read as {name[read[i]]}: "
            f"{' '.join(self.data.x_test[i].split())[:WIDTH]}"
            for i in order
        )

    def write(self, net: Sequential, out: Path) -> Iterator[Path]:
        """Write the tokens, without which nobody can use the weights."""
        yield words.write(self.vocabulary, out)


def tokens_of(characters: bool) -> Callable[[str], list[str]]:
    """The function that cuts a text into tokens."""
    return text.characters if characters else text.words


def padded_rows(texts: Sequence[list[str]], vocabulary: Vocabulary, length: int) -> Array:
    """Texts as rows of ids; of no texts there are no rows."""
    if not texts:
        return np.empty((0, length), np.int64)
    return text.padded(texts, vocabulary, length)


def build(vocabulary: Vocabulary, classes: int, *, length: int | None, **form: Any) -> Sequential:
    """The net for rows of ids; an average of vectors, without a length, leaves padding out."""
    padding = int(vocabulary.ids(["<pad>"])[0]) if length is None else None
    return text_classifier(len(vocabulary), classes, length=length, padding=padding, **form)
