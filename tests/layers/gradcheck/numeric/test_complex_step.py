import numpy as np
import pytest

from layers import MSE, Dropout, FullyConnected, ReLU, SoftmaxCE, gradcheck
from layers.gradcheck.numeric.complex_step import complex_twin
from layers.gradcheck.numeric.experiment import Experiment
from tests.layers.gradcheck.wrong_layers import (
    Add,
    Affine,
    Chain,
    Holding,
    Plain,
    SinAndSquare,
    Square,
    Tampered,
)

X = np.random.default_rng(0).normal(size=(5, 4))


def twin_of(layer, *inputs, loss=None):
    experiment = Experiment(layer, inputs, loss, np.random.default_rng(0))
    return experiment, complex_twin(experiment)


def test_the_slope_is_correct_to_the_last_digits():
    class Bell(Plain):
        def forward(self, x):
            return np.exp(-(x**2)) * np.sin(x)

    experiment, twin = twin_of(Bell(), X)
    slope = np.exp(-(X**2)) * (np.cos(X) - 2 * X * np.sin(X))
    for index in np.ndindex(X.shape):
        expected = experiment.dout[index] * slope[index]
        assert twin.slope("x", index) == pytest.approx(expected, rel=1e-14)


def test_parameters_and_inputs_are_moved_and_restored():
    experiment, twin = twin_of(Affine(), X)
    dx, grads = experiment.gradients()
    for _ in range(2):
        for name, g in {"x": dx, **grads}.items():
            for index in np.ndindex(g.shape):
                assert twin.slope(name, index) == pytest.approx(g[index], rel=1e-13, abs=1e-15)


def test_several_inputs_and_several_outputs():
    experiment, twin = twin_of(Add(), X, 2 * X)
    assert twin.slope("x1", (1, 2)) == pytest.approx(experiment.dout[1, 2], rel=1e-14)
    experiment, twin = twin_of(SinAndSquare(), X)
    dx, _ = experiment.gradients()
    assert twin.slope("x", (1, 2)) == pytest.approx(dx[1, 2], rel=1e-14)


def test_random_layers_draw_the_same_numbers():
    layer = Holding(np.random.default_rng(3), lambda rng, x: rng.normal(size=x.shape))
    experiment, twin = twin_of(layer, X)
    dx, _ = experiment.gradients()
    for index in ((0, 0), (4, 3)):
        assert twin.slope("x", index) == pytest.approx(dx[index], rel=1e-14)


def test_entries_of_0_are_moved_too():
    _, twin = twin_of(Square(), np.zeros(3))
    assert twin.slope("x", (0,)) == 0.0
    experiment, twin = twin_of(Chain(Affine(), Square()), np.zeros((2, 4)))
    dx, _ = experiment.gradients()
    assert twin.slope("x", (0, 0)) == pytest.approx(dx[0, 0], rel=1e-13)


class GivesRealNumbers(Plain):
    def forward(self, x):
        return np.abs(x)


class DropsTheImaginaryPart(Plain):
    def forward(self, x):
        y = np.zeros(x.shape)
        y[...] = x
        return y


class GivesAnotherShape(Plain):
    def forward(self, x):
        return x[:-1] if x.dtype.kind == "c" else x


@pytest.mark.parametrize(
    ("layer", "inputs", "loss"),
    [
        (FullyConnected(4, 3), (X,), None),
        (ReLU(), (X,), None),
        (Dropout(0.5, rng=0), (X,), None),
        (MSE(), (X, X), None),
        (Affine(), (X,), (SoftmaxCE(), [0, 1, 2, 0, 1])),
        (GivesRealNumbers(), (X,), None),
        (DropsTheImaginaryPart(), (X,), None),
        (GivesAnotherShape(), (X,), None),
    ],
    ids=lambda value: type(value).__name__,
)
def test_layers_that_do_not_compute_with_complex_numbers_have_no_twin(layer, inputs, loss):
    assert twin_of(layer, *inputs, loss=loss)[1] is None


def test_a_students_loss_after_a_students_layer_can_be_complex():
    class Sum(Plain):
        def forward(self, y, factor):
            return (factor * y).sum()

        def backward(self, dout=1.0):
            return 3.0 * dout * np.ones((5, 3)), {}

    experiment, twin = twin_of(Affine(), X, loss=(Sum(), 3.0))
    _, grads = experiment.gradients()
    assert twin.slope("W", (2, 1)) == pytest.approx(grads["W"][2, 1], rel=1e-13)


def test_the_errors_of_a_check_show_the_digits():
    for tensor in gradcheck(Affine(), X).tensors:
        assert tensor.worst.error < 1e-13
    (tensor,) = gradcheck(Square(), X).tensors
    assert tensor.worst.error < 1e-15


def test_a_twin_that_disagrees_with_the_differences_is_not_believed():
    class Absolute(Plain):
        """The imaginary part gets lost in the first term only."""

        def forward(self, x):
            self.x = x
            return np.abs(x) + x

        def backward(self, dout):
            return dout * (np.sign(self.x) + 1), {}

    assert twin_of(Absolute(), X)[1] is not None
    assert gradcheck(Absolute(), X)
    assert not gradcheck(Tampered(Absolute(), "x", lambda g: g / 2), 1 + np.abs(X))


def test_a_layer_that_refuses_beside_the_point_has_no_slope_there():
    class Picky(Square):
        def forward(self, x):
            if np.imag(x).any():
                raise ValueError("only along the real line")
            return super().forward(x)

    _, twin = twin_of(Picky(), X)
    assert twin.slope("x", (0, 0)) is None
    assert gradcheck(Picky(), X)
