"""One layer in a pass."""

import numpy as np
import pytest

from layers import Dropout, FullyConnected, LeakyReLU, ReLU, Sigmoid, Tanh
from nets import Sequential
from tests.nets.trace.nets import StudentsReLU, small, traced


def step_of(activation, x):
    """The step of an activation that sees x."""
    net = Sequential(activation, FullyConnected(x.shape[1], 2, rng=0))
    return traced(net, x, np.zeros(len(x), int))[0]


OFF = np.array([[-1.0, 0.0, 1.0, -1.0], [-2.0, -1.0, -1.0, 2.0]])


@pytest.mark.parametrize(
    ("activation", "dead"),
    [(ReLU(), 0.5), (StudentsReLU(), 0.5), (LeakyReLU(), None), (Dropout(0.9, rng=0), None)],
)
def test_a_unit_is_dead_if_it_is_off_in_the_whole_batch(activation, dead):
    assert step_of(activation, OFF).dead == dead


def test_a_unit_is_an_entry_of_an_example():
    assert step_of(ReLU(), OFF[:1]).dead == 0.75
    assert traced(small())[1].dead == pytest.approx(1 / 3)


class StudentsSigmoid:
    def __init__(self):
        self.params = {}

    def forward(self, x):
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, dout):
        return dout * self.y * (1 - self.y), {}


@pytest.mark.parametrize(
    ("activation", "x", "share"),
    [
        (Sigmoid(), [[-9.0, 0.0, 3.0, 4.0]], 0.5),  # the slope is a tenth of the steepest at 3.64
        (StudentsSigmoid(), [[-9.0, 0.0, 3.0, 4.0]], 0.5),
        (StudentsSigmoid(), [[-9.0, 9.0]], 1.0),  # none of the batch tells how steep it can be
        (Tanh(), [[1.5, -2.0]], 0.5),
        (ReLU(), [[-1.0, 1.0]], None),
    ],
)
def test_an_entry_is_saturated_near_the_flat_ends(activation, x, share):
    assert step_of(activation, np.array(x)).saturated == share


def test_norms_are_of_what_flows():
    step = traced(small())[0]
    assert step.upstream == pytest.approx(np.linalg.norm(step.dout))
    assert step.downstream == pytest.approx(np.linalg.norm(step.dx))
    sizes = [np.linalg.norm(g) for g in step.grads.values()]
    assert step.learning == pytest.approx(np.hypot(*sizes))


def test_text_shows_all_arrays_with_their_numbers():
    lines = repr(traced(small())[1]).split("\n")
    assert lines[0] == "1 ReLU()"
    assert [line.split()[0] for line in lines if line.endswith("|")] == [
        "x",
        "y",
        "dout",
        "dy/dx",
        "dx",
    ]
    assert "         [[1. 1. 0.]" in lines


def test_text_shows_parameters_with_their_gradients():
    text = repr(traced(small())[2])
    for symbol in ("W", "dW", "b", "db"):
        assert f"\n  {symbol} " in text


def test_large_arrays_are_shapes_and_norms_only():
    step = traced(Sequential(FullyConnected(2, 500, rng=0), ReLU(), FullyConnected(500, 2, rng=0)))[
        1
    ]
    assert not step.is_small
    assert len(repr(step).split("\n")) == 6
    assert "table-row" not in step._repr_html_()


def test_html_shows_the_numbers_and_escapes_names():
    class Nasty(StudentsReLU):
        def __repr__(self):
            return "<img src=x>"

    page = traced(Sequential(FullyConnected(2, 2, rng=0), Nasty()))[1]._repr_html_()
    assert "<img" not in page
    assert "1 &lt;img src=x&gt;" in page
    assert page.count("table-row") == 10
    assert "upstream gradient" in page
