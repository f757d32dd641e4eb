import copy
import pickle
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers import (
    Embedding,
    Flatten,
    FullyConnected,
    Mean,
    SoftmaxCE,
    Tanh,
    assert_gradients,
    gradcheck,
)
from layers.core.params import buffers
from nets import Sequential
from optimizers import AdamW

VECTORS = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]


def exactly(text):
    return "^" + re.escape(text) + "$"


def with_vectors(trainable=True, **options):
    embedding = Embedding(3, 2, trainable=trainable, **options)
    embedding.W[...] = VECTORS
    return embedding


def model(trainable=True, rng=0):
    """A language model in small: three words, concatenated, predict the next."""
    rng = np.random.default_rng(rng)
    return Sequential(
        Embedding(7, 4, trainable=trainable, rng=rng),
        Flatten(),
        FullyConnected(12, 8, rng=rng),
        Tanh(),
        FullyConnected(8, 7, rng=rng),
    )


IDS = np.array([[0, 1, 2], [2, 2, 6], [5, 0, 2], [6, 6, 6]])
LABELS = np.array([3, 0, 1, 6])


def test_by_hand():
    embedding = with_vectors()
    y = embedding.forward([[2, 0], [2, 2]])
    assert y.tolist() == [[[5.0, 6.0], [1.0, 2.0]], [[5.0, 6.0], [5.0, 6.0]]]
    dx, grads = embedding.backward([[[1.0, 10.0], [2.0, 20.0]], [[4.0, 40.0], [8.0, 80.0]]])
    assert dx is None
    assert grads["W"].tolist() == [[2.0, 20.0], [0.0, 0.0], [13.0, 130.0]]


@pytest.mark.parametrize("shape", [(), (4,), (4, 3), (2, 3, 4), (0, 3), (4, 0)])
def test_ids_may_have_any_shape(shape):
    ids = np.arange(np.prod(shape, dtype=int)).reshape(shape) % 3
    embedding = with_vectors()
    y = embedding.forward(ids)
    assert y.shape == embedding.predict(ids).shape == (*shape, 2)
    np.testing.assert_array_equal(y, np.array(VECTORS)[ids])
    _, grads = embedding.backward(np.ones((*shape, 2)))
    times = np.bincount(ids.ravel(), minlength=3)
    np.testing.assert_array_equal(grads["W"], np.stack([times, times], axis=1))


def test_it_is_a_fully_connected_layer_of_one_hot_rows():
    embedding, dense = with_vectors(), FullyConnected(3, 2, bias=False)
    dense.params["W"] = VECTORS
    ids, rng = np.array([2, 0, 2, 1]), np.random.default_rng(0)
    dout = rng.normal(size=(4, 2))
    np.testing.assert_array_equal(embedding.forward(ids), dense.forward(np.eye(3)[ids]))
    np.testing.assert_allclose(
        embedding.backward(dout)[1]["W"], dense.backward(dout)[1]["W"], rtol=1e-14
    )


@given(
    st.lists(st.integers(0, 4), max_size=30),
    st.integers(1, 5),
    st.sampled_from([np.float32, np.float64]),
)
@settings(deadline=None, max_examples=60, derandomize=True)
def test_the_places_of_a_word_add_up(ids, dim, dtype):
    embedding = Embedding(5, dim, dtype=dtype, rng=0)
    ids = np.array(ids, int)
    dout = np.random.default_rng(0).normal(size=(len(ids), dim)).astype(dtype)
    np.testing.assert_array_equal(embedding.forward(ids), embedding.W[ids])
    _, grads = embedding.backward(dout)
    expected = [dout[ids == word].sum(axis=0, dtype=float) for word in range(5)]
    assert grads["W"].dtype == dtype
    np.testing.assert_allclose(grads["W"], expected, atol=1e-5 if dtype == np.float32 else 1e-14)


@pytest.mark.parametrize(
    ("ids", "found"),
    [
        ([0, 3], "3 at [1]"),
        ([0, -1], "-1 at [1]"),
        ([[0, 1], [7, 9]], "7 at [1, 0]"),
        (5, "5"),
        (np.array([0, 255], np.uint8), "255 at [1]"),
        (np.array([0, -128], np.int8), "-128 at [1]"),
        (np.array([2**63], np.uint64), f"{2**63} at [0]"),
    ],
)
def test_an_id_out_of_range_is_refused_with_its_place(ids, found):
    embedding = with_vectors()
    message = f"Embedding 3 -> 2: expected ids from 0 to 2, because there are 3 words, got {found}"
    for verb in (embedding.forward, embedding.predict):
        with pytest.raises(ValueError, match=exactly(message)):
            verb(ids)
    with pytest.raises(RuntimeError, match="before forward"):
        embedding.backward(1.0)


@pytest.mark.parametrize("ids", [[0.0, 1.0], [], np.array([True, False]), np.ones((2, 3))])
def test_ids_that_are_not_integers_are_refused(ids):
    message = (
        f"Embedding 3 -> 2: expected integer ids, got dtype {np.asarray(ids).dtype}; "
        "pass ids.astype(int) if they number words"
    )
    with pytest.raises(TypeError, match=exactly(message)):
        with_vectors().forward(ids)


def test_words_in_place_of_ids_are_refused():
    with pytest.raises(TypeError, match=r"^Embedding 3 -> 2: expected ids to be an array of real"):
        with_vectors().forward(["in", "the", "beginning"])


@pytest.mark.parametrize("name", ["vocabulary_size", "dim"])
@pytest.mark.parametrize("value", [0, -3, 2.0, "5", None, True])
def test_sizes_are_positive_integers(name, value):
    sizes = {"vocabulary_size": 5, "dim": 2, name: value}
    message = f"Embedding: expected {name} to be a positive integer, got {value!r}"
    with pytest.raises(ValueError, match=exactly(message)):
        Embedding(**sizes)


@pytest.mark.parametrize("value", ["no", 1, None])
def test_trainable_is_true_or_false(value):
    message = f"Embedding: expected trainable to be True or False, got {value!r}"
    with pytest.raises(TypeError, match=exactly(message)):
        Embedding(3, 2, trainable=value)


def test_vectors_come_from_the_seed_and_are_small():
    one, same, other = (Embedding(50, 20, rng=seed) for seed in (1, 1, 2))
    assert one.W.tolist() == same.W.tolist() != other.W.tolist()
    assert 0.09 < np.abs(one.W).max() <= 0.1


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({}, "Embedding(3, 2)"),
        ({"trainable": False, "rng": 5}, "Embedding(3, 2, trainable=False)"),
        ({"dtype": "f4"}, "Embedding(3, 2, dtype='float32')"),
        ({"weight_init": "zeros"}, "Embedding(3, 2, weight_init='zeros')"),
    ],
)
def test_repr(options, text):
    assert repr(Embedding(3, 2, **options)) == text


# In nets.


def test_a_net_that_begins_with_words_has_no_gradient_of_its_input():
    net = model()
    y = net.forward(IDS)
    dx, grads = net.backward(np.ones_like(y))
    assert dx is None
    assert list(grads) == list(net.params) == ["0.W", "2.W", "2.b", "4.W", "4.b"]
    none, same = net.backward(np.ones_like(y), input_gradient=False)
    assert none is None
    assert all(np.array_equal(same[name], grads[name]) for name in grads)


@pytest.mark.parametrize(
    "net",
    [
        model(),
        model(trainable=False),
        Sequential(Sequential(Embedding(7, 4, rng=0), Mean()), FullyConnected(4, 7, rng=1)),
        Sequential(Embedding(7, 4, rng=0), FullyConnected(4, 3, rng=1), Tanh(), Mean()),
    ],
)
def test_gradients_of_such_nets_are_correct(net):
    assert_gradients(net, IDS)


def test_the_gradients_after_a_loss_are_correct():
    assert_gradients(model(), IDS, loss=(SoftmaxCE(), LABELS))


def test_a_wrong_gradient_of_the_vectors_is_found():
    class Last(Embedding):
        """Of a word that stands there twice, only the last place counts."""

        def backward(self, dout):
            W = np.zeros_like(self.W)
            W[self._ids] = dout
            return None, {"W": W}

    report = gradcheck(Last(7, 4, rng=0), IDS)
    assert [tensor.name for tensor in report.tensors if not tensor] == ["W"]


def test_the_summary_knows_shapes_and_what_is_frozen():
    rows = model().summary((3,)).rows
    assert [shape for _, shape, _ in rows] == ["(N, 3, 4)", "(N, 12)", "(N, 8)", "(N, 8)", "(N, 7)"]
    total = model(trainable=False).summary().total
    assert total == "167 parameters, 1.3 kB in float64, beside 28 numbers that are not trained"
    frozen = Sequential(Embedding(3, 2, trainable=False)).summary()
    assert frozen.total == "no parameters, beside 6 numbers that are not trained"


# Frozen vectors.


def test_frozen_vectors_are_not_parameters():
    embedding = with_vectors(trainable=False)
    assert embedding.params == {}
    assert not embedding.trainable
    assert embedding.buffers["W"] is embedding.W
    assert embedding.forward([2]).tolist() == [[5.0, 6.0]]
    assert embedding.backward([[1.0, 1.0]]) == (None, {})


def test_trained_vectors_are_not_buffers():
    embedding = with_vectors()
    assert embedding.buffers == {}
    assert embedding.trainable
    assert embedding.params["W"] is embedding.W


def test_frozen_vectors_are_set_like_parameters():
    embedding = Embedding(3, 2, trainable=False, dtype="float32")
    W = embedding.W
    embedding.buffers["W"] = VECTORS
    assert embedding.W is W
    assert W.tolist() == VECTORS
    with pytest.raises(ValueError, match="'W': expected an array of shape"):
        embedding.buffers["W"] = np.ones((2, 2))
    with pytest.raises(KeyError, match="expected the parameters 'W', got none"):
        embedding.buffers = {}
    with pytest.raises(AttributeError):
        embedding.trainable = True


def test_dout_is_checked_for_frozen_vectors_too():
    embedding = with_vectors(trainable=False)
    embedding.forward([2])
    message = "Embedding 3 -> 2: expected dout of shape (1, 2), the shape of the output, got (2,)"
    with pytest.raises(ValueError, match=exactly(message)):
        embedding.backward([1.0, 1.0])


def test_no_optimizer_moves_frozen_vectors():
    net = model(trainable=False)
    before = net[0].W.copy()
    loss, optimizer = SoftmaxCE(), AdamW(0.1, weight_decay=0.5)
    for _ in range(30):
        loss.forward(net.forward(IDS), LABELS)
        _, grads = net.backward(loss.backward()[0])
        optimizer.step(net.params, grads)
    assert np.array_equal(net[0].W, before)
    assert (net.predict(IDS).argmax(axis=1) == LABELS).all()


def test_trained_vectors_are_moved_and_those_of_other_words_are_not():
    net = model()
    before = net[0].W.copy()
    loss = SoftmaxCE()
    loss.forward(net.forward(IDS), LABELS)
    _, grads = net.backward(loss.backward()[0])
    AdamW(0.1, weight_decay=0).step(net.params, grads)
    moved = (before != net[0].W).any(axis=1)
    assert moved.tolist() == [True, True, True, False, False, True, True]


@pytest.mark.parametrize(
    "duplicate",
    [
        copy.deepcopy,
        lambda layer: pickle.loads(pickle.dumps(layer)),
        lambda layer: layer.astype(np.float64),
    ],
)
def test_copies_do_not_share_frozen_vectors(duplicate):
    for thing in (with_vectors(trainable=False), Sequential(with_vectors(trainable=False))):
        other = duplicate(thing)
        (name,) = other.buffers
        assert other.params == {}
        assert other.buffers[name].tolist() == VECTORS
        assert not np.shares_memory(other.buffers[name], thing.buffers[name])
        assert other.predict([1]).tolist() == [[3.0, 4.0]]


def test_astype_casts_frozen_vectors():
    net = Sequential(with_vectors(trainable=False), FullyConnected(2, 2)).astype(np.float32)
    assert net.buffers["0.W"].dtype == net[0].dtype == net.predict([0]).dtype == np.float32
    assert net.buffers["0.W"].tolist() == VECTORS
    assert net.buffers["0.W"] is net[0].W


@pytest.mark.parametrize("trainable", [True, False])
def test_a_net_is_saved_with_its_vectors(trainable, tmp_path):
    net = Sequential(model(trainable), Tanh())
    net.save(tmp_path / "net.safetensors")
    other = Sequential.load(tmp_path / "net.safetensors")
    assert repr(other) == repr(net)
    assert list(other.buffers) == ([] if trainable else ["0.0.W"])
    assert np.array_equal(other.predict(IDS), net.predict(IDS))
    third = Sequential(model(trainable, rng=9), Tanh())
    W = third[0][0].W
    third.load_params(tmp_path / "net.safetensors")
    assert third[0][0].W is W
    assert np.array_equal(third.predict(IDS), net.predict(IDS))


def test_vectors_that_were_trained_are_loaded_to_be_frozen(tmp_path):
    net, frozen = model(), model(trainable=False, rng=9)
    net.save(tmp_path / "net.safetensors")
    frozen.load_params(tmp_path / "net.safetensors")
    assert np.array_equal(frozen.predict(IDS), net.predict(IDS))


def test_a_students_layer_need_not_have_buffers_and_may_use_the_name_for_something_else():
    class Student:
        params = {}  # noqa: RUF012, what a student may write

        def forward(self, x):
            return x

        def backward(self, dout):
            return dout, {}

    assert buffers(Student()) == {}
    student = Student()
    student.buffers = [np.ones(3)]
    net = Sequential(student, with_vectors(trainable=False))
    assert list(net.buffers) == ["1.W"]
    assert net.astype(np.float32).buffers["1.W"].dtype == np.float32


def test_buffers_of_a_net_are_keyed_like_its_params():
    net = Sequential(Tanh(), Sequential(with_vectors(trainable=False)), with_vectors())
    assert list(net.buffers) == ["1.0.W"]
    assert list(net.params) == ["2.W"]
    net.buffers["1.0.W"] = np.zeros((3, 2))
    assert not net[1][0].W.any()
