"""What the tasks on text share: their vectors, and the file of their tokens."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from nets.cli.json_file import write_json
from nets.text import Vocabulary, read_vectors, vector_table

MOST = 5000  # tokens in a vocabulary, unless the user says so


def vectors(options: argparse.Namespace, vocabulary: Vocabulary, dim: int) -> dict[str, Any]:
    """What a recipe is told of its word vectors: their length, or the user's own."""
    if options.vectors is None:
        if options.frozen:
            raise ValueError("--frozen: expected --vectors too; random vectors have to be learned")
        return {"dim": options.dim or dim}
    found = read_vectors(options.vectors, vocabulary, dim=options.dim)
    table = vector_table(vocabulary, found, rng=options.seed)
    print(f"{options.vectors}: {len(found):,} of {len(vocabulary):,} tokens have a vector")
    return {"vectors": table, "trainable": not options.frozen}


def write(vocabulary: Vocabulary, out: Path) -> Path:
    """Write the tokens in the order of their numbers, as a list in JSON."""
    return write_json(out / "vocabulary.json", list(vocabulary))
