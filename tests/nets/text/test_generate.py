import re

import numpy as np
import pytest

from layers import Embedding, FullyConnected, Mean
from nets import Sequential, neural_language_model, recurrent_language_model, transformer
from nets.text import Vocabulary, generate

LETTERS = Vocabulary("abc", unknown=None)


class After:
    """A model that is sure of the token after the last one: b after a, c after b, a after c."""

    params = {}  # noqa: RUF012

    def __init__(self, size=3, sure=50.0):
        self.size, self.sure = size, sure

    def forward(self, x):
        return self.sure * np.eye(self.size)[(x[:, -1] + 1) % self.size]

    def backward(self, dout):
        raise NotImplementedError


def test_a_text_is_continued_token_by_token():
    assert generate(After(), LETTERS, "a", 5, rng=0) == ["b", "c", "a", "b", "c"]
    assert generate(After(), LETTERS, ["c", "b"], 2, rng=0) == ["c", "a"]


def test_a_stop_ends_it_and_is_not_returned():
    assert generate(After(), LETTERS, "a", 9, stop="a", rng=0) == ["b", "c"]
    assert generate(After(), LETTERS, "a", 9, stop="b", rng=0) == []


def test_the_net_sees_the_last_tokens_as_many_as_its_window_holds():
    net = neural_language_model(3, context=2, dim=4, hidden=5, rng=0)
    seen = []
    predict = net.predict
    net.predict = lambda x: seen.append(x.tolist()) or predict(x)
    tokens = generate(net, LETTERS, "aabc", 3, rng=0)
    text = [*"aabc", *tokens]
    assert seen == [[LETTERS.ids(text[i : i + 2]).tolist()] for i in (2, 3, 4)]


def test_the_same_seed_gives_the_same_text():
    net = neural_language_model(3, context=2, rng=0)
    one, same, other = (generate(net, LETTERS, "ab", 30, rng=seed) for seed in (1, 1, 2))
    assert one == same != other
    assert set(one) == set("abc")


def test_tokens_are_drawn_by_their_probability():
    model = After(sure=1.0)
    p = np.exp([0, 1, 0]) / np.exp([0, 1, 0]).sum()
    rng = np.random.default_rng(0)
    drawn = [generate(model, LETTERS, "a", 1, rng=rng)[0] for _ in range(2000)]
    shares = [drawn.count(letter) / 2000 for letter in "abc"]
    np.testing.assert_allclose(shares, p, atol=0.03)


@pytest.mark.parametrize(("temperature", "share"), [(0.25, 0.965), (4.0, 0.391)])
def test_temperature_sharpens_and_flattens(temperature, share):
    rng, model = np.random.default_rng(0), After(sure=1.0)
    drawn = [
        generate(model, LETTERS, "a", 1, temperature=temperature, rng=rng)[0] for _ in range(2000)
    ]
    assert drawn.count("b") / 2000 == pytest.approx(share, abs=0.03)


def test_at_temperature_0_the_likeliest_is_taken():
    assert generate(After(sure=1e-9), LETTERS, "a", 4, temperature=0, rng=0) == [*"bcab"]
    assert generate(After(sure=1.0), LETTERS, "a", 4, temperature=1e-320, rng=0) == [*"bcab"]


def test_the_unknown_token_and_the_padding_are_never_drawn():
    vocabulary = Vocabulary("ab", padding=".")
    model = After(size=4, sure=0.1)
    assert set(generate(model, vocabulary, "b", 300, rng=0)) == {"a", "b"}
    assert set(generate(model, vocabulary, "b", 9, temperature=0, rng=0)) == {"a", "b"}


def test_a_start_shorter_than_the_window_is_refused():
    net = neural_language_model(3, context=3, rng=0)
    message = (
        "generate: expected start to have at least 3 tokens, as many as the net's window holds, "
        "got 2"
    )
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        generate(net, LETTERS, "ab", 5)
    with pytest.raises(ValueError, match="expected start to have at least 1 tokens"):
        generate(After(), LETTERS, "", 5)


def test_a_net_of_another_vocabulary_is_refused():
    message = (
        "generate: expected the net to return 3 scores, one for each token of the vocabulary, got "
        "shape (1, 4)"
    )
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        generate(After(size=4), LETTERS, "a", 5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"length": 0}, "generate: expected length to be a positive integer, got 0"),
        ({"temperature": -0.5}, "generate: expected temperature to be at least 0, got -0.5"),
        ({"temperature": np.nan}, "generate: expected temperature to be a finite number, got nan"),
        ({"stop": "x"}, "generate: expected stop to be a token of the vocabulary, got 'x'"),
        ({"stop": 3}, "generate: expected stop to be a token of the vocabulary, got 3"),
        ({"start": "ax"}, "Vocabulary: 'x' at position 1 is not one of its 3 tokens"),
    ],
)
def test_bad_settings_are_refused(options, message):
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        generate(After(), LETTERS, **{"start": "a", "length": 3, **options})


def test_a_net_that_takes_any_number_of_words_sees_the_whole_start():
    net = Sequential(Embedding(3, 4, rng=0), Mean(), FullyConnected(4, 3, rng=0))
    net.predict = lambda x: np.log(np.eye(3)[[2]] if x.tolist() == [[0, 1, 0]] else np.eye(3)[[0]])
    with np.errstate(divide="ignore"):
        assert generate(net, LETTERS, "aba", 1, rng=0) == ["c"]


@pytest.mark.parametrize(
    ("net", "most"),
    [
        (recurrent_language_model(4, dim=3, hidden=4, rng=0), 20),
        (transformer(4, 6, features=4, heads=2, rng=0), 6),
    ],
    ids=["recurrent", "transformer"],
)
def test_a_net_with_scores_at_every_step_reads_all_that_it_has_positions_for(net, most):
    for array in net.params.values():
        array *= 3
    vocabulary = Vocabulary("abcd", unknown=None)
    written = list("ab")
    for _ in range(10):
        last = net.predict(vocabulary.ids(written)[None, -most:])[0, -1]
        written += vocabulary.tokens([last.argmax()])
    assert len(set(written)) > 1
    assert generate(net, vocabulary, "ab", 10, temperature=0) == written[2:]
    assert len(generate(net, vocabulary, "a", 10, rng=0)) == 10
