"""The example scripts beside the notebooks."""

import importlib.util
import os
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from nets import datasets
from nets.text import Vocabulary, windows, words

EXAMPLES = Path(__file__).parents[2] / "notebooks" / "examples"
DATA = Path(os.environ.get("HANDGRAD_DATA", "nowhere"))
BIBLE = DATA / "text" / "kjv.txt.gz"
VERSES = "The cat sat on the mat.\nThe dog sat on the cat.\nA cat and a dog ran to the mat.\n"

needs_bible = pytest.mark.skipif(
    not BIBLE.is_file(), reason="HANDGRAD_DATA does not name a folder with text/kjv.txt.gz in it"
)


@pytest.fixture(scope="module")
def example():
    spec = importlib.util.spec_from_file_location("example", EXAMPLES / "language_model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def told(model):
    """The perplexity that the index of the notebooks gives a model."""
    page = (EXAMPLES.parent / "README.md").read_text(encoding="utf-8")
    return float(re.search(rf"{model}[^.]*? ([\d.]+\d)", page)[1])


def by_hand(text, u, v, w, size):
    """p(w | u v) of interpolated Kneser-Ney, written with sets and loops."""
    trigrams = Counter(zip(text, text[1:], text[2:], strict=False))
    bigrams = Counter((b, c) for _, b, c in trigrams)
    unigrams = Counter(c for _, c in bigrams)

    def step(counts, context, word, lower):
        n1, n2 = (max(list(counts.values()).count(k), 1) for k in (1, 2))
        d = n1 / (n1 + 2 * n2)
        own = {gram: c for gram, c in counts.items() if gram[:-1] == context}
        if not own:
            return lower
        total, count = sum(own.values()), own.get((*context, word), 0)
        return (max(count - d, 0) + d * len(own) * lower) / total

    p = step({(w,): c for w, c in unigrams.items()}, (), w, 1 / size)
    return step(trigrams, (u, v), w, step(bigrams, (v,), w, p))


class TestKneserNey:
    text = Vocabulary(words(VERSES)).ids(words(VERSES * 3))
    size = len(Vocabulary(words(VERSES)))

    def test_it_is_the_formula(self, example):
        model = example.KneserNey(self.text, self.size)
        rng = np.random.default_rng(0)
        asked = np.concatenate(
            [
                np.lib.stride_tricks.sliding_window_view(self.text, 3)[:20],
                rng.integers(self.size, size=(60, 3)),
            ]
        )
        text = self.text.tolist()
        expected = [by_hand(text, *gram, self.size) for gram in asked.tolist()]
        np.testing.assert_allclose(model.probabilities(asked), expected, rtol=1e-12)

    @pytest.mark.parametrize("modified", [False, True])
    def test_the_probabilities_of_all_words_sum_to_1(self, example, modified):
        text = np.random.default_rng(0).zipf(1.3, 3000).clip(max=self.size) - 1
        model = example.KneserNey(text, self.size, modified)
        for context in ([0, 0], [0, 1], [self.size - 1, self.size - 2]):
            asked = np.array([[*context, word] for word in range(self.size)])
            p = model.probabilities(asked)
            assert (p > 0).all()
            assert p.sum() == pytest.approx(1)

    @needs_bible
    def test_it_predicts_the_last_tenth_of_the_king_james_bible(self, example):
        tokens = words(datasets.text_file(BIBLE))
        cut = len(tokens) * 9 // 10
        ids = Vocabulary(tokens[:cut], 5000).ids(tokens)
        x, y = windows(ids[cut - 2 :], 2)
        trigrams = np.column_stack([x, y])
        found = [example.KneserNey(ids[:cut], 5000, m).perplexity(trigrams) for m in (False, True)]
        assert found == pytest.approx([94.3, told("counting model")], abs=0.1)


def test_the_example_trains_both_models_and_writes(example, tmp_path, capsys, monkeypatch):
    path = tmp_path / "verses.txt"
    path.write_text(VERSES * 30)
    monkeypatch.setattr(example, "SIZE", 15)
    monkeypatch.setattr(example, "BATCH_SIZE", 16)
    example.main(path, epochs=4)
    printed = capsys.readouterr().out
    found = [float(value) for value in re.findall(r"perplexity ([\d.]+)", printed)]
    assert len(found) == 3
    assert all(1 < value < 3 for value in found)
    assert re.search(r"neural model: perplexity .* words/s\n", printed)
    written = printed.split("temperature 0.8:\n")[1]
    assert set(words(written)) <= set(words(VERSES))


@needs_bible
@pytest.mark.skipif("HANDGRAD_LONG" not in os.environ, reason="takes minutes; set HANDGRAD_LONG=1")
def test_the_neural_model_predicts_the_king_james_bible_better(example, capsys):
    example.main(BIBLE)
    printed = capsys.readouterr().out
    found = float(re.search(r"neural model: perplexity ([\d.]+)", printed)[1])
    assert found == pytest.approx(told("feed-forward net"), rel=0.02)
