import re

import numpy as np
import pytest

from layers import SoftmaxCE, assert_gradients
from nets import Sequential, fit, neural_language_model, text_classifier
from nets.text import Vocabulary, padded, perplexity, windows
from optimizers import Adam

RNG = np.random.default_rng(0)
IDS = RNG.integers(1, 7, size=(5, 3))
VECTORS = RNG.normal(size=(7, 4))


def kinds(net):
    return [type(layer).__name__ for layer in net]


class TestNeuralLanguageModel:
    def test_words_are_looked_up_laid_side_by_side_and_go_through_a_perceptron(self):
        net = neural_language_model(7, 3, dim=4, hidden=5, rng=0)
        assert isinstance(net, Sequential)
        hidden = ["FullyConnected", "Tanh"]
        assert kinds(net) == ["Embedding", "Flatten", *hidden, "FullyConnected"]
        assert net.params["2.W"].shape == (12, 5)
        assert net.predict(IDS).shape == (5, 7)
        W1, W2 = net.params["2.W"], net.params["4.W"]
        x = np.concatenate([net.params["0.W"][word] for word in IDS[0]])
        np.testing.assert_allclose(net.predict(IDS)[0], np.tanh(x @ W1) @ W2, atol=1e-12)

    def test_there_may_be_several_hidden_layers_or_none(self):
        net = neural_language_model(7, 3, hidden=[5, 6], activation="relu", dropout=0.5)
        hidden = ["FullyConnected", "ReLU", "Dropout"]
        assert kinds(net) == ["Embedding", "Flatten", *hidden, *hidden, "FullyConnected"]
        assert kinds(neural_language_model(7, 3, hidden=())) == [
            "Embedding",
            "Flatten",
            "FullyConnected",
        ]

    @pytest.mark.parametrize("trainable", [True, False])
    @pytest.mark.parametrize("vectors", [None, VECTORS])
    def test_its_gradients_are_correct(self, trainable, vectors):
        net = neural_language_model(
            7, 3, dim=4, hidden=5, vectors=vectors, trainable=trainable, rng=0
        )
        assert ("0.W" in net.params) is trainable
        assert_gradients(net, IDS, loss=(SoftmaxCE(), RNG.integers(7, size=5)))

    def test_it_learns_a_text_by_heart(self):
        vocabulary = Vocabulary("abcd", unknown=None)
        x, y = windows(vocabulary.ids("abacad" * 20), 2)
        net = neural_language_model(4, 2, dim=4, hidden=16, rng=0)
        fit(net, SoftmaxCE(), Adam(0.05), x, y, epochs=30, batch_size=32, rng=0, progress=False)
        assert perplexity(net, x, y) < 1.01


class TestTextClassifier:
    def test_averaged_the_order_does_not_count(self):
        net = text_classifier(7, 2, dim=4, hidden=5, rng=0)
        assert kinds(net) == ["MeanEmbedding", "FullyConnected", "ReLU", "FullyConnected"]
        np.testing.assert_allclose(net.predict(IDS), net.predict(IDS[:, ::-1]), atol=1e-12)
        assert net.predict(IDS[:, :1]).shape == (5, 2)

    def test_the_padding_does_not_count(self):
        net = text_classifier(7, 2, padding=0, rng=0)
        longer = np.concatenate([np.zeros((5, 4), int), IDS], axis=1)
        np.testing.assert_allclose(net.predict(longer), net.predict(IDS), atol=1e-12)

    def test_side_by_side_each_place_has_weights_of_its_own(self):
        net = text_classifier(7, 2, length=3, dim=4, rng=0)
        assert kinds(net) == ["Embedding", "Flatten", "FullyConnected"]
        assert net.params["2.W"].shape == (12, 2)

    @pytest.mark.parametrize("length", [None, 3])
    @pytest.mark.parametrize("trainable", [True, False])
    @pytest.mark.parametrize("vectors", [None, VECTORS])
    def test_its_gradients_are_correct(self, length, trainable, vectors):
        net = text_classifier(
            7, 2, length=length, dim=4, hidden=5, vectors=vectors, trainable=trainable, rng=0
        )
        assert ("0.W" in net.params) is trainable
        assert_gradients(net, IDS, loss=(SoftmaxCE(), RNG.integers(2, size=5)))

    def test_it_learns_which_word_tells_the_class(self):
        texts = [RNG.permutation([*"abc"[: n % 3 + 1], "xy"[n % 2]]) for n in range(60)]
        vocabulary = Vocabulary("abcxy", padding=".")
        x, y = padded([list(text) for text in texts], vocabulary), np.arange(60) % 2
        net = text_classifier(len(vocabulary), 2, padding=1, dim=4, rng=0)
        history = fit(net, SoftmaxCE(), Adam(0.05), x, y, epochs=30, rng=0, progress=False)
        assert history.accuracy[-1] == 1


@pytest.mark.parametrize("recipe", [neural_language_model, text_classifier])
class TestVectors:
    def test_given_ones_are_where_it_starts(self, recipe):
        net = recipe(7, 3, vectors=VECTORS, rng=0)
        np.testing.assert_array_equal(net[0].W, VECTORS)
        assert net[0].dim == 4
        net.params["0.W"][...] = 0
        assert VECTORS.any()

    def test_without_there_are_64_numbers_unless_asked(self, recipe):
        assert recipe(7, 3)[0].dim == 64
        assert recipe(7, 3, dim=5)[0].dim == 5

    def test_the_dtype_is_kept(self, recipe):
        net = recipe(7, 3, vectors=VECTORS, dtype="float32")
        assert {array.dtype for array in net.params.values()} == {np.dtype("float32")}

    @pytest.mark.parametrize(
        ("vectors", "dim", "message"),
        [
            (VECTORS[:6], None, "expected vectors of shape (7, dim), one for each word of the"),
            (VECTORS, 5, "expected vectors of shape (7, 5), one for each word of the vocabulary"),
            (VECTORS[0], None, "expected vectors of shape (7, dim), one for each word of the"),
            (None, 0, "expected dim to be a positive integer, got 0"),
        ],
    )
    def test_those_that_do_not_fit_are_refused(self, recipe, vectors, dim, message):
        with pytest.raises(ValueError, match=f"^{recipe.__name__}: {re.escape(message)}"):
            recipe(7, 3, vectors=vectors, dim=dim)

    def test_bad_settings_name_the_recipe(self, recipe):
        message = f"^{recipe.__name__}: expected activation to be one of relu, .*, got 'x'$"
        with pytest.raises(ValueError, match=message):
            recipe(7, 3, hidden=4, activation="x")
        with pytest.raises(ValueError, match=f"^{recipe.__name__}: expected hidden to be a"):
            recipe(7, 3, hidden=0)


def test_the_window_and_the_length_are_counts():
    with pytest.raises(ValueError, match="neural_language_model: expected context to be a pos"):
        neural_language_model(7, 0)
    with pytest.raises(
        ValueError, match="text_classifier: expected length to be a positive integer"
    ):
        text_classifier(7, 2, length=0)
