import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers import FullyConnected, gradcheck
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.forward_passes import ForwardPasses
from layers.gradcheck.numeric.slopes import (
    Line,
    careful,
    extrapolated,
    line,
    quick,
)
from tests.layers.gradcheck.wrong_layers import Affine, Plain, SinAndSquare, Square
from tests.layers.gradcheck.zoo.courses import Recurrent


def along(outputs, dout, start, scale):
    return Line(lambda points: np.array([outputs(t) for _, t in points]), (), dout, start, scale)


def first(estimate, line):
    """The one slope that an estimate of several gives for one line."""
    return estimate([line])[0][0]


def curve(f, x, scale=1.0, dout=(1.0,)):
    """The line along x of a function of one number, or of several outputs."""

    def outputs(t):
        return np.atleast_1d(np.asarray(f(x + t), float))

    return along(outputs, np.array(dout), x, max(abs(x), scale))


def silent(f):
    """A function that gives infinity where another one overflows, and nan outside its domain."""

    def g(x):
        with np.errstate(all="ignore"):
            return f(np.float64(x))

    return g


SMOOTH = {
    "sin": (np.sin, 1.0, math.cos(1)),
    "exp": (silent(np.exp), 1.0, math.e),
    "exp far out": (silent(np.exp), -20.0, math.exp(-20)),
    "log": (silent(np.log), 0.5, 2.0),
    "log near the end of its domain": (silent(np.log), 1e-6, 1e6),
    "square": (np.square, 3.0, 6.0),
    "square of something large": (np.square, 3e6, 6e6),
    "square of something small": (np.square, 3e-6, 6e-6),
    "cube": (lambda x: x**3, -2.0, 12.0),
    "tanh": (np.tanh, 0.3, 1 / math.cosh(0.3) ** 2),
    "reciprocal": (silent(np.reciprocal), 1e-3, -1e6),
    "root": (silent(np.sqrt), 4.0, 0.25),
    "fast wave": (lambda x: np.sin(1e3 * x), 0.1, 1e3 * math.cos(100)),
    "slow wave": (lambda x: np.sin(1e-3 * x), 1.0, 1e-3 * math.cos(1e-3)),
    "line": (lambda x: 7 * x + 1, 1.0, 7.0),
    "line on a mountain": (lambda x: x + 1e6, 1.0, 1.0),
}
smooth = pytest.mark.parametrize(("f", "x", "slope"), SMOOTH.values(), ids=SMOOTH.keys())


@smooth
def test_the_careful_slope_is_correct_and_knows_its_error(f, x, slope):
    found = careful(curve(f, x), slope)
    assert found.value == pytest.approx(slope, rel=2e-7)
    assert abs(found.value - slope) <= found.error
    assert found.error <= 2e-6 * abs(slope)
    assert found.kink <= 1e-3 * abs(slope)


@smooth
def test_the_careful_slope_does_not_follow_a_wrong_one(f, x, slope):
    for wrong in (1.0005 * slope, -slope, 0.0, slope + 1):
        found = careful(curve(f, x), wrong)
        assert found.value == pytest.approx(slope, rel=2e-6)
        assert abs(found.value - wrong) > 2 * found.error


@pytest.mark.parametrize("name", ["sin", "exp", "square", "cube", "tanh", "root", "line"])
def test_the_quick_slope_is_correct_for_ordinary_functions(name):
    f, x, slope = SMOOTH[name]
    assert first(quick, curve(f, x)) == pytest.approx(slope, rel=1e-8)


def test_the_quick_step_follows_the_size_of_the_entry():
    steps = []

    def outputs(t):
        steps.append(t)
        return np.array([t])

    quick([along(outputs, np.ones(1), 100.0, 100.0)])
    quick([along(outputs, np.ones(1), 0.0, 5.0)])
    assert steps == pytest.approx([1e-3, -1e-3, 5e-5, -5e-5])


def test_the_quick_slope_where_nothing_can_move():
    for estimate in (quick, extrapolated):
        assert math.isnan(first(estimate, along(np.atleast_1d, np.ones(1), 0.0, 1e-323)))


@given(
    st.floats(-6, 6),
    st.floats(-6, 6),
    st.floats(0.1, 1.4),
    st.sampled_from([np.sin, np.tanh, np.arctan, silent(np.exp)]),
)
@settings(deadline=None, max_examples=150, derandomize=True)
def test_the_error_is_an_honest_one_at_any_scale(width, height, x, f):
    """f(x / 10**width) 10**height: the estimated error covers the true one, and is small."""
    w, h = 10.0**width, 10.0**height
    derivative = {np.sin: np.cos, np.tanh: lambda x: 1 / np.cosh(x) ** 2}.get(
        f, (lambda x: 1 / (1 + x**2)) if f is np.arctan else np.exp
    )
    true = h / w * derivative(x)
    found = careful(curve(lambda z: h * f(z / w), w * x, scale=w), true)
    assert abs(found.value - true) <= found.error
    assert found.error <= 1e-6 * abs(true)


def test_several_outputs_are_weighted():
    several = curve(lambda x: [np.sin(x), x**2, 5.0], 1.0, dout=(2.0, -3.0, 100.0))
    true = 2 * math.cos(1) - 6
    assert first(quick, several) == pytest.approx(true, rel=1e-8)
    assert careful(several, true).value == pytest.approx(true, rel=1e-8)


def test_an_output_that_never_moves_has_no_slope():
    found = careful(curve(lambda x: 3.0, 1.0), 0.0)
    assert found.value == 0.0
    assert 0 < found.error < 1e-10
    assert found.kink == 0.0


@pytest.mark.parametrize(
    ("f", "between", "jump"),
    [
        (lambda x: max(x, 0.0), 0.5, 1.0),
        (abs, 0.0, 2.0),
        (lambda x: x if x > 0 else 0.01 * x, 0.505, 0.99),
        (lambda x: np.sin(x) + 3 * abs(x), 1.0, 6.0),
    ],
)
def test_at_a_kink_the_jump_of_the_slope_is_reported(f, between, jump):
    found = careful(curve(f, 0.0), 0.0)
    assert found.value == pytest.approx(between, abs=1e-6)
    assert found.kink == pytest.approx(jump, rel=1e-6)


@pytest.mark.parametrize("distance", [1e-3, 1e-7, 1e-12])
def test_beside_a_kink_the_slope_is_that_of_its_side(distance):
    found = careful(curve(lambda x: max(x, 0.0), distance), 1.0)
    assert found.value == pytest.approx(1.0, abs=1e-9)
    assert found.error < 1e-6
    assert found.kink == 0.0


@pytest.mark.parametrize("distance", [1e-3, 1e-7, 1e-12])
def test_on_the_flat_side_of_a_kink_the_error_is_an_honest_one(distance):
    found = careful(curve(lambda x: max(x, 0.0), -distance), 0.0)
    assert abs(found.value) <= found.error + found.kink
    if distance == 1e-3:
        assert found.error < 1e-6


def test_a_short_step_goes_before_a_long_one_if_it_speaks_for_backward():
    """From afar the slope is 4; within 1e-7 of the point it is 1, and that is the slope."""

    def bent(x):
        return 4 * x - 3 * np.clip(x - 1, -1e-7, 1e-7)

    right, wrong = careful(curve(bent, 1.0), 1.0), careful(curve(bent, 1.0), 2.0)
    assert right.value == pytest.approx(1.0, rel=1e-4)
    assert abs(wrong.value - 2.0) > 0.9


@pytest.mark.parametrize("f", [lambda x: np.nan, lambda x: x if x == 1 else np.nan])
def test_where_there_is_no_output_nothing_can_be_said(f):
    found = careful(curve(f, 1.0), 2.0)
    assert math.isnan(found.value)
    assert found.error == np.inf
    assert found.kink == 0.0


def test_one_side_without_output_is_not_enough():
    found = careful(curve(lambda x: x if x >= 1 else np.nan, 1.0), 2.0)
    assert found.error == np.inf


def test_noise_widens_the_error():
    rng = np.random.default_rng(0)
    noisy = careful(curve(lambda x: np.sin(x) + 1e-9 * rng.normal(), 1.0), 0.0)
    clean = careful(curve(np.sin, 1.0), 0.0)
    assert abs(noisy.value - math.cos(1)) <= noisy.error
    assert noisy.error > 1e3 * clean.error


def on_the_bench(layer, *inputs):
    return Experiment(layer, inputs, None, np.random.default_rng(0))


def test_an_entry_is_moved_and_restored():
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    experiment = on_the_bench(Square(), x)
    (array,) = experiment.inputs
    moved = line(ForwardPasses(experiment), array, (1, 0), 2.0)
    assert moved.outputs([0.5])[0].tolist() == [1.0, 4.0, 12.25, 16.0]
    assert moved.outputs([0.0])[0].tolist() == [1.0, 4.0, 9.0, 16.0]
    assert array.tolist() == x.tolist()
    assert (moved.scale, moved.near) == (3.0, 3.0)
    assert moved.distances(np.array([1e-20, 0.5])).tolist() == [0.0, 1.0]
    assert first(quick, moved) == pytest.approx(6 * experiment.dout[1, 0])


def test_a_small_entry_is_moved_by_the_scale_of_its_tensor():
    experiment = on_the_bench(Square(), np.array([1e-3, 5.0]))
    moved = line(ForwardPasses(experiment), experiment.inputs[0], (0,), 2.0)
    assert (moved.scale, moved.near) == (2.0, 1e-3)


def test_an_entry_of_a_parameter_is_moved():
    experiment = on_the_bench(Affine(), np.ones((2, 4)))
    moved = line(ForwardPasses(experiment), experiment.tensors()["b"], (2,), 1.0)
    np.testing.assert_allclose(moved.outputs([0.5])[0] - moved.outputs([0.0])[0], [0, 0, 0.5] * 2)


def test_several_outputs_lie_in_one_line():
    experiment = on_the_bench(SinAndSquare(), np.array([0.5, 1.0]))
    moved = line(ForwardPasses(experiment), experiment.inputs[0], (1,), 1.0)
    np.testing.assert_allclose(
        moved.outputs([1.0])[0], [math.sin(0.5), math.sin(2.0), 0.25, 4.0], rtol=1e-15
    )
    assert moved.dout.shape == (4,)


def test_a_tensor_is_moved_in_a_direction_and_restored():
    experiment = on_the_bench(FullyConnected(2, 1, weight_init="zeros"), np.array([[1.0, 10.0]]))
    W = experiment.tensors()["W"]
    way = np.array([[0.6], [0.8]])
    moved = line(ForwardPasses(experiment), W, way, 3.0)
    assert moved.outputs([2.0])[0].tolist() == pytest.approx([17.2])
    assert W.tolist() == [[0.0], [0.0]]
    assert (moved.scale, moved.near) == (3.0, 0.0)
    assert moved.distances(np.array(2.0)) == 4.0
    assert first(quick, moved) == pytest.approx(8.6 * experiment.dout[0, 0])


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_extrapolation_is_correct_to_many_digits_with_a_long_step(scale):
    x = scale * np.array([0.7])
    sine = along(lambda t: np.sin((x + t) / scale), np.array([2.0]), x[0], scale)
    assert first(extrapolated, sine) == pytest.approx(2 * np.cos(0.7) / scale, rel=1e-9)
    assert first(quick, sine) == pytest.approx(2 * np.cos(0.7) / scale, rel=1e-9)


def test_extrapolation_loses_less_to_rounding_than_a_short_step():
    high = along(lambda t: 1e7 + (2 + np.array([t])) ** 2, np.ones(1), 2.0, 2.0)
    assert abs(first(quick, high) - 4) > 1e-5
    assert abs(first(extrapolated, high) - 4) < 1e-6


@pytest.mark.parametrize("error", [ValueError, ZeroDivisionError, KeyError, AssertionError])
def test_where_forward_refuses_there_is_no_output_and_the_tensor_is_restored(error):
    class Picky(Plain):
        def forward(self, x):
            if (x < 0).any():
                raise error("negative")
            return np.sqrt(x)

    experiment = on_the_bench(Picky(), np.array([1.0, 4.0]))
    (array,) = experiment.inputs
    for moved in (
        line(ForwardPasses(experiment), array, (0,), 1.0),
        line(ForwardPasses(experiment), array, np.array([1.0, 0.0]), 1.0),
    ):
        assert np.isnan(moved.outputs([-2.0])[0]).all()
        assert moved.outputs([-2.0])[0].shape == (2,)
        assert moved.outputs([3.0])[0].tolist() == [2.0, 2.0]
        assert array.tolist() == [1.0, 4.0]


def test_where_forward_changes_the_shape_of_its_output_there_is_none():
    class Filtering(Plain):
        def forward(self, x):
            return x[x > 0]

    experiment = on_the_bench(Filtering(), np.array([1.0, 4.0]))
    moved = line(ForwardPasses(experiment), experiment.inputs[0], (0,), 1.0)
    assert np.isnan(moved.outputs([-2.0])[0]).all()
    assert moved.outputs([-2.0])[0].shape == (2,)
    assert moved.outputs([2.0])[0].tolist() == [3.0, 4.0]


def test_a_function_that_is_flat_far_out_is_not_flat_here():
    """Found by chance among right layers: a saturated unit, whose slope is 1e-13."""
    layer = Recurrent()
    x = np.zeros((1, 3, 3))
    x[0] = [
        [8.05763093, 6.38719995, 1.70062737],
        [20.5953315, 17.91140149, -15.63165744],
        [-11.1030674, -11.03628518, 12.9529955],
    ]
    assert gradcheck(layer, x)
