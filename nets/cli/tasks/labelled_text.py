"""The task on labelled texts: classify them by the average of word vectors, or by characters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from layers.core.params import Array
from nets import datasets, text
from nets.cli.tasks.task import print_classes, validation_part
from nets.cli.tasks.token_task import TokenTask, tokenizer
from nets.cli.train_options import TextOptions
from nets.recipes import text_classifier
from nets.sequential import Sequential
from nets.text import Vocabulary

LONGEST = {True: 100, False: 1000}  # how much of a text is read: characters, and words
SHOWN, WIDTH = 10, 60  # how many texts a sample has, and how much of each


class TextTask(TokenTask):
    """The classification of first names by sex, or of the user's texts."""

    def __init__(self, options: TextOptions) -> None:
        own = options.is_own_file
        self.data = datasets.labelled_text(options.data) if own else datasets.names()
        print(self.data)
        if own:
            print_classes(self.data)
        indices, held_out = validation_part(self.data.y_train, options.seed)
        self.characters = characters = options.characters or not own
        split = tokenizer(characters)
        tokens = [split(t) for t in self.data.x_train]
        train, validation = ([tokens[i] for i in part] for part in (indices, held_out))
        test = [split(t) for t in self.data.x_test]
        self.vocabulary = Vocabulary(
            (token for tokens in train for token in tokens), options.vocabulary, padding="<pad>"
        )
        self.longest = min(max(map(len, train)), LONGEST[characters])
        self.x_train, self.x_validation, self.x_test = (
            padded_rows(part, self.vocabulary, self.longest) for part in (train, validation, test)
        )
        y = self.data.y_train
        self.y_train, self.y_validation, self.y_test = y[indices], y[held_out], self.data.y_test
        self.classes = self.data.classes
        self.form: dict[str, Any] = {
            "length": self.longest if characters else None,
            "hidden": (64 if characters else ()) if options.hidden is None else options.hidden,
            "activation": options.activation,
            "dropout": options.dropout,
        }
        given = self.vectors(options)
        self.net = build(self.vocabulary, len(self.classes), **self.form, **given, rng=options.seed)
        table = given.get("vectors")
        self.form["dim"] = given["dim"] if table is None else table.shape[1]

    def about(self) -> dict[str, Any]:
        """How texts become rows of ids, and the form of the net."""
        return {"characters": self.characters, "length": self.longest, "net": self.form}

    @property
    def epochs(self) -> int:
        """The default number: few, because rare words are soon overfitted."""
        return 10

    def sample(self, net: Sequential) -> str:
        """Test texts with their classes, the misread ones first."""
        read = net.predict(self.x_test).argmax(axis=1)
        order = np.argsort(read == self.y_test, kind="stable")[:SHOWN]
        name = self.data.classes
        return "\n".join(
            f"{name[self.y_test[i]]}, read as {name[read[i]]}: "
            f"{' '.join(self.data.x_test[i].split())[:WIDTH]}"
            for i in order
        )


def padded_rows(texts: Sequence[list[str]], vocabulary: Vocabulary, length: int) -> Array:
    """Tokens of each text as rows of ids; no rows for no texts."""
    if not texts:
        return np.empty((0, length), np.int64)
    return text.padded(texts, vocabulary, length)


def build(vocabulary: Vocabulary, classes: int, *, length: int | None, **form: Any) -> Sequential:
    """The net for rows of ids; an average of vectors, without a length, leaves padding out."""
    padding = int(vocabulary.ids(["<pad>"])[0]) if length is None else None
    return text_classifier(len(vocabulary), classes, length=length, padding=padding, **form)
