"""What the tasks on text have in common: a vocabulary, and vectors of its tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from nets import text
from nets.cli.run_folder import write_json
from nets.cli.tasks.task import Task
from nets.cli.train_options import TextOptions
from nets.sequential import Sequential
from nets.text import Vocabulary, read_vectors, vector_table

DIM = {True: 16, False: 64}  # numbers in the vector of a character, and of a word


class TokenTask(Task):
    """A task on text.

    Attributes
    ----------
    vocabulary : Vocabulary
        The tokens of the training part.
    characters : bool
        Whether the tokens are characters, not words.
    """

    vocabulary: Vocabulary
    characters: bool

    def write(self, net: Sequential, out: Path) -> Iterator[Path]:
        """Write the tokens in the order of their ids; the weights are of no use without them."""
        yield write_json(out / "vocabulary.json", list(self.vocabulary))

    def vectors(self, options: TextOptions) -> dict[str, Any]:
        """The arguments of a recipe for word vectors: their length, or the user's vectors."""
        if options.vectors is None:
            if options.frozen:
                raise ValueError("--frozen: expected --vectors too; random vectors must be learned")
            return {"dim": options.dim or DIM[self.characters]}
        found = read_vectors(options.vectors, self.vocabulary, dim=options.dim)
        table = vector_table(self.vocabulary, found, rng=options.seed)
        print(f"{options.vectors}: {len(found):,} of {len(self.vocabulary):,} tokens have a vector")
        return {"vectors": table, "trainable": not options.frozen}


def tokenizer(characters: bool) -> Callable[[str], list[str]]:
    """The function that splits a text into characters or words."""
    return text.characters if characters else text.words
