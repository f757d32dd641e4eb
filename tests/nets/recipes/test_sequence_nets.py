"""Language models that score every step: their parts, gradients, and what they learn."""

import re

import numpy as np
import pytest

from layers import SoftmaxCE, assert_gradients
from nets import Sequential, fit, recurrent_language_model, transformer
from nets.text import perplexity
from optimizers import Adam

RNG = np.random.default_rng(0)
IDS = RNG.integers(7, size=(3, 5))
LABELS = RNG.integers(7, size=(3, 5))
MADE = {
    "rnn": lambda width=4, **given: recurrent_language_model(
        7, dim=3, hidden=width, cell="rnn", **given
    ),
    "lstm": lambda width=4, **given: recurrent_language_model(7, dim=3, hidden=width, **given),
    "two grus": lambda width=4, **given: recurrent_language_model(
        7, dim=3, hidden=[4, width], cell="gru", **given
    ),
    "transformer": lambda width=4, **given: transformer(7, 6, features=width, heads=2, **given),
}
EACH = pytest.mark.parametrize("make", MADE.values(), ids=MADE)


@EACH
def test_every_step_gets_scores_of_all_words_and_sees_no_later_word(make):
    net = make(rng=0)
    scores = net.predict(IDS)
    assert scores.shape == (3, 5, 7)
    later = IDS.copy()
    later[:, 3:] = 6 - later[:, 3:]
    np.testing.assert_allclose(net.predict(later)[:, :3], scores[:, :3], atol=1e-12)
    assert not np.isclose(net.predict(later)[:, 3:], scores[:, 3:]).all()


@EACH
def test_its_gradients_are_correct(make):
    weights = np.arange(15).reshape(3, 5) % 3
    assert_gradients(make(rng=0), IDS, loss=(SoftmaxCE(), LABELS, weights), rng=0)


@EACH
def test_it_learns_what_only_an_earlier_word_tells(make):
    """Every word is the one two steps before, of which the words in between say nothing."""
    x = np.repeat(RNG.integers(7, size=(200, 1, 2)), 3, axis=1).reshape(200, 6)
    net = make(width=16, rng=0)
    fit(net, SoftmaxCE(), Adam(0.02), x[:, :-1], x[:, 1:], epochs=30, progress=False, rng=0)
    scores = net.predict(x[:, :-1])[:, 1:]
    assert SoftmaxCE.accuracy(scores, x[:, 2:]) > 0.95
    assert perplexity(net, x[:, :-1], x[:, 1:]) < 2.5


@EACH
def test_it_can_be_saved_and_drops_in_training_alone(make, tmp_path):
    net = make(dropout=0.5, dtype="float32", rng=0)
    net.save(tmp_path / "net.safetensors")
    loaded = Sequential.load(tmp_path / "net.safetensors")
    np.testing.assert_array_equal(loaded.predict(IDS), net.predict(IDS))
    assert net.predict(IDS).dtype == np.float32
    assert not np.array_equal(net.forward(IDS), net.predict(IDS))


def test_without_causality_every_step_sees_all_words():
    net = transformer(7, 6, features=4, heads=2, causal=False, rng=0)
    later = IDS.copy()
    later[:, -1] = 6 - later[:, -1]
    assert not np.isclose(net.predict(later)[:, 0], net.predict(IDS)[:, 0]).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: recurrent_language_model(7, cell="cnn"),
            "recurrent_language_model: expected cell to be one of rnn, lstm, gru, got 'cnn'",
        ),
        (
            lambda: recurrent_language_model(7, hidden=[]),
            "recurrent_language_model: expected hidden to be at least one size, got []",
        ),
        (
            lambda: recurrent_language_model(7, hidden=[4, 0]),
            "recurrent_language_model: expected hidden to be a positive integer, got 0",
        ),
        (
            lambda: transformer(7, 0),
            "transformer: expected length to be a positive integer, got 0",
        ),
        (
            lambda: transformer(7, 6, blocks=0),
            "transformer: expected blocks to be a positive integer, got 0",
        ),
        (
            lambda: transformer(7, 6, heads=5),
            "MultiHeadAttention: expected heads to divide the 64 features, got 5",
        ),
        (
            lambda: transformer(7, 3, features=4).predict(IDS),
            "layer 1 (PositionEmbedding 3 x 4): expected sequences of at least one step and at mo",
        ),
    ],
)
def test_what_does_not_fit_is_refused(make, message):
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        make()
