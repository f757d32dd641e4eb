import copy
import random
import re
import threading
from functools import partial

import numpy as np
import pytest

from layers import (
    MSE,
    Dropout,
    Flatten,
    FullyConnected,
    ReLU,
    Sigmoid,
    SigmoidCE,
    SoftmaxCE,
    Tanh,
    assert_gradients,
    gradcheck,
)
from tests.layers.gradcheck import wrong_layers as wrong
from tests.layers.gradcheck.wrong_layers import Affine, Chain, Holding, Plain, Square, Tampered
from tests.layers.table import ROWS, call, gradients

X = np.random.default_rng(0).normal(size=(5, 4))
SQUARE_X = np.random.default_rng(0).normal(size=(5, 3))
LABELS = np.array([0, 1, 2, 0, 1])


def wrong_tensors(report):
    return [tensor.name for tensor in report.tensors if not tensor]


def mistakes(report):
    return {finding.mistake for finding in report.findings}


passes = partial(assert_gradients, explain=False)  # where only the verdict counts

# What is right passes.

SCALES = [1e-6, 1e-2, 1.0, 1e4]


def right_layers(seed, d):
    yield FullyConnected(d, 3, rng=seed)
    yield from (ReLU(), Sigmoid(), Tanh(), Flatten(), Dropout(0.3, rng=seed))
    for activation in (ReLU, Sigmoid, Tanh):
        yield Chain(FullyConnected(d, 4, rng=seed), activation(), FullyConnected(4, 2, rng=seed))


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("seed", range(1))
def test_correct_layers_pass_at_any_scale(scale, seed):
    rng = np.random.default_rng(seed)
    n, d = rng.integers(1, 6, 2)
    x = scale * rng.normal(size=(n, d))
    for layer in right_layers(seed, d):
        gradcheck(layer, x, rng=seed).raise_if_failed()
    passes(MSE(), x, scale * rng.normal(size=(n, d)))
    passes(SoftmaxCE(), x, rng.integers(d, size=n))


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("seed", range(1))
def test_correct_layers_pass_at_exact_kinks(scale, seed):
    rng = np.random.default_rng(seed)
    n, d = rng.integers(1, 6, 2)
    x = scale * rng.integers(-1, 2, size=(n, d))
    x[0, 0] = 0.0
    for layer in right_layers(seed, d):
        gradcheck(layer, x, rng=seed).raise_if_failed()
    passes(MSE(), x, x)
    passes(SoftmaxCE(), x, rng.integers(d, size=n))


@pytest.mark.parametrize("activation", [ReLU, Sigmoid, Tanh])
@pytest.mark.parametrize("seed", range(1))
def test_correct_nets_of_zero_weights_pass(activation, seed):
    rng = np.random.default_rng(seed)
    zero = FullyConnected(4, 5, weight_init="zeros")
    for net in (
        Chain(zero, activation(), FullyConnected(5, 3, rng=seed)),
        Chain(
            FullyConnected(4, 5, rng=1), activation(), FullyConnected(5, 3, rng=2), zero_weights(3)
        ),
        Chain(zero, activation(), FullyConnected(5, 3, weight_init="zeros")),
    ):
        passes(net, rng.normal(size=(6, 4)))
        passes(net, np.zeros((6, 4)))
        if activation is not ReLU:
            passes(net, rng.normal(size=(3, 4)), loss=(SoftmaxCE(), [0, 1, 2]))


@pytest.mark.parametrize("seed", [7, 12, 27])
def test_correct_nets_of_zero_weights_pass_with_a_loss(seed):
    rng = np.random.default_rng(seed)
    net = Chain(FullyConnected(4, 5, weight_init="zeros"), ReLU(), FullyConnected(5, 3, rng=seed))
    passes(net, rng.normal(size=(3, 4)), loss=(SoftmaxCE(), [0, 1, 2]))


@pytest.mark.parametrize("seed", [0, 5, 13])
def test_correct_nets_pass_at_an_input_of_zeros_with_a_loss(seed):
    net = Chain(FullyConnected(4, 5, rng=seed), ReLU(), FullyConnected(5, 3, rng=seed))
    passes(net, np.zeros((1, 4)), loss=(SoftmaxCE(), [0]))


def zero_weights(d):
    return FullyConnected(d, d, weight_init="zeros")


@pytest.mark.parametrize("seed", range(3))
def test_correct_nets_with_a_loss_pass(seed):
    rng = np.random.default_rng(seed)
    n, d, h, classes = rng.integers(1, 7, 4)
    activation = [ReLU, Sigmoid, Tanh][seed % 3]
    net = Chain(FullyConnected(d, h, rng=rng), activation(), FullyConnected(h, classes, rng=rng))
    x = rng.normal(size=(n, d)) * 10.0 ** rng.integers(-4, 3)
    passes(net, x, loss=(SoftmaxCE(), rng.integers(classes, size=n)), rng=seed)
    passes(net, x, loss=(MSE(), rng.normal(size=(n, classes))), rng=seed)


@pytest.mark.parametrize("seed", range(3))
def test_correct_layers_pass_where_entries_are_of_very_different_size(seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(4, 3)) * 10.0 ** rng.integers(-6, 5, (4, 3))
    for layer in right_layers(seed, 3):
        gradcheck(layer, x).raise_if_failed()


@pytest.mark.parametrize("seed", range(3))
def test_correct_nets_of_integers_pass(seed):
    """Many units stand exactly at their kink."""
    rng = np.random.default_rng(seed)
    n, d, m = rng.integers(1, 6, 3)
    net = Chain(FullyConnected(d, 4), ReLU(), FullyConnected(4, m))
    for array in net.params.values():
        array[...] = rng.integers(-2, 3, array.shape)
    passes(net, rng.integers(-2, 3, (n, d)).astype(float))


def close_to_kinks(distance, seed):
    """A net for a single x, each unit of which stands so far to one side of its kink."""
    rng = np.random.default_rng(seed)
    net = Chain(FullyConnected(4, 5, rng=seed), ReLU(), FullyConnected(5, 3, rng=seed))
    x = rng.normal(size=(1, 4))
    (units,) = x @ net.params["0.W"]
    net.params["0.b"][...] = distance * rng.choice([-1, 1], 5) - units
    return net, x


@pytest.mark.parametrize("distance", [1e-8, 1e-6, 1e-4])
@pytest.mark.parametrize("seed", range(2))
def test_correct_nets_close_to_kinks_pass(distance, seed):
    net, x = close_to_kinks(distance, seed)
    passes(net, x)
    passes(net, x, loss=(SoftmaxCE(), [0]))


@pytest.mark.parametrize(("distance", "seed"), [(1e-9, 17), (1e-10, 9), (1e-12, 0)])
def test_correct_nets_closer_to_kinks_pass(distance, seed):
    passes(*close_to_kinks(distance, seed))


def test_two_kinks_that_cancel_are_not_mistakes():
    net = Chain(FullyConnected(1, 2, bias=False), ReLU(), FullyConnected(2, 1, bias=False))
    net.params["0.W"][...] = [[1.0, -1.0]]
    net.params["2.W"][...] = [[1.0], [-1.0]]
    passes(net, np.zeros((1, 1)))


def test_a_kink_under_a_saturated_loss_is_not_a_mistake():
    x, labels = np.array([[-2.0, 1.0, 0.0, 2.0, 2.0]]), [2]
    first, second = FullyConnected(5, 4), FullyConnected(4, 5)
    first.params["W"] = [
        [1, -2, -2, -2],
        [-1, 2, -1, 2],
        [-2, -2, 0, -2],
        [2, -1, 0, -2],
        [1, 1, 0, -1],
    ]
    first.params["b"] = [0, -1, 0, 0]
    second.params["W"] = [
        [-2, 0, 2, 2, -2],
        [-2, -1, 1, -1, -2],
        [1, 1, 2, -1, -2],
        [-1, 1, -1, -2, -1],
    ]
    second.params["b"] = [2, 1, -1, 1, 1]
    passes(Chain(first, ReLU(), second, ReLU()), x, loss=(SoftmaxCE(), labels))


@pytest.mark.parametrize(
    "layer",
    [Affine(), Chain(Affine(), Tanh(), Affine(3, 2)), Square(), Dropout(0.5, rng=0), ReLU()],
    ids=lambda layer: type(layer).__name__,
)
def test_the_correct_layers_beside_the_wrong_ones_pass(layer):
    for seed in range(10):
        gradcheck(layer, X, rng=seed).raise_if_failed()


def test_a_number_and_a_vector_can_be_inputs():
    passes(Square(), 3.0)
    passes(Square(), [1.0, 2.0])
    passes(FullyConnected(4, 3, rng=0), X[0])


def test_a_loss_that_moves_by_last_digits_only_is_not_a_mistake():
    first, last = FullyConnected(2, 2), FullyConnected(2, 2)
    first.params["W"] = [[-0.22672442, 0.0327485], [-0.53315311, 1.21084436]]
    last.params["W"] = [[-0.18702416, 0.14063852], [0.78085958, 1.05961681]]
    x = np.array([[-200.0, 100], [100, -100], [100, 100], [-200, 200], [0, 0]])
    for seed in (0, 2416):
        report = gradcheck(
            Chain(first, ReLU(), last), x, loss=(SoftmaxCE(), [1, 1, 1, 0, 0]), rng=seed
        )
        report.raise_if_failed()


@pytest.mark.parametrize("score", [25.0, 30.0, 34.2, 37.5, 40.0, 100.0])
def test_a_slope_that_lost_its_digits_to_a_difference_is_not_a_mistake(score):
    """p - 1 is what rounding leaves of it, where p is almost 1 and the loss shows how little."""
    passes(SigmoidCE(), np.array([[score]]), np.array([[1]]))
    net = Chain(FullyConnected(1, 1), FullyConnected(1, 1))
    for array in net.params.values():
        array[...] = 1.0
    net.params["0.W"][...] = 1e3
    passes(net, np.array([[(score - 2) / 1e3]]), loss=(SigmoidCE(), np.array([[1]])))
    halved = Tampered(SigmoidCE(), "x", lambda g: g / 2)
    assert bool(gradcheck(halved, np.array([[score]]), np.array([[1]]))) is (score > 34)


@pytest.mark.parametrize("size", [1e-315])
def test_gradients_that_underflow_are_not_mistakes(size):
    for seed in range(10):
        rng = np.random.default_rng(seed)
        net = Chain(FullyConnected(4, 3, rng=seed), Tanh(), FullyConnected(3, 2, rng=seed))
        net.params["0.W"][...] *= size
        gradcheck(net, rng.normal(size=(5, 4)), rng=seed).raise_if_failed()


# What is wrong fails.


def rows_with_gradients():
    for row in ROWS:
        layer, _, _, dout = call(row)
        for name, gradient in gradients(layer, dout).items():
            if gradient.any():  # of a sign, it is 0, and so is any multiple of it
                yield pytest.param(row, name, id=f"{row.name}-{name}")


@pytest.mark.parametrize(
    ("factor", "mistake"),
    [(1.0005, "constant-factor"), (-1.0, "wrong-sign"), (0.0, "zero-gradient")],
)
@pytest.mark.parametrize("name", ["x", "W", "b"])
def test_a_wrong_factor_is_named(name, factor, mistake):
    layer = Tampered(FullyConnected(4, 3, rng=0), name, lambda g: factor * g)
    (finding,) = gradcheck(layer, X).findings
    assert (finding.mistake, finding.tensor) == (mistake, name)


@pytest.mark.parametrize("layer", [FullyConnected(4, 3, rng=0), wrong.DbAveraged()])
def test_without_an_explanation_the_verdict_is_the_same(layer):
    told, untold = gradcheck(layer, X), gradcheck(layer, X, explain=False)
    assert bool(told) == bool(untold)
    assert [bool(tensor) for tensor in told.tensors] == [bool(tensor) for tensor in untold.tensors]
    assert not untold.findings


@pytest.mark.parametrize(("row", "name"), list(rows_with_gradients()))
def test_one_entry_that_is_wrong_is_found(row, name):
    places = []

    def one(g):
        # The same entry in each call, and one that is not 0 under a mask.
        if not places:
            rng = np.random.default_rng(len(row.name))
            places.append(rng.choice(np.flatnonzero(np.abs(g) > 1e-2 * np.abs(g).max())))
        g = g.copy()
        g.flat[places[0]] *= 1.001
        return g

    report = gradcheck(Tampered(row.make(), name, one), *row.inputs(), explain=False)
    assert wrong_tensors(report) == [name]
    (tensor,) = [tensor for tensor in report.tensors if not tensor]
    assert tensor.wrong == 1
    place = np.unravel_index(places[0], tensor.shape)
    assert tensor.worst.place == f"{name}[{', '.join(map(str, place))}]"
    assert tensor.worst.error == pytest.approx(1e-3, rel=0.02)


WRONG_GRADIENTS = [
    (wrong.DxNegative(), (X,), ["x"], "wrong-sign"),
    (wrong.DxWithWInsteadOfItsTranspose(3, 3), (SQUARE_X,), ["x"], "weight-not-transposed"),
    (wrong.DWTransposed(3, 3), (SQUARE_X,), ["W"], "transposed"),
    (wrong.DWReshaped(), (X,), ["W"], "reshaped"),
    (wrong.DWAveraged(), (X,), ["W"], "averaged-twice"),
    (wrong.DWDecayed(), (X,), ["W"], "regularizer-factor"),
    (wrong.DbAveraged(), (X,), ["b"], "bias-averaged"),
    (wrong.DbOfOneExample(), (X,), ["b"], "bias-not-summed"),
    (wrong.DbOverAllUnits(), (X,), ["b"], "bias-summed-over-all"),
    (wrong.Twice(3, 3, bias=False, rng=0), (SQUARE_X,), ["W"], "share-missing"),
    (wrong.ReLUWithoutMask(), (X,), ["x"], "mask-missing"),
    (wrong.ReLUTheWrongWayRound(), (X,), ["x"], "mask-inverted"),
    (wrong.SigmoidOfTheInput(), (X,), ["x"], "derivative-of-input"),
    (wrong.SigmoidTwice(), (X,), ["x"], "derivative-twice"),
    (wrong.TanhWithoutDerivative(), (X,), ["x"], "derivative-missing"),
    (wrong.DropoutUnscaled(0.5, rng=0), (X,), ["x"], "dropout-not-scaled"),
    (wrong.DropoutOfAnotherMask(0.5, rng=0), (X,), ["x"], "another-mask"),
    (wrong.MSENotAveraged(), (X, 2 * X), ["x"], "missing-batch-mean"),
    (wrong.MSEAveragedOverExamples(), (X, 2 * X), ["x"], "not-divided-by-classes"),
    (wrong.SoftmaxCENotAveraged(), (X, LABELS), ["x"], "missing-batch-mean"),
    (wrong.SoftmaxCEWithoutLabels(), (X, LABELS), ["x"], "not-minus-one-hot"),
    (wrong.SoftmaxCENegative(), (X, LABELS), ["x"], "wrong-sign"),
    (wrong.MultiplyMixedUp(), (X, 2 + X), ["x1"], "gradient-of-another"),
    (wrong.SinAndSquareOneForgotten(), (X,), ["x"], "output-forgotten"),
    (
        Chain(Affine(), wrong.TanhWithoutDerivative(), Affine(3, 2)),
        (X,),
        ["x", "0.W", "0.b"],
        "derivative-missing",
    ),
    (Chain(Affine(), Tanh(), wrong.DbAveraged(3, 2)), (X,), ["2.b"], "bias-averaged"),
    (Chain(Affine(), Tanh(), wrong.DxNegative(3, 2)), (X,), ["x", "0.W", "0.b"], "wrong-sign"),
]
IN_NETS = {"derivative-missing": "1.x", "bias-averaged": "2.b", "wrong-sign": "2.x"}


@pytest.mark.parametrize(
    ("layer", "inputs", "tensors", "mistake"),
    WRONG_GRADIENTS,
    ids=[f"{index}-{type(layer).__name__}" for index, (layer, *_) in enumerate(WRONG_GRADIENTS)],
)
def test_a_mistake_is_found_in_its_tensor_and_named(layer, inputs, tensors, mistake):
    report = gradcheck(layer, *inputs)
    assert not report
    assert wrong_tensors(report) == tensors
    (finding,) = report.findings
    tensor = IN_NETS[mistake] if isinstance(layer, Chain) else tensors[0]
    assert (finding.mistake, finding.tensor) == (mistake, tensor)
    text = str(report)
    for tensor in report.tensors:
        assert tensor or tensor.explanation() in text


def test_the_mask_of_dout_is_found_and_named():
    report = gradcheck(wrong.ReLUWithTheMaskOfDout(), X)
    assert wrong_tensors(report) == ["x"]
    assert [found.mistake for found in report.findings] == ["mask-from-dout"]


def test_an_input_of_an_earlier_call_is_found():
    layer = wrong.StaleInput()
    layer.forward(2 * X)
    report = gradcheck(layer, X)
    assert wrong_tensors(report) == ["W"]


BROKEN_LAWS = [
    (wrong.SquareIgnoringDout(), (X,), "ignores-dout", "x"),
    (wrong.SquareOfTheSizeOfDout(), (X,), "ignores-dout", "x"),
    (wrong.MSEIgnoringDout(), (X, 2 * X), "ignores-dout", "x"),
    (wrong.Accumulating(), (X,), "accumulates", "W"),
    (wrong.Accumulating(), (X,), "accumulates", "b"),
    (wrong.ReusingGradients(), (X,), "overwrites", "W"),
    (wrong.SquareShiftingTheInput(), (X,), "mutates-input", "input 0"),
    (wrong.SquareScalingDout(), (X,), "mutates-input", "dout"),
    (wrong.UpdatingInBackward(), (X,), "mutates-input", "the parameter W"),
    (wrong.NormalizingInForward(), (X,), "mutates-input", "the parameter b"),
    (wrong.DropoutOfItsClass(), (X,), "not-repeatable", ""),
    (wrong.KeyMissing(), (X,), "wrong-keys", ""),
    (wrong.KeyTooMany(), (X,), "wrong-keys", ""),
    (wrong.KeysOfTheGradients(), (X,), "wrong-keys", ""),
    (wrong.OnlyDx(), (X,), "wrong-return", ""),
    (wrong.NoGrads(), (X,), "wrong-return", ""),
    (wrong.GradsOneByOne(), (X,), "wrong-return", ""),
    (wrong.GradsAsList(), (X,), "wrong-return", ""),
    (wrong.DbOfNothing(), (X,), "wrong-return", "b"),
    (wrong.DbOfWords(), (X,), "wrong-return", "b"),
    (wrong.DbRagged(), (X,), "wrong-return", "b"),
    (wrong.DbNotSummed(), (X,), "bias-not-summed", "b"),
    (wrong.DxOfAnotherShape(), (X,), "transposed", "x"),
    (wrong.DWTransposed(), (X,), "transposed", "W"),
    (wrong.DbOfHalfTheUnits(), (X,), "wrong-shape", "b"),
    (wrong.DbNan(), (X,), "not-finite", "b"),
    (wrong.DbInfinite(), (X,), "not-finite", "b"),
    (wrong.WholeParameters(), (X,), "not-floating", "W"),
    (wrong.AddOneForgotten(), (X, X), "missing-gradient", ""),
]


@pytest.mark.parametrize(
    ("layer", "inputs", "mistake", "tensor"),
    BROKEN_LAWS,
    ids=[f"{type(layer).__name__}-{tensor}" for layer, _, _, tensor in BROKEN_LAWS],
)
def test_a_broken_law_is_named(layer, inputs, mistake, tensor):
    report = gradcheck(layer, *inputs)
    assert not report
    assert report.findings[0].mistake == mistake  # what stands first is the cause of the rest
    (finding,) = [
        found for found in report.findings if (found.mistake, found.tensor) == (mistake, tensor)
    ]
    assert f"\n{mistake}: {finding.evidence}" in str(report)
    assert tensor in finding.evidence


UNSEEN = [
    (wrong.ReLUInPlace(), "mutates-input", "input 0"),
    (wrong.ReLUWritingIntoDout(), "mutates-input", "dout"),
]


@pytest.mark.parametrize(
    ("layer", "mistake", "tensor"), UNSEEN, ids=[type(layer).__name__ for layer, *_ in UNSEEN]
)
def test_writing_that_shows_only_once_is_named(layer, mistake, tensor):
    report = gradcheck(layer, X)
    assert [(found.mistake, found.tensor) for found in report.findings] == [(mistake, tensor)]


def test_outputs_in_one_buffer_are_named():
    assert mistakes(gradcheck(wrong.SquareInOneBuffer(), X)) == {"overwrites"}


@pytest.mark.parametrize(
    ("layer", "evidence"),
    [
        (wrong.UpdatingInBackward(), "backward changes the parameter W in place"),
        (wrong.NormalizingInForward(), "forward changes the parameter b in place"),
        (wrong.SquareShiftingTheInput(), "forward changes input 0 in place"),
        (wrong.SquareScalingDout(), "backward changes dout in place"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_report_says_which_verb_writes(layer, evidence):
    findings = [found for found in gradcheck(layer, X).findings if found.mistake == "mutates-input"]
    assert [found.evidence for found in findings] == [evidence]


def test_an_input_that_grows_from_call_to_call_does_not_warn():
    class Scaling(Square):
        def forward(self, x):
            y = super().forward(x.copy())
            x *= 1.5
            return y

    assert mistakes(gradcheck(Scaling(), X)) >= {"mutates-input"}


# What is copied, and what stays as it is.


def test_float32_is_checked_in_float64():
    layer = Chain(
        FullyConnected(4, 6, dtype="float32", rng=0),
        Tanh(),
        FullyConnected(6, 3, dtype="float32", rng=1),
    )
    report = gradcheck(layer, X.astype(np.float32), loss=(SoftmaxCE(), LABELS))
    report.raise_if_failed()
    assert {tensor.name for tensor in report.tensors} == {"x", "0.W", "0.b", "2.W", "2.b"}
    assert max(tensor.worst.error for tensor in report.tensors) < 1e-6
    assert {array.dtype for array in layer.params.values()} == {np.dtype(np.float32)}


def test_float32_and_float16_inputs_of_a_layer_without_params_are_checked_in_float64():
    for dtype in (np.float16, np.float32):
        passes(Sigmoid(), X.astype(dtype))
        passes(MSE(), X.astype(dtype), X.astype(dtype) + 1)


def test_a_mistake_in_float32_is_found():
    layer = Tampered(FullyConnected(4, 3, dtype="float32", rng=0), "W", lambda g: g * 1.0005)
    assert wrong_tensors(gradcheck(layer, X.astype(np.float32))) == ["W"]


@pytest.mark.parametrize("kind", [Affine, wrong.UpdatingInBackward, wrong.NormalizingInForward])
def test_the_callers_layer_and_arrays_are_left_alone(kind):
    layer, x = kind(), X.copy()
    layer.forward(x)
    kept = layer.x
    before = {name: array.copy() for name, array in layer.params.items()}
    arrays = dict(layer.params)
    gradcheck(layer, x)
    assert layer.x is kept
    assert x.tobytes() == X.tobytes()
    for name, array in layer.params.items():
        assert array is arrays[name]
        assert array.tobytes() == before[name].tobytes()


def test_the_callers_cache_still_serves_backward():
    layer, dout = FullyConnected(4, 3, rng=0), np.ones((5, 3))
    layer.forward(X)
    _, before = layer.backward(dout)
    gradcheck(layer, 2 * X)
    _, after = layer.backward(dout)
    assert after["W"].tobytes() == before["W"].tobytes()


def test_a_layer_that_has_not_run_has_not_run_afterwards():
    net, loss = FullyConnected(4, 3, rng=0), SoftmaxCE()
    gradcheck(net, X, loss=(loss, LABELS))
    for layer in (net, loss):
        with pytest.raises(RuntimeError, match="before forward"):
            layer.backward(1.0)


def test_the_callers_targets_and_weights_are_left_alone():
    t, weight, labels = 2 * X, np.arange(1.0, 6.0), LABELS.copy()
    gradcheck(MSE(), X, t, weight)
    gradcheck(FullyConnected(4, 3), X, loss=(SoftmaxCE(), labels, weight))
    assert t.tobytes() == (2 * X).tobytes()
    assert weight.tolist() == [1, 2, 3, 4, 5]
    assert labels.tolist() == LABELS.tolist()


def test_the_layers_random_numbers_go_on_as_if_nothing_had_been():
    checked, same = Dropout(0.5, rng=0), Dropout(0.5, rng=0)
    gradcheck(checked, X)
    assert checked.forward(X).tolist() == same.forward(X).tolist()


def test_params_of_the_class_are_left_alone():
    class OfTheClass(Affine):
        params = {"W": np.eye(4, 3), "b": np.ones(3)}  # noqa: RUF012

        def __init__(self):
            pass

    report = gradcheck(OfTheClass(), X)
    assert OfTheClass.params["W"].tolist() == np.eye(4, 3).tolist()
    assert report


# What is compared.


def test_small_tensors_are_compared_entry_by_entry():
    report = gradcheck(FullyConnected(4, 3, rng=0), X)
    assert [(t.name, t.shape, t.checked, t.directions, t.kinks) for t in report.tensors] == [
        ("x", (5, 4), 20, 0, 0),
        ("W", (4, 3), 12, 0, 0),
        ("b", (3,), 3, 0, 0),
    ]


def test_integers_are_passed_through():
    report = gradcheck(SoftmaxCE(), X, LABELS)
    assert [tensor.name for tensor in report.tensors] == ["x"]
    passes(SoftmaxCE(), X, [0, 1, 2, 3, 0])
    report = gradcheck(FullyConnected(4, 3, rng=0), np.ones((5, 4), int))
    assert [tensor.name for tensor in report.tensors] == ["W", "b"]
    assert report


def test_a_check_that_compares_nothing_proves_nothing():
    class Crazy(Plain):
        def forward(self, x):
            return x + 0.0

        def backward(self, dout):
            return 77 * dout, {}

    with pytest.raises((TypeError, ValueError, AssertionError), match="float"):
        passes(Crazy(), [1, 2, 3])


def test_floating_targets_of_a_loss_are_passed_through():
    for inputs in ((X, 2 * X), (X, 2 * X, np.arange(1.0, 6.0))):
        report = gradcheck(MSE(), *inputs)
        report.raise_if_failed()
        assert [tensor.name for tensor in report.tensors] == ["x"]


@pytest.mark.parametrize(
    ("loss", "target"), [(MSE(), 2 * X), (SoftmaxCE(), LABELS)], ids=["MSE", "SoftmaxCE"]
)
def test_weights_of_0_are_passed_through(loss, target):
    mask = np.array([0.0, 1.0, 0.0, 1.0, 0.0])
    passes(loss, np.tile(X, (8, 1)), np.concatenate([target] * 8), np.tile(mask, 8))


def test_several_inputs_are_numbered():
    for layer in (wrong.Add(), wrong.Multiply()):
        report = gradcheck(layer, X, 2 + X)
        report.raise_if_failed()
        assert [tensor.name for tensor in report.tensors] == ["x0", "x1"]
        assert [tensor.worst.place[:2] for tensor in report.tensors] == ["x0", "x1"]


def test_an_input_without_gradient_among_several_is_passed_through():
    class Scaled(wrong.Multiply):
        def backward(self, dout):
            return (dout * self.b, None), {}

    report = gradcheck(Scaled(), X, 2 + X)
    report.raise_if_failed()
    assert [tensor.name for tensor in report.tensors] == ["x0"]


def test_more_gradients_than_inputs_are_found():
    class OneTooMany(wrong.Add):
        def backward(self, dout):
            return (dout, dout, dout), {}

    assert mistakes(gradcheck(OneTooMany(), X, X)) == {"wrong-return"}


def test_a_forgotten_input_is_found_with_a_loss():
    report = gradcheck(wrong.AddOneForgotten(), X, X, loss=(MSE(), 2 * X))
    assert mistakes(report) == {"missing-gradient"}


def test_several_outputs_take_several_douts():
    report = gradcheck(wrong.SinAndSquare(), X)
    report.raise_if_failed()
    assert [tensor.name for tensor in report.tensors] == ["x"]


def test_a_loss_can_follow_a_net():
    net = Chain(FullyConnected(4, 3, rng=0), Tanh(), FullyConnected(3, 3, rng=1))
    for options in ((SoftmaxCE(), LABELS), (SoftmaxCE(), LABELS, np.arange(1.0, 6.0))):
        report = gradcheck(net, X, loss=options)
        report.raise_if_failed()
        assert [tensor.name for tensor in report.tensors] == ["x", "0.W", "0.b", "2.W", "2.b"]
    passes(net, X, loss=(MSE(), SQUARE_X))


def test_a_wrong_loss_after_a_correct_net_is_found():
    report = gradcheck(Affine(), X, loss=(wrong.SoftmaxCENotAveraged(), LABELS))
    assert wrong_tensors(report) == ["x", "W", "b"]
    ratio = [tensor.worst.analytic / tensor.worst.numeric for tensor in report.tensors]
    assert ratio == pytest.approx([5, 5, 5], rel=1e-5)


def test_a_wrong_net_before_a_correct_loss_is_found():
    report = gradcheck(wrong.DbAveraged(), X, loss=(MSE(), SQUARE_X))
    assert wrong_tensors(report) == ["b"]


def test_a_loss_that_ignores_dout_is_found_after_a_net():
    report = gradcheck(Affine(), X, loss=(wrong.MSEIgnoringDout(), SQUARE_X))
    assert mistakes(report) == {"ignores-dout"}


def test_a_parameter_that_is_a_python_number_is_not_passed_over():
    class Scale:
        def __init__(self):
            self.params = {"a": 2.0}

        def forward(self, x):
            self.x = x
            return self.params["a"] * x

        def backward(self, dout):
            return self.params["a"] * dout, {"a": 77 * (dout * self.x).sum()}

    report = gradcheck(Scale(), X)
    assert not report


def test_an_empty_batch_can_be_checked():
    passes(ReLU(), np.zeros((0, 4)))


# Large tensors.


def large(name="W", tamper=lambda g: g):
    rng = np.random.default_rng(0)
    return Tampered(FullyConnected(200, 100, rng=0), name, tamper), rng.normal(size=(8, 200))


def test_a_large_tensor_is_sampled_and_moved_in_directions():
    layer, x = large()
    report = gradcheck(layer, x)
    report.raise_if_failed()
    counts = {t.name: (t.checked, t.directions) for t in report.tensors}
    assert counts["W"] == (1000, 6)
    assert counts["b"] == (100, 0)
    assert counts["x"][0] == 1000
    assert "1000 entries, 6 directions" in str(report)


def test_a_large_tensor_that_is_wrong_as_a_whole_is_found():
    layer, x = large("W", lambda g: 1.0005 * g)
    report = gradcheck(layer, x, explain=False)
    assert wrong_tensors(report) == ["W"]
    assert report.tensors[1].wrong > 1000


@pytest.mark.parametrize(("factor", "seed"), [(1.001, 0), (0.0, 2)])
def test_one_wrong_row_of_a_large_tensor_is_found(factor, seed):
    def one_row(g):
        g = g.copy()
        g[137] *= factor
        return g

    layer, x = large("W", one_row)
    assert wrong_tensors(gradcheck(layer, x, rng=seed, explain=False)) == ["W"]


def test_one_wrong_row_is_found_where_only_few_entries_can_be_compared():
    def one_row(g):
        g = g.copy()
        g[300] *= 1.001
        return g

    rng = np.random.default_rng(0)
    layer = wrong.RowSums(rng.normal(size=(600, 700)))
    report = gradcheck(Tampered(layer, "W", one_row), rng.normal(size=(600, 700)), explain=False)
    assert wrong_tensors(report) == ["W"]
    assert {tensor.checked for tensor in report.tensors} == {30}


def test_the_seed_is_the_same_unless_one_is_given():
    layer = Chain(Affine(), Tanh())
    assert str(gradcheck(layer, X)) == str(gradcheck(layer, X, rng=0))
    assert str(gradcheck(layer, X)) != str(gradcheck(layer, X, rng=1))


def test_a_generator_can_be_given():
    rng = np.random.default_rng(3)
    assert gradcheck(Square(), X, rng=rng, explain=False)
    assert rng.random() != np.random.default_rng(3).random()


# Kinks.


def test_kinks_are_counted_and_set_aside():
    x = np.array([[0.0, 1.0, -1.0], [0.0, 0.0, 2.0]])
    report = gradcheck(ReLU(), x)
    report.raise_if_failed()
    (tensor,) = report.tensors
    assert (tensor.checked, tensor.kinks, tensor.wrong) == (6, 3, 0)
    assert "6 entries, 3 at kinks" in str(report)


def test_a_mistake_beside_kinks_is_found():
    x = np.array([[0.0, 1.0, -1.0], [0.0, 0.0, 2.0]])
    report = gradcheck(Tampered(ReLU(), "x", lambda g: 1.0005 * g), x)
    assert wrong_tensors(report) == ["x"]
    assert report.tensors[0].wrong == 5  # at the kinks, too, it is wrong on one side


@pytest.mark.parametrize("kind", [wrong.ReLUWithoutMask, wrong.ReLUTheWrongWayRound])
def test_a_mistake_at_all_kinks_at_once_is_found(kind):
    assert wrong_tensors(gradcheck(kind(), np.zeros((2, 3)))) == ["x"]


def test_a_slope_at_a_kink_that_is_neither_side_nor_between_is_found():
    class FarOff(ReLU):
        def backward(self, dout):
            return dout * np.where(self._y > 0, 1.0, -0.5), {}

    assert not gradcheck(FarOff(), np.array([0.0, 1.0]), explain=False)


# Random layers.


class Box:
    def __init__(self, content):
        self.content = content


GENERATORS = {
    "alone": (np.random.default_rng(0), lambda rng, x: rng.normal(size=x.shape)),
    "list": ([np.random.default_rng(0)], lambda held, x: held[0].normal(size=x.shape)),
    "tuple": ((1, (np.random.default_rng(0),)), lambda held, x: held[1][0].normal(size=x.shape)),
    "dict": ({"a": np.random.default_rng(0)}, lambda held, x: held["a"].normal(size=x.shape)),
    "object": (
        Box([Box(np.random.default_rng(0))]),
        lambda held, x: held.content[0].content.normal(size=x.shape),
    ),
    "RandomState": (np.random.RandomState(0), lambda rng, x: rng.normal(size=x.shape)),
    "random": (random.Random(0), lambda rng, x: rng.random()),
    "layer": (Dropout(0.5, rng=0), lambda dropout, x: dropout.forward(np.ones_like(x))),
}


@pytest.mark.parametrize(("held", "draw"), GENERATORS.values(), ids=GENERATORS.keys())
def test_generators_are_found_wherever_they_are_held(held, draw):
    gradcheck(Holding(held, draw), X).raise_if_failed()


def test_dropout_in_a_net_redraws_the_same_masks():
    rng = np.random.default_rng(0)
    net = Chain(Dropout(0.5, rng=rng), Affine(), Chain(Tanh(), Dropout(0.5, rng=rng)), Affine(3, 2))
    for seed in range(5):
        gradcheck(net, X, rng=seed).raise_if_failed()


def test_an_object_that_holds_itself_can_be_searched():
    layer = Square()
    layer.me = [layer]
    passes(layer, X)


# What is refused.

REFUSED = {
    "nan": (
        (Square(), [1.0, np.nan]),
        {},
        ValueError,
        "gradcheck: expected finite inputs, got nan at [1] of input 0; nothing can be compared",
    ),
    "infinity in the second": (
        (wrong.Add(), X, np.where(X[1, 2] == X, np.inf, X)),
        {},
        ValueError,
        "gradcheck: expected finite inputs, got inf at [1, 2] of input 1; nothing can be compared",
    ),
    "string": (
        (Square(), "abc"),
        {},
        TypeError,
        "gradcheck: expected input 0 to be an array of real numbers, got str of dtype <U3",
    ),
    "None": (
        (Square(), None),
        {},
        TypeError,
        "gradcheck: expected input 0 to be an array of real numbers, got NoneType of dtype object",
    ),
    "complex": (
        (Square(), [1j]),
        {},
        TypeError,
        "gradcheck: expected input 0 to be an array of real numbers, got list of dtype complex128",
    ),
    "ragged": (
        (wrong.Add(), X, [[1.0], [1.0, 2.0]]),
        {},
        ValueError,
        "gradcheck: expected input 1 to be a rectangular array, got rows of different lengths",
    ),
    "class": (
        (Square, X),
        {},
        TypeError,
        "gradcheck: expected a layer, got the class Square; make one: Square(...)",
    ),
    "function": (
        (np.tanh, X),
        {},
        TypeError,
        "gradcheck: expected an object with params, forward and backward, got ufunc, which lacks "
        "params, forward, backward",
    ),
    "no layer": (
        (None, X),
        {},
        TypeError,
        "gradcheck: expected an object with params, forward and backward, got NoneType, which",
    ),
    "no backward": (
        (type("Half", (Plain,), {"forward": lambda self, x: x})(), X),
        {},
        TypeError,
        "gradcheck: expected an object with params, forward and backward, got Half, which lacks "
        "backward",
    ),
    "nan in the output": (
        (FullyConnected(4, 3, weight_init=lambda shape, rng: np.full(shape, np.nan)), X),
        {},
        ValueError,
        "gradcheck: the output of FullyConnected 4 -> 3 holds nan or infinity for these inputs, so",
    ),
    "infinity in the output": (
        (Square(), [1e200]),
        {},
        ValueError,
        "gradcheck: the output of Square holds nan or infinity for these inputs, so that nothing",
    ),
    "loss alone": (
        (Affine(), X),
        {"loss": SoftmaxCE()},
        TypeError,
        "gradcheck: expected loss=(loss layer, labels), got SoftmaxCE",
    ),
    "loss by name": (
        (Affine(), X),
        {"loss": ("SoftmaxCE", LABELS)},
        TypeError,
        "gradcheck: expected loss=(loss layer, labels), got tuple",
    ),
    **{
        f"tolerance {tolerance}": (
            (Square(), X),
            {"tolerance": tolerance},
            ValueError,
            f"gradcheck: expected tolerance between 0 and 1, got {tolerance!r}",
        )
        for tolerance in (0, -1e-6, 1, 2.0, float("nan"))
    },
}


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"), REFUSED.values(), ids=REFUSED.keys()
)
@pytest.mark.parametrize("check", [gradcheck, assert_gradients])
def test_what_cannot_be_checked_is_refused(check, arguments, options, error, message):
    with pytest.raises(error, match="^" + re.escape(message)):
        check(*arguments, **options)


UNCLEAR = {
    "tolerance by name": {"tolerance": "small"},
    "tolerance None": {"tolerance": None},
    "seed by name": {"rng": "seed"},
    "empty loss": {"loss": ()},
    "class of a loss": {"loss": (SoftmaxCE, LABELS)},
    "loss without labels": {"loss": (SoftmaxCE(),)},
}


@pytest.mark.parametrize("options", UNCLEAR.values(), ids=UNCLEAR.keys())
def test_options_that_are_none_are_refused_with_a_sentence(options):
    with pytest.raises((TypeError, ValueError), match=r"^gradcheck: expected "):
        gradcheck(Affine(), X, **options)


def test_an_error_of_the_layer_comes_through_as_it_is():
    message = r"^FullyConnected 5 -> 2: expected x of shape \(\.\.\., 5\), got \(5, 4\)$"
    with pytest.raises(ValueError, match=message):
        gradcheck(FullyConnected(5, 2), X)


def test_a_layer_that_cannot_be_copied_comes_through_as_it_is():
    layer = Square()
    layer.lock = threading.Lock()
    with pytest.raises(TypeError, match="cannot pickle"):
        gradcheck(layer, X)


# The verdict.


def test_a_correct_report_is_true_and_raises_nothing():
    report = gradcheck(Square(), X)
    assert bool(report) is True
    report.raise_if_failed()
    assert assert_gradients(Square(), X) is None
    assert str(report).startswith("gradient check of Square: correct\n")


def test_a_wrong_report_is_false_and_raises_its_whole_text():
    report = gradcheck(wrong.DxNegative(), X)
    assert bool(report) is False
    assert str(report).startswith("gradient check of DxNegative: WRONG\n")
    for check in (report.raise_if_failed, lambda: assert_gradients(wrong.DxNegative(), X)):
        with pytest.raises(AssertionError) as raised:
            check()
        assert str(raised.value) == str(report)


def test_both_values_are_those_of_the_layer():
    class Triple(Plain):
        def forward(self, x):
            return 3 * x

        def backward(self, dout):
            return 2 * dout, {}

    (tensor,) = gradcheck(Triple(), X).tensors
    assert tensor.wrong == 20
    assert tensor.worst.numeric / tensor.worst.analytic == pytest.approx(1.5, rel=1e-9)
    assert tensor.worst.error == pytest.approx(1 / 3, rel=1e-6)


@pytest.mark.parametrize("layer", [Square(), wrong.DxNegative(), wrong.OnlyDx()])
def test_a_report_does_not_read_as_a_number(layer):
    report = gradcheck(layer, X)
    assert repr(report) == str(report)
    with pytest.raises(ValueError, match="could not convert"):
        float(repr(report))


@pytest.mark.parametrize("layer", [Square(), wrong.DxNegative(), wrong.ReLUWithoutMask()])
def test_nothing_is_printed_unless_asked_and_nothing_ever_to_stderr(layer, capsys):
    report = gradcheck(layer, X)
    assert capsys.readouterr() == ("", "")
    print(report)
    out, err = capsys.readouterr()
    assert out == f"{report}\n"
    assert err == ""


def test_a_layer_that_overflows_when_moved_far_does_not_warn():
    class Exp(Plain):
        def forward(self, x):
            self.y = np.exp(x)
            return self.y

        def backward(self, dout):
            return 1.001 * dout * self.y, {}

    report = gradcheck(Exp(), 300.0 + X)
    assert wrong_tensors(report) == ["x"]


def test_the_domain_may_end_nearby():
    class Log(Plain):
        def forward(self, x):
            if (np.asarray(x) <= 0).any():
                raise ValueError("expected positive numbers")
            self.x = x
            return np.log(x)

        def backward(self, dout):
            return dout / self.x, {}

    x = np.array([1e-3, 0.5, 1.0, 20.0])
    passes(Log(), x)
    report = gradcheck(Tampered(Log(), "x", lambda g: 1.0005 * g), x)
    assert report.tensors[0].wrong == 4


def test_a_tolerance_of_the_callers_own():
    layer = Tampered(Square(), "x", lambda g: 1.0005 * g)
    assert not gradcheck(layer, X, explain=False)
    assert gradcheck(layer, X, tolerance=1e-2)
    assert gradcheck(layer, X, tolerance=1e-2).tolerance == 1e-2


def test_a_check_can_be_repeated_on_a_copy():
    layer = Chain(Affine(), Dropout(0.5, rng=0))
    assert str(gradcheck(copy.deepcopy(layer), X)) == str(gradcheck(layer, X))
