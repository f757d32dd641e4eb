import re

import numpy as np
import pytest

from layers import Embedding, Mean, MeanEmbedding
from nets import Sequential

VECTORS = [[9.0, 9.0], [1.0, 2.0], [3.0, 6.0]]


def layer(**options):
    mean = MeanEmbedding(3, 2, **options)
    mean.W[...] = VECTORS
    return mean


def test_by_hand():
    mean = layer(padding=0)
    assert mean.forward([[1, 2], [0, 2]]).tolist() == [[2.0, 4.0], [3.0, 6.0]]
    dx, grads = mean.backward([[2.0, 4.0], [10.0, 20.0]])
    assert dx is None
    assert grads["W"].tolist() == [[0.0, 0.0], [1.0, 2.0], [11.0, 22.0]]


def test_without_padding_it_is_an_embedding_and_a_mean():
    one = layer()
    two = Sequential(Embedding(3, 2), Mean())
    two[0].W[...] = VECTORS
    ids, dout = [[0, 2, 2], [1, 0, 2]], np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_allclose(one.forward(ids), two.forward(ids), rtol=1e-15)
    dW = two.backward(dout)[1]["0.W"]
    np.testing.assert_allclose(one.backward(dout)[1]["W"], dW, rtol=1e-15)


def test_padding_changes_nothing():
    mean, dout = layer(padding=0), np.array([[5.0, 7.0]])
    y, dW = mean.forward([[1, 2, 2]]), mean.backward(dout)[1]["W"]
    for ids in ([[0, 1, 2, 2]], [[1, 0, 2, 0, 2, 0]]):
        np.testing.assert_allclose(mean.forward(ids), y, rtol=1e-15)
        np.testing.assert_allclose(mean.predict(ids), y, rtol=1e-15)
        np.testing.assert_allclose(mean.backward(dout)[1]["W"], dW, rtol=1e-15)


def test_frozen_vectors_have_no_gradient():
    mean = layer(padding=0, trainable=False)
    assert mean.forward([[1, 0]]).tolist() == [[1.0, 2.0]]
    assert mean.backward([[1.0, 1.0]]) == (None, {})


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ([[1, 2], [0, 0]], "expected at least one word in each text, got 0 at [1]"),
        (np.zeros((2, 0), int), "expected at least one word in each text, got 0 at [0]"),
        ([1, 2], "expected ids of shape (N, T), got (2,)"),
        ([[[1]]], "expected ids of shape (N, T), got (1, 1, 1)"),
        ([[3]], "expected ids from 0 to 2, because there are 3 words, got 3 at [0, 0]"),
    ],
)
def test_invalid_ids_are_refused_and_change_nothing(ids, message):
    mean = layer(padding=0)
    mean.forward([[1, 1]])
    for verb in (mean.forward, mean.predict):
        with pytest.raises(ValueError, match=re.escape(f"MeanEmbedding 3 -> 2: {message}")):
            verb(ids)
    assert mean.backward([[1.0, 2.0]])[1]["W"][1].tolist() == [1.0, 2.0]


def test_dout_has_the_shape_of_the_means():
    mean = layer(padding=0)
    mean.forward([[1, 2]])
    message = "MeanEmbedding 3 -> 2: expected dout of shape (1, 2), the shape of the output, got"
    with pytest.raises(ValueError, match=re.escape(message)):
        mean.backward(np.ones((1, 2, 2)))


@pytest.mark.parametrize("padding", ["0", 1.5, True])
def test_the_padding_is_an_integer(padding):
    message = f"MeanEmbedding 3 -> 2: expected padding to be an integer, got {padding!r}"
    with pytest.raises(TypeError, match="^" + re.escape(message) + "$"):
        MeanEmbedding(3, 2, padding=padding)


def test_repr_and_saved_file_have_the_padding(tmp_path):
    net = Sequential(layer(padding=0))
    assert repr(net[0]) == "MeanEmbedding(3, 2, padding=0)"
    net.save(tmp_path / "net.safetensors")
    again = Sequential.load(tmp_path / "net.safetensors")
    assert repr(again) == repr(net)
    assert again.predict([[0, 2]]).tolist() == [[3.0, 6.0]]
