"""Text for nets: tokens and their ids, windows, word vectors, and writing with a model."""

from nets.text.generate import generate
from nets.text.padded import padded
from nets.text.perplexity import perplexity
from nets.text.tokens import characters, sentence, words
from nets.text.vocabulary import Vocabulary
from nets.text.windows import windows
from nets.text.word_vectors import read_vectors, vector_table

__all__ = [
    "Vocabulary",
    "characters",
    "generate",
    "padded",
    "perplexity",
    "read_vectors",
    "sentence",
    "vector_table",
    "windows",
    "words",
]
