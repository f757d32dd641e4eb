"""`handgrad train --task text`."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from layers import SoftmaxCE
from nets import datasets, evaluate, fit, text_classifier
from nets.text import Vocabulary, padded, read_vectors, vector_table
from optimizers import Adam

DATA = Path(os.environ.get("HANDGRAD_DATA", "nowhere"))
FILES = [
    "weights.safetensors",
    "run.json",
    "classes.json",
    "vocabulary.json",
    "history.csv",
    "sample.txt",
    "curves.png",
]
GOOD, BAD = ["fine", "lovely", "great"], ["dull", "poor", "awful"]

needs_data = pytest.mark.skipif(
    not ((DATA / "glove").is_dir() and (DATA / "text").is_dir()),
    reason="HANDGRAD_DATA does not name a folder with glove/ and text/ in it",
)


@pytest.fixture
def reviews(tmp_path):
    """Reviews that belong to a class because of one word among others."""
    rng = np.random.default_rng(0)
    path = tmp_path / "reviews.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["label", "text"])
        for i in range(300):
            word = rng.choice([BAD, GOOD][i % 2])
            more = rng.choice(["a", "film", "of", "the", "year"], rng.integers(1, 9))
            table.writerow([["bad", "good"][i % 2], f"{' '.join(more)}, {word}!"])
    return path


@pytest.mark.slow
def test_first_names_are_told_apart(train):
    run = train("--task", "text", "--epochs", 4)
    assert (run.code, run.error) == (0, "")
    assert run.written == FILES
    assert "gradient check of Sequential of 5 layers: correct" in run.printed
    assert run.results["test accuracy"] > 82  # all female would be 77.7
    sample = (run.out / "sample.txt").read_text()
    assert sample in run.printed
    assert len(sample.splitlines()) == 10
    assert sample.startswith(("male, read as female: ", "female, read as male: "))


def test_own_texts_are_classified_by_their_words(train, reviews):
    run = train("--task", "text", "--data", reviews, "--dim", 8, "--learning-rate", 0.05)
    assert run.code == 0
    assert "reviews: 240 training and 60 test texts, 2 classes" in run.printed
    assert "MeanEmbedding(15, 8, padding=1)" in run.printed
    assert run.results["test accuracy"] == 100
    assert run.written == FILES


def test_or_by_their_characters(train, reviews):
    run = train("--task", "text", "--data", reviews, "--characters", "--epochs", 1, "--hidden", 4)
    assert run.code == 0
    assert "Flatten()" in run.printed


def test_texts_are_shown_in_one_line_each(train, tmp_path):
    for name in "uv":
        (tmp_path / "set" / name).mkdir(parents=True)
        for i in range(10):
            (tmp_path / "set" / name / f"{i}.txt").write_text(f"{name}\n\n{'word ' * 40}")
    run = train("--task", "text", "--data", tmp_path / "set", "--epochs", 1)
    lines = (run.out / "sample.txt").read_text().splitlines()
    assert len(lines) == 4
    assert all(len(line) < 90 for line in lines)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--data", "nowhere.csv"), "nowhere.csv: there is no such file or folder"),
        (("--context", 3), "--context belongs to --task lm, and this is --task text"),
        (("--temperature", 0), "--temperature belongs to --task lm, and this is --task text"),
        (("--frozen",), "--frozen: expected --vectors too"),
    ],
)
def test_invalid_options_are_a_sentence(train, options, message):
    run = train("--task", "text", *options)
    assert run.code == 2
    assert message in run.error


def test_options_of_text_do_nothing_to_numbers_and_say_so(train):
    run = train("--characters")
    assert run.code == 2
    assert (
        "--characters belongs to --task text and --task lm, and this is --task numbers" in run.error
    )


@needs_data
@pytest.mark.slow
def test_given_vectors_tell_names_apart_that_were_never_seen():
    glove = read_vectors(DATA / "glove" / "glove.20k.100d.txt.gz")
    x_train, y_train, x_test, y_test = datasets.names()
    known, new = ([name in glove for name in part] for part in (x_train, x_test))
    names = [[[name] for name in part if name in glove] for part in (x_train, x_test)]
    vocabulary = Vocabulary(name for part in names for [name] in part)
    x, x_new = (padded(part, vocabulary) for part in names)
    table = vector_table(vocabulary, glove, rng=0)

    def accuracy(**options):
        net = text_classifier(len(vocabulary), 2, rng=0, **options)
        y = y_train[known]
        fit(net, SoftmaxCE(), Adam(0.02), x, y, epochs=10, batch_size=32, rng=0, progress=False)
        return evaluate(net, SoftmaxCE(), x_new, y_test[new])[1]

    assert len(x_new) == 267
    assert accuracy(vectors=table, trainable=False) > 0.84
    assert accuracy(dim=100) < 0.65  # it learns vectors of names that do not come again


@needs_data
@pytest.mark.slow
def test_verses_are_told_apart_with_given_vectors_and_without(train, tmp_path):
    verses = datasets.text_file(DATA / "text" / "kjv.txt.gz").strip().split("\n")
    old, new = verses[:23_145:20], verses[23_145::10]  # Matthew begins at verse 23,146
    path = tmp_path / "verses.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        rows = [(verse, "old") for verse in old] + [(verse, "new") for verse in new]
        csv.writer(file).writerows(rows)
    options = ("--task", "text", "--data", path, "--learning-rate", 0.02)
    glove = ("--vectors", DATA / "glove" / "glove.20k.100d.txt.gz")
    plain, given, frozen = (
        train(*options, *more).results["test accuracy"]
        for more in ((), glove, (*glove, "--frozen", "--hidden", "32"))
    )
    assert min(plain, given) > 80  # all old would be 59
    assert frozen > 68
    assert new[0].startswith("The book of the generation of Jesus Christ")
