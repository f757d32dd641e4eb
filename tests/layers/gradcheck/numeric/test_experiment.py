import numpy as np
import pytest

from layers import MSE, Dropout, FullyConnected, SoftmaxCE, Tanh
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.in_place_writes import WriteGuard
from layers.gradcheck.numeric.perturbation import flat, size_of
from tests.layers.gradcheck import wrong_layers as wrong
from tests.layers.gradcheck.wrong_layers import Add, Affine, Chain, Plain, SinAndSquare, Square

X = np.random.default_rng(0).normal(size=(5, 4))


def bench(layer, *inputs, loss=None, seed=0):
    return Experiment(layer, inputs, loss, np.random.default_rng(seed))


def test_layer_and_inputs_are_copies_in_float64():
    layer, x = FullyConnected(4, 3, dtype="float32"), X.astype(np.float32)
    experiment = bench(layer, x)
    assert experiment.layer is not layer
    assert experiment.name == "FullyConnected 4 -> 3"
    assert experiment.y.dtype == experiment.inputs[0].dtype == np.float64
    assert not np.shares_memory(experiment.inputs[0], x)
    assert {array.dtype for array in experiment.tensors().values()} == {np.dtype(float)}
    assert not np.shares_memory(experiment.tensors()["W"], layer.params["W"])


def test_float64_inputs_are_copied_too():
    experiment = bench(Square(), X)
    assert not np.shares_memory(experiment.inputs[0], X)
    assert experiment.inputs[0].tolist() == X.tolist()


@pytest.mark.parametrize("kind", [int, np.uint8, bool])
def test_inputs_that_are_not_floating_keep_their_dtype(kind):
    labels = np.array([0, 1, 1, 0, 1], kind)
    experiment = bench(Add(), X[:, 0], labels)
    assert experiment.inputs[1].dtype == kind
    assert experiment.inputs[1] is not labels


def test_tensors_are_the_floating_parameters_live():
    layer = Affine()
    layer.params |= {"counts": np.arange(3), "number": 2.0}
    experiment = bench(layer, X)
    assert list(experiment.tensors()) == ["W", "b"]
    before = experiment.run()
    experiment.tensors()["b"][...] += 1
    np.testing.assert_allclose(experiment.run(), before + 1)


def test_a_run_is_one_forward_pass():
    experiment = bench(Square(), X)
    np.testing.assert_array_equal(experiment.run(), X**2)
    np.testing.assert_array_equal(experiment.y, X**2)


def test_gradients_are_what_backward_returns():
    dx, grads = bench(Square(), X).gradients(np.ones_like(X))
    np.testing.assert_array_equal(dx, 2 * X)
    assert grads == {}


def test_a_loss_is_run_after_the_layer():
    labels, weight = [0, 1, 2, 0, 1], np.arange(1.0, 6.0)
    layer, loss = FullyConnected(4, 3, rng=0), SoftmaxCE()
    experiment = bench(layer, X, loss=(loss, labels, weight))
    assert experiment.y == loss.forward(layer.forward(X), labels, weight)
    assert type(experiment.dout) is float
    dscores, _ = loss.backward(experiment.dout)
    expected, _ = layer.backward(dscores)
    found, _ = experiment.gradients(experiment.dout)
    np.testing.assert_array_equal(found, expected)
    assert experiment.loss is not loss


def test_random_layers_draw_the_same_at_each_run():
    net = Chain(Dropout(0.5, rng=0), Tanh(), Dropout(0.5, rng=np.random.default_rng(1)))
    experiment = bench(net, X)
    for _ in range(3):
        np.testing.assert_array_equal(experiment.run(), experiment.y)


@pytest.mark.parametrize("seed", range(5))
def test_dout_is_random_and_nowhere_near_0(seed):
    dout = bench(Square(), np.ones((40, 50)), seed=seed).dout
    assert dout.shape == (40, 50)
    assert abs(dout).min() >= 0.5
    assert abs(dout).max() <= 1.5
    assert 0.4 < (dout > 0).mean() < 0.6
    assert abs(dout.mean()) < 0.1
    assert len(np.unique(dout)) == dout.size


def test_dout_has_the_form_of_the_output():
    assert type(bench(MSE(), X, 2 * X).dout) is float
    assert type(bench(Square(), 2.0).dout) is float
    dsin, dsquare = bench(SinAndSquare(), X).dout
    assert dsin.shape == dsquare.shape == X.shape
    assert dsin.tolist() != dsquare.tolist()


def test_dout_has_the_forms_of_outputs_that_differ():
    class Sums(Plain):
        def forward(self, x):
            return x.sum(axis=0), float(x.sum())

    drows, dall = bench(Sums(), X).dout
    assert drows.shape == (4,)
    assert type(dall) is float


def test_overflow_inside_the_layer_does_not_warn():
    experiment = bench(Square(), [1e200])
    assert experiment.y.tolist() == [np.inf]
    assert experiment.gradients(np.array([1e300]))[0].tolist() == [np.inf]


def test_beside_moves_a_little_and_leaves_the_first_alone():
    experiment = bench(Chain(Affine(), Dropout(0.5, rng=0)), X, loss=(MSE(), np.zeros((5, 3))))
    y, x = experiment.y, experiment.inputs[0].copy()
    aside, other = experiment.beside(experiment.inputs, np.random.default_rng(1))
    moved = aside.inputs[0] - x
    assert abs(moved).min() >= 0.5e-3 * size_of(x)
    assert abs(moved).max() <= 1.5e-3 * size_of(x)
    assert other.inputs[0] == pytest.approx(x - moved)
    assert (aside.tensors()["0.W"] != experiment.tensors()["0.W"]).all()
    assert aside.y == aside.run() != y
    assert aside.dout == experiment.dout
    assert experiment.inputs[0].tolist() == x.tolist()
    assert experiment.run() == y


def test_beside_leaves_labels_where_they_are():
    labels = np.array([0, 1, 2, 3, 0])
    experiment = bench(SoftmaxCE(), X, labels)
    aside, _ = experiment.beside(experiment.inputs[:1], np.random.default_rng(0))
    assert aside.inputs[1].tolist() == labels.tolist()
    assert aside.inputs[1].dtype == labels.dtype


def test_beside_leaves_out_a_side_where_forward_refuses():
    class Log(Plain):
        def forward(self, x):
            if (x <= 1).any():
                raise ValueError("expected numbers above 1")
            return np.log(x)

    experiment = bench(Log(), [1.0 + 1e-9])
    (side,) = experiment.beside(experiment.inputs, np.random.default_rng(0))
    assert side.inputs[0] > experiment.inputs[0]


def test_a_pass_that_writes_finds_the_same_numbers_the_next_time():
    for layer in (wrong.ReLUInPlace(), wrong.ReLUWritingIntoDout()):
        experiment = bench(layer, X)
        dout = experiment.dout.copy()
        for _ in range(2):
            np.testing.assert_array_equal(experiment.run(), np.maximum(X, 0))
            np.testing.assert_array_equal(experiment.gradients()[0], dout * (X > 0))
        assert experiment.inputs[0].tolist() == X.tolist()
        assert experiment.dout.tolist() == dout.tolist()


def test_what_the_first_pass_writes_is_reported_and_restored():
    assert bench(Affine(), X).written == []
    assert bench(wrong.ReLUInPlace(), X).written == ["input 0"]
    layer = wrong.NormalizingInForward()
    experiment = bench(layer, X)
    assert experiment.written == ["the parameter b"]
    assert experiment.tensors()["b"].tolist() == layer.params["b"].tolist()


def test_the_first_output_is_kept_though_the_layer_writes_over_it():
    experiment = bench(wrong.SquareInOneBuffer(), X)
    experiment.run([np.zeros_like(X)])
    np.testing.assert_array_equal(experiment.y, X**2)


def test_a_watch_names_what_is_written_to_and_puts_it_back():
    one, other = np.array([1.0, np.nan]), np.array([2.0, -0.0])
    with WriteGuard({"one": one, "other": other}) as watch:
        other[1] = 0.0  # equal, but not the same bytes
    assert watch.written == ["other"]
    assert str(other[1]) == "-0.0"
    with WriteGuard({"one": one, "other": other}) as watch:
        one[:] = one.copy()
    assert watch.written == []


def test_flat_is_one_vector_of_all_outputs():
    assert flat(3).tolist() == [3.0]
    assert flat(np.float32(2.5)).tolist() == [2.5]
    assert flat([[1, 2], [3, 4]]).tolist() == [1, 2, 3, 4]
    assert flat((np.ones((2, 2)), 5.0, np.zeros(1))).tolist() == [1, 1, 1, 1, 5, 0]
    assert flat(np.ones(3, np.float32)).dtype == np.float64
    assert flat(np.zeros((0, 3))).shape == (0,)


def test_flat_is_a_copy():
    y = np.ones(3)
    assert not np.shares_memory(flat(y), y)


def test_the_size_of_an_array_is_its_root_mean_square():
    assert size_of(np.array([3.0, -4.0, 0.0, 0.0])) == 2.5
    assert size_of(np.array(-2.0)) == 2.0


@pytest.mark.parametrize("array", [np.zeros(3), np.zeros((0, 3)), np.array(0.0)])
def test_the_size_of_nothing_is_1(array):
    assert size_of(array) == 1.0
