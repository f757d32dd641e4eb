"""Two language models of the King James Bible: one counts, the other learns.

    python notebooks/examples/language_model.py [FILE]

The text is FILE, plain or compressed by gzip, or text/kjv.txt.gz in the folder that the variable
HANDGRAD_DATA names. Both models have the same vocabulary of 5,000 words and learn from the first
nine tenths. The last tenth is the test part: it is measured once, when training has ended, and
nothing is chosen by it. (To choose settings, cut a validation part from the first nine tenths.)
Both perplexities are printed, and then the second model generates text. This takes about three
minutes on two cores.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from layers import SoftmaxCE
from nets import History, datasets, fit, neural_language_model
from nets.text import Vocabulary, generate, perplexity, sentence, windows, words
from optimizers import Adam
from optimizers.schedules import Linear

SIZE = 5000  # words in the vocabulary
CONTEXT = 3  # words that the neural model sees
EPOCHS, BATCH_SIZE = 3, 1024
RECENT = 6  # one part in how many is read once more at the end


class KneserNey:
    """The trigram model of interpolated Kneser-Ney smoothing.

    A discount is subtracted from each count c, and the saved probability is distributed according
    to the shorter context::

        p(w | u v) = (c(u v w) - d(c)) / c(u v) + saved(u v) / c(u v) * p(w | v)

    For bigrams and single words, c is not the number of occurrences but of different contexts:
    "Francisco" is frequent, but only after "San", and is unlikely elsewhere. Below the single
    words, all are equally likely. Let n1 to n4 be the numbers of counts that are 1 to 4, and
    d = n1 / (n1 + 2 n2). The discount is d; in the modified form, which predicts better, it depends
    on the count: 1 - 2 d n2 / n1 for 1, 2 - 3 d n3 / n2 for 2, 3 - 4 d n4 / n3 from 3 on.

    Source: Kneser and Ney, 1995; Chen and Goodman, 1998.
    """

    def __init__(self, ids: np.ndarray, size: int, modified: bool = False) -> None:
        self.size = size
        trigrams, counts = np.unique(_joined(ids, 3, size), return_counts=True)
        self.levels = []
        for length in (3, 2, 1):
            self.levels.append(_Counts(trigrams, counts, size, modified))
            # Drop the first word. From here on, each different n-gram counts once.
            trigrams, counts = np.unique(trigrams % size ** (length - 1), return_counts=True)

    def probabilities(self, trigrams: np.ndarray) -> np.ndarray:
        """p of the last word of each trigram (N, 3)."""
        p = np.full(len(trigrams), 1 / self.size)
        for length, level in zip((1, 2, 3), reversed(self.levels), strict=True):
            p = level.interpolated(_number(trigrams[:, -length:], self.size), p)
        return p

    def perplexity(self, trigrams: np.ndarray) -> float:
        """exp of the mean of -log p."""
        return float(np.exp(-np.log(self.probabilities(trigrams)).mean()))


class _Counts:
    """The counts of n-grams of one length, and those of their contexts."""

    def __init__(self, ngrams: Any, counts: Any, size: int, modified: bool) -> None:
        self.size, self.ngrams, self.counts = size, ngrams, counts
        n1, n2, n3, n4 = (max(np.count_nonzero(counts == times), 1) for times in (1, 2, 3, 4))
        d = n1 / (n1 + 2 * n2)
        by_count = [1 - 2 * d * n2 / n1, 2 - 3 * d * n3 / n2, 3 - 4 * d * n4 / n3]
        self.discounts = np.array(by_count if modified else [d] * 3)[counts.clip(max=3) - 1]
        self.contexts, where = np.unique(ngrams // size, return_inverse=True)
        self.totals = np.bincount(where, counts)
        self.saved = np.bincount(where, self.discounts)

    def interpolated(self, ngrams: np.ndarray, lower: np.ndarray) -> np.ndarray:
        """p of the last words, from the p with a context that is one word shorter."""
        contexts = ngrams // self.size
        total = _looked_up(self.contexts, self.totals, contexts)
        counted = _looked_up(self.ngrams, self.counts - self.discounts, ngrams)
        saved = _looked_up(self.contexts, self.saved, contexts)
        p = (counted + saved * lower) / np.maximum(total, 1)
        return np.where(total > 0, p, lower)


def _joined(ids: np.ndarray, length: int, size: int) -> np.ndarray:
    """Each n-gram of a text as one number."""
    return _number(np.lib.stride_tricks.sliding_window_view(ids, length), size)


def _number(ngrams: np.ndarray, size: int) -> np.ndarray:
    return ngrams @ size ** np.arange(ngrams.shape[1])[::-1]


def _looked_up(keys: np.ndarray, values: np.ndarray, requested: np.ndarray) -> np.ndarray:
    """The values of the requested keys, 0 for those that are missing; `keys` is sorted."""
    places = np.searchsorted(keys, requested).clip(max=len(keys) - 1)
    return np.where(keys[places] == requested, values[places], 0)


def neural_model(size: int, x: np.ndarray, y: np.ndarray, epochs: int) -> Any:
    """The feed-forward model, trained, and its speed in words per second.

    It is trained on the whole text for several epochs and then once more on the last sixth: what
    follows resembles what came last, and the King James Bible changes from beginning to end.
    """
    vectors = np.random.default_rng(0).normal(0, 0.5, (size, 128))
    net = neural_language_model(size, CONTEXT, vectors=vectors, hidden=192, dropout=0.2, rng=0)
    net = net.astype(np.float32)
    recent = len(x) // RECENT
    runs = [
        train(net, x, y, 0.002, epochs),
        train(net, x[-recent:], y[-recent:], 0.001, 1),
    ]
    words_read = len(x) * epochs + recent
    return net, words_read / sum(sum(run.seconds) for run in runs)


def train(net: Any, x: np.ndarray, y: np.ndarray, learning_rate: float, epochs: int) -> History:
    """Adam, with a learning rate that falls to 0 in a straight line."""
    steps = epochs * -(-len(x) // BATCH_SIZE)
    return fit(
        net,
        SoftmaxCE(),
        Adam(Linear(learning_rate, steps)),
        x,
        y,
        epochs=epochs,
        batch_size=BATCH_SIZE,
        rng=0,
    )


def main(path: Path, epochs: int = EPOCHS) -> None:
    """Train both models on a text and print their perplexities on its last tenth."""
    tokens = words(datasets.text_file(path))
    cut = len(tokens) * 9 // 10
    vocabulary = Vocabulary(tokens[:cut], SIZE)
    ids, size = vocabulary.ids(tokens), len(vocabulary)
    x, y = windows(ids[:cut], CONTEXT)
    x_new, y_new = windows(ids[cut - CONTEXT :], CONTEXT)
    print(f"{len(tokens):,} words, the last {len(y_new):,} of them to be predicted")

    trigrams = np.column_stack([x_new[:, -2:], y_new])
    for modified, name in enumerate(("Kneser-Ney trigram", "modified Kneser-Ney trigram")):
        counted = KneserNey(ids[:cut], size, bool(modified))
        print(f"{name}: perplexity {counted.perplexity(trigrams):.1f}")

    began = time.perf_counter()
    net, speed = neural_model(size, x, y, epochs)
    print(
        f"neural model: perplexity {perplexity(net, x_new, y_new):.1f}, "
        f"{time.perf_counter() - began:.0f} s, {speed:,.0f} words/s"
    )

    start = ["\n", "and", "the"]
    text = generate(net, vocabulary, start, 150, temperature=0.8, rng=0)
    print(f"\nA continuation of 'and the' at temperature 0.8:\n{sentence([*start[1:], *text])}")


if __name__ == "__main__":
    given = sys.argv[1] if len(sys.argv) > 1 else None
    main(Path(given or Path(os.environ.get("HANDGRAD_DATA", "."), "text", "kjv.txt.gz")))
