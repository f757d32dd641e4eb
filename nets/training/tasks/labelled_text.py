"""To classify texts: by their words, averaged, or by their characters, side by side."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from nets import datasets, text
from nets.recipes import text_classifier
from nets.sequential import Sequential
from nets.text import Vocabulary
from nets.training.tasks import words
from nets.training.tasks.task import Task

LONGEST = {True: 100, False: 1000}  # how much of a text is read: characters, and words
SHOWN, WIDTH = 10, 60  # how many texts a sample has, and how much of each


class TextTask(Task):
    """The classification of first names by sex, or of the user's texts."""

    options = ("characters", "vocabulary", "dim", "vectors", "frozen")

    def __init__(self, options: argparse.Namespace) -> None:
        names = options.data in (None, "names")
        self.data = datasets.names() if names else datasets.labelled_text(options.data)
        print(self.data)
        characters = names or options.characters
        cut_up = text.characters if characters else text.words
        train, test = ([cut_up(t) for t in part] for part in (self.data.x_train, self.data.x_test))
        most = options.vocabulary or words.MOST
        self.vocabulary = Vocabulary((t for tokens in train for t in tokens), most, padding="<pad>")
        longest = min(max(map(len, train)), LONGEST[characters])
        self.x_train, self.x_test = (
            text.padded(part, self.vocabulary, longest) for part in (train, test)
        )
        self.y_train, self.y_test = self.data.y_train, self.data.y_test
        self.net = text_classifier(
            len(self.vocabulary),
            len(self.data.classes),
            length=longest if characters else None,
            padding=int(self.vocabulary.ids(["<pad>"])[0]),
            hidden=(64 if characters else ()) if options.hidden is None else options.hidden,
            activation=options.activation or "relu",
            dropout=options.dropout,
            rng=options.seed,
            **words.vectors(options, self.vocabulary, dim=16 if characters else 64),
        )

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
