import numpy as np
import pytest

from layers import MSE, Dropout, FullyConnected, ReLU, SoftmaxCE, Tanh, gradcheck
from layers.gradcheck.laws import (
    arguments_untouched,
    arrays,
    broken_laws,
    linear_in_dout,
    nothing_overwritten,
    repeatable,
    same_twice,
)
from layers.gradcheck.numeric.experiment import Experiment
from nets import Sequential
from tests.layers.gradcheck import wrong_layers as wrong

X = np.random.default_rng(0).normal(size=(5, 4))
LAWS = [arguments_untouched, repeatable, same_twice, linear_in_dout, nothing_overwritten]


def bench(layer, *inputs, loss=None):
    return Experiment(layer, inputs, loss, np.random.default_rng(0))


def told(law, layer, *inputs):
    return [(found.mistake, found.tensor) for found in law(bench(layer, *(inputs or (X,))))]


@pytest.mark.parametrize(
    ("layer", "inputs"),
    [
        (FullyConnected(4, 3), (X,)),
        (ReLU(), (X,)),
        (ReLU(), (np.zeros((2, 2)),)),
        (Tanh(), (1e-200 * X,)),
        (Tanh(), (1e200 * X,)),
        (Dropout(0.5, rng=0), (X,)),
        (MSE(), (X, X)),
        (MSE(), (X, 2 * X)),
        (SoftmaxCE(), (X, [0, 1, 2, 3, 0])),
        (wrong.Multiply(), (X, X)),
        (wrong.SinAndSquare(), (X,)),
        (wrong.Square(), (3.0,)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_correct_layers_break_no_law(layer, inputs):
    assert list(broken_laws(bench(layer, *inputs))) == []
    for law in LAWS:
        assert list(law(bench(layer, *inputs))) == []


def test_all_laws_are_run():
    layer = wrong.SquareIgnoringDout()
    assert list(broken_laws(bench(layer, X))) == list(linear_in_dout(bench(layer, X)))


@pytest.mark.parametrize(
    ("layer", "tensor", "evidence"),
    [
        (wrong.SquareShiftingTheInput(), "input 0", "forward changes input 0 in place"),
        (wrong.SquareScalingDout(), "dout", "backward changes dout in place"),
        (
            wrong.UpdatingInBackward(),
            "the parameter W",
            "backward changes the parameter W in place",
        ),
        (
            wrong.NormalizingInForward(),
            "the parameter b",
            "forward changes the parameter b in place",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_writing_into_arguments_is_found_and_undone(layer, tensor, evidence):
    experiment = bench(layer, X)
    given = [*experiment.inputs, experiment.dout, *experiment.tensors().values()]
    before = [array.tobytes() for array in given]
    (finding,) = arguments_untouched(experiment)
    assert (finding.mistake, finding.tensor) == ("mutates-input", tensor)
    assert finding.evidence == evidence
    assert [array.tobytes() for array in given] == before


def test_writing_into_the_second_of_two_inputs_is_found():
    class AddInto(wrong.Add):
        def forward(self, a, b):
            y = a + b
            b += 1
            return y

    assert told(arguments_untouched, AddInto(), X, X) == [("mutates-input", "input 1")]


def test_writing_into_labels_is_found():
    class Counting(SoftmaxCE):
        def forward(self, scores, labels):
            value = super().forward(scores, labels)
            labels[...] = (labels + 1) % 4
            return value

    assert told(arguments_untouched, Counting(), X, np.array([0, 1, 2, 3, 0])) == [
        ("mutates-input", "input 1")
    ]


def test_random_numbers_that_cannot_be_restored_are_found():
    (finding,) = repeatable(bench(wrong.DropoutOfItsClass(), X))
    assert (finding.mistake, finding.tensor) == ("not-repeatable", "")
    assert "must come from a numpy.random.Generator that the layer holds" in finding.evidence


def test_adding_up_over_calls_is_found():
    assert told(same_twice, wrong.Accumulating()) == [("accumulates", "W"), ("accumulates", "b")]


def test_adding_up_into_the_gradient_of_x_is_found():
    class Summing(wrong.Square):
        total = 0.0

        def backward(self, dout):
            self.total = self.total + dout
            return self.total * 2 * self.x, {}

    assert told(same_twice, Summing()) == [("accumulates", "x")]


def test_another_shape_in_the_second_backward_is_found():
    class Growing(wrong.Square):
        calls = 0

        def backward(self, dout):
            self.calls += 1
            return np.ones(self.calls), {}

    assert told(same_twice, Growing()) == [("accumulates", "x")]


def test_reusing_memory_is_found():
    (finding,) = nothing_overwritten(bench(wrong.ReusingGradients(), X))
    assert (finding.mistake, finding.tensor) == ("overwrites", "W")
    assert finding.evidence == (
        "a second backward overwrites the gradient of W that the first returned"
    )


def test_reusing_memory_is_found_where_both_calls_write_the_same():
    class Reusing(wrong.Square):
        def backward(self, dout):
            self.out = getattr(self, "out", np.empty_like(dout))
            np.multiply(2 * self.x, dout, out=self.out)
            return self.out, {}

    assert told(broken_laws, Reusing()) == [("overwrites", "x")]


@pytest.mark.parametrize(
    ("layer", "inputs", "tensors"),
    [
        (wrong.SquareIgnoringDout(), (X,), ["x"]),
        (wrong.SquareOfTheSizeOfDout(), (X,), ["x"]),
        (wrong.ReLUWithTheMaskOfDout(), (X,), ["x"]),
        (wrong.MSEIgnoringDout(), (X, 2 * X), ["x"]),
        (wrong.DWDecayed(), (X,), []),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_not_linear_in_dout_is_found(layer, inputs, tensors):
    assert told(linear_in_dout, layer, *inputs) == [("ignores-dout", name) for name in tensors]


def test_what_ignores_one_of_two_douts_is_found():
    class Half(wrong.SinAndSquare):
        def backward(self, dout):
            return dout[0] * np.cos(self.x) + 2 * self.x, {}

    assert told(linear_in_dout, Half()) == [("ignores-dout", "x")]


def test_a_parameter_that_ignores_dout_is_found():
    class Fixed(wrong.Affine):
        def db(self, dout):
            return np.ones(3)

    assert told(linear_in_dout, Fixed()) == [("ignores-dout", "b")]


def test_a_loss_after_the_layer_obeys_the_law_too():
    experiment = bench(wrong.Affine(), X, loss=(wrong.MSEIgnoringDout(), np.zeros((5, 3))))
    assert {found.mistake for found in linear_in_dout(experiment)} == {"ignores-dout"}


def test_gradients_by_name():
    dx, W = np.ones(2), np.zeros(3)
    assert list(arrays((dx, {"W": W}))) == ["x", "W"]
    assert list(arrays(((dx, None, dx), {"W": W}))) == ["x0", "x2", "W"]
    assert list(arrays((None, {"W": W}))) == ["W"]
    assert arrays((dx, {"W": W}))["W"] is W
    assert arrays((2.0, {}))["x"].tolist() == 2.0


class RunningMean(wrong.Square):
    """A layer with a buffer, which forward may write into."""

    writes = False

    def __init__(self):
        super().__init__()
        self.buffers = {"mean": np.zeros(4)}

    def forward(self, x):
        self.buffers["mean"] += x.mean(axis=0)
        return super().forward(x)

    def backward(self, dout):
        self.buffers["mean"] *= 1 - self.writes / 2
        return super().backward(dout)


def test_only_forward_may_write_into_buffers():
    layer = RunningMean()
    assert gradcheck(layer, X)
    layer.writes = True
    report = gradcheck(Sequential(layer), X)
    assert [(f.mistake, f.tensor) for f in report.findings] == [
        ("mutates-input", "the buffer 0.mean")
    ]
    assert not layer.buffers["mean"].any()
