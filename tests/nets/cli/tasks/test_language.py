"""`handgrad train --task lm`."""

import json

import numpy as np
import pytest

from layers import SoftmaxCE
from nets import Sequential, evaluate
from nets.text import Vocabulary, windows, words

FILES = [
    "weights.safetensors",
    "run.json",
    "vocabulary.json",
    "history.csv",
    "sample.txt",
    "curves.png",
]
VERSE = "The cat sat on the mat.\nThe dog sat on the cat.\n"


def test_names_are_made_up(train):
    run = train("--task", "lm", "--epochs", 1, "--hidden", 8, "--dim", 2)
    assert (run.code, run.error) == (0, "")
    assert run.written == FILES
    assert len((run.out / "sample.txt").read_text().strip().split(", ")) == 20


@pytest.mark.slow
def test_names_are_predicted(train):
    run = train("--task", "lm", "--epochs", 3)
    assert (run.code, run.error) == (0, "")
    assert run.written == FILES
    assert "names: 4096 training and 1067 test texts, 2 classes" in run.printed
    assert "gradient check of Sequential of 5 layers: correct" in run.printed
    assert 6 < run.results["test perplexity"] < 10
    assert np.log(run.results["test perplexity"]) == pytest.approx(
        run.results["test loss"], abs=1e-3
    )
    sample = (run.out / "sample.txt").read_text()
    assert sample in run.printed
    names = sample.strip().split(", ")
    assert len(names) == 20
    assert set("".join(names)) <= set("abcdefghijklmnopqrstuvwxyz")
    assert len(set(names)) > 15


def test_a_text_is_read_word_by_word(train, file):
    text = VERSE * 30
    path = file(text)
    run = train("--task", "lm", "--data", path, "--context", 2, "--dim", 8, "--hidden", "16")
    assert run.code == 0
    assert "Embedding(9, 8)" in run.printed
    assert run.results["test perplexity"] < 2
    sample = (run.out / "sample.txt").read_text()
    assert set(words(sample)) <= set(words(text))
    assert len(words(sample)) > 80


def test_the_files_give_the_loss_that_it_prints(train, file):
    path = file(VERSE * 30)
    run = train("--task", "lm", "--data", path, "--epochs", 2, "--hidden", 4)
    net = Sequential.load(run.out / "weights.safetensors")
    tokens, known = words(VERSE * 30), json.loads((run.out / "vocabulary.json").read_text())
    cut = len(tokens) * 9 // 10
    assert known == list(Vocabulary(tokens[: cut * 9 // 10], 5000))
    ids = np.array([known.index(token) for token in tokens])
    loss, _ = evaluate(net, SoftmaxCE(), *windows(ids[cut - 3 :], 3))
    assert loss == pytest.approx(run.results["test loss"], abs=1e-4)
    first = cut * 9 // 10
    assert (
        f"{first - 3} training, {cut - first} validation and {len(tokens) - cut} test tokens"
        in run.printed
    )


def test_characters_are_kept_as_they_are(train, file):
    run = train(
        "--task", "lm", "--data", file(VERSE * 20), "--characters", "--epochs", 1, "--hidden", 4
    )
    assert run.code == 0
    assert "5 before each" in run.printed
    assert set((run.out / "sample.txt").read_text()) <= set(VERSE)


def test_the_sample_depends_on_the_temperature_and_on_the_seed_alone(train, file):
    options = ("--task", "lm", "--data", file(VERSE * 9), "--epochs", 1, "--hidden", 4, "--dim", 3)
    samples = [
        (train(*options, *more).out / "sample.txt").read_text()
        for more in ((), (), ("--temperature", 0), ("--seed", 1))
    ]
    assert samples[0] == samples[1]
    assert len(set(samples)) == 3


@pytest.mark.parametrize("frozen", [(), ("--frozen",)])
def test_it_starts_from_given_vectors(train, file, frozen):
    vectors = file("the 1 2\ncat 3 4\nlion 5 6\n", "vectors.txt")
    options = ("--task", "lm", "--data", file(VERSE * 20), "--epochs", 1, "--hidden", 4)
    run = train(*options, "--vectors", vectors, *frozen)
    assert run.code == 0
    assert f"{vectors}: 2 of 9 tokens have a vector" in run.printed
    net = Sequential.load(run.out / "weights.safetensors")
    known = json.loads((run.out / "vocabulary.json").read_text())
    moved = np.abs(net[0].W[[known.index("the"), known.index("cat")]] - [[1, 2], [3, 4]]).max()
    assert (moved == 0) == bool(frozen)
    assert moved < 0.5


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("", (), "mine.txt: the file is empty; expected a text"),
        ("one two", (), "windows: expected a text longer than the window, of at least 4 tokens"),
        ("one two three four " * 9, ("--context", 50), "expected a text longer than the window"),
        (VERSE, ("--vocabulary", 1), "Vocabulary: expected size to be more than 1"),
        (VERSE, ("--frozen",), "--frozen: expected --vectors too"),
        (VERSE, ("--vectors", "nowhere.txt"), "nowhere.txt: there is no such file"),
        (VERSE, ("--temperature", "-1"), "expected a number of 0 or more, got '-1'"),
        (VERSE, ("--context", "0"), "expected a positive integer, got '0'"),
    ],
)
def test_invalid_options_are_a_sentence(train, file, text, options, message):
    run = train("--task", "lm", "--data", file(text), *options)
    assert run.code == 2
    assert message in run.error
    assert "Traceback" not in run.error


def test_ragged_vectors_and_those_of_another_length_are_sentences(train, file):
    options = ("--task", "lm", "--data", file(VERSE))
    ragged = file("the 1 2\ncat 3\n", "ragged.txt")
    run = train(*options, "--vectors", ragged)
    assert run.code == 2
    assert f"{ragged}, line 2: expected a word and 2 numbers, got 1 of them" in run.error
    right = file("the 1 2\n", "right.txt")
    run = train(*options, "--vectors", right, "--dim", 50)
    assert run.code == 2
    assert f"{right}, line 1: expected a word and 50 numbers, got 2 of them" in run.error
