"""The language model: predict the next token, and generate text."""

from __future__ import annotations

import math
import string
from collections.abc import Iterable

import numpy as np

from layers import SoftmaxCE
from layers.core.params import Array
from nets import datasets, text
from nets.cli.tasks.task import LARGE, validation_part
from nets.cli.tasks.token_task import TokenTask, tokenizer
from nets.cli.train_options import LanguageOptions
from nets.recipes import neural_language_model
from nets.sequential import Sequential
from nets.text import Vocabulary
from nets.training.evaluate import evaluate

NAMES, LONGEST = 20, 20  # how many names a sample has, and letters a name
TOKENS = 100  # in a sample of running text
MANY = 1000  # words in a vocabulary


class LanguageTask(TokenTask):
    """A language model of characters or words: of first names, or of the user's text."""

    def __init__(self, options: LanguageOptions) -> None:
        self.names = not options.is_own_file
        self.characters = self.names or options.characters
        self.temperature = options.temperature
        self.seed = options.seed
        context = options.context or (5 if self.characters else 3)
        (self._names if self.names else self._text)(options, context)
        print(
            f"{len(self.y_train):,} training, {len(self.y_validation):,} validation and "
            f"{len(self.y_test):,} test tokens, "
            f"{len(self.vocabulary):,} different ones, {context} before each"
        )
        self.net = neural_language_model(
            len(self.vocabulary),
            context,
            hidden=256 if options.hidden is None else options.hidden,
            activation=options.activation,
            dropout=options.dropout,
            rng=options.seed,
            **self.vectors(options),
        )

    def _names(self, options: LanguageOptions, context: int) -> None:
        """Each name by itself, with line ends before and after it."""
        data = datasets.names()
        print(data)
        parts = validation_part(data.y_train, options.seed)
        train, validation = ([data.x_train[i] for i in part] for part in parts)
        self.vocabulary = Vocabulary(f"\n{string.ascii_lowercase}", unknown=None)
        self.start = ["\n"] * context
        self.x_train, self.y_train = self._lines(train, context)
        self.x_validation, self.y_validation = self._lines(validation, context)
        self.x_test, self.y_test = self._lines(data.x_test, context)

    def _lines(self, lines: Iterable[str], context: int) -> tuple[Array, Array]:
        end = int(self.vocabulary.ids("\n")[0])
        pairs = [
            text.windows(self.vocabulary.ids(f"{line}\n"), context, start=end) for line in lines
        ]
        x, y = zip(*pairs, strict=True)
        return np.concatenate(x), np.concatenate(y)

    def _text(self, options: LanguageOptions, context: int) -> None:
        """A running text: its last tenth is the test part.

        The last tenth of the rest is the validation part; a short text has none.
        """
        tokens = tokenizer(self.characters)(datasets.text_file(options.data))
        cut = len(tokens) * 9 // 10
        first = cut * 9 // 10 if cut >= 10 * (context + 1) else cut
        self.vocabulary = Vocabulary(tokens[:first], options.vocabulary)
        ids = self.vocabulary.ids(tokens)
        self.x_train, self.y_train = text.windows(ids[:first], context)
        x, y = text.windows(ids[first - context : cut], context) if first < cut else ((), ())
        self.x_validation, self.y_validation = np.asarray(x), np.asarray(y)
        self.x_test, self.y_test = text.windows(ids[cut - context :], context)
        self.start = tokens[cut - context : cut]

    @property
    def batch_size(self) -> int:
        """The default size: large for many words, because each step updates all vectors."""
        many = len(self.vocabulary) >= MANY and len(self.x_train) >= LARGE
        return 512 if many else super().batch_size

    def results(self, net: Sequential) -> dict[str, str]:
        """The perplexity of the test part."""
        loss, _ = evaluate(net, SoftmaxCE(), self.x_test, self.y_test)
        return {"test loss": f"{loss:.4f}", "test perplexity": f"{math.exp(loss):.2f}"}

    def sample(self, net: Sequential) -> str:
        """Made-up names, or a continuation of the training part."""
        rng, heat = np.random.default_rng(self.seed), self.temperature
        if self.names:
            made_up = [
                text.generate(
                    net, self.vocabulary, self.start, LONGEST, temperature=heat, stop="\n", rng=rng
                )
                for _ in range(NAMES)
            ]
            return ", ".join(map("".join, made_up))
        tokens = text.generate(net, self.vocabulary, self.start, TOKENS, temperature=heat, rng=rng)
        return "".join(tokens) if self.characters else text.sentence(tokens)
