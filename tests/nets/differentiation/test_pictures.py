import numpy as np
import pytest

from layers import Exp, Tanh
from nets.differentiation import error_against_h, errors_against_h
from tests.nets.differentiation.functions import X, quiz


def test_too_long_bends_and_too_short_rounds():
    errors = errors_against_h(quiz, 2.0, 3.0, steps=[1e-2, 1e-5, 1e-8, 1e-13])
    forward, centred, step = errors.values()
    assert forward.argmin() == 2
    assert centred.argmin() == 1
    assert step[3] < 1e-14 < step[1]


def test_errors_may_be_measured_by_what_is_known():
    errors = errors_against_h(np.sin, 0.0, exact=2.0, steps=[1e-3])
    assert all(error == pytest.approx(0.5, rel=1e-2) for error in errors.values())


def test_the_picture_shows_every_way_on_logarithmic_axes():
    figure = error_against_h(quiz, 2.0, 3.0)
    (axes,) = figure.axes
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert axes.get_xlabel() == "step h"
    lines = axes.lines[:3]
    assert [line.get_label() for line in lines] == [
        "forward difference",
        "centred difference",
        "complex step",
    ]
    assert len({line.get_color() for line in lines}) == len({line.get_marker() for line in lines})
    errors = errors_against_h(quiz, 2.0, 3.0)
    for line in lines:
        shown = np.maximum(errors[line.get_label()], 0.1 * np.finfo(float).eps)
        np.testing.assert_array_equal(line.get_ydata(), shown)


def test_the_complex_step_of_a_gate_is_exact_for_small_steps():
    errors = errors_against_h(Exp(), X, steps=[1e-2, 1e-15])
    assert errors["complex step"][-1] < 1e-15


def test_a_layer_of_real_numbers_has_no_complex_step():
    assert list(errors_against_h(Tanh(), X, steps=[1e-5])) == [
        "forward difference",
        "centred difference",
    ]


def test_errors_near_the_largest_float_still_have_a_picture():
    figure = error_against_h(lambda x: x * x, 1e-320)
    assert figure.axes[0].get_ylim()[1] >= 1e100
