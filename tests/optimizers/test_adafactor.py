"""Adafactor, computed by hand."""

import numpy as np
import pytest

from optimizers import Adafactor
from tests.optimizers.by_hand import path

RNG = np.random.default_rng(3)


def stepped(optimizer, g, start):
    params = {"W": np.array(start, float)}
    optimizer.step(params, {"W": np.array(g, float)})
    return params["W"]


def test_a_matrix_is_remembered_as_the_means_of_rows_and_columns():
    optimizer = Adafactor(0.1, d=100)
    W = stepped(optimizer, [[1.0, 3.0], [5.0, 5.0]], start=np.full((2, 2), 2.0))
    row, column = np.array([[5.0], [25.0]]), np.array([[13.0, 17.0]])  # means of 1, 9, 25, 25
    assert optimizer.state["W"]["row"].tolist() == row.tolist()
    assert optimizer.state["W"]["column"].tolist() == column.tolist()
    v = row * column / 15
    np.testing.assert_allclose(W, 2 - 0.1 * 2 * np.array([[1, 3], [5, 5]]) / np.sqrt(v), rtol=1e-13)


def test_the_averages_forget_by_a_power_of_the_clock():
    optimizer = Adafactor(beta2_decay=-1.0)
    path(optimizer, [2.0, 4.0, 6.0])  # with -1 the average is the mean of all squares
    assert optimizer.state["theta"]["v"] == pytest.approx([(4 + 16 + 36) / 3])
    optimizer = Adafactor(beta2_decay=0.0)
    path(optimizer, [2.0, 4.0, 6.0])
    assert optimizer.state["theta"]["v"] == pytest.approx([36.0])


def test_a_step_is_a_share_of_the_parameters_size():
    steps = [
        path(Adafactor(0.1), [g], start=start)[0] - start for start in (1.0, 100.0) for g in (5, 9)
    ]
    assert steps == pytest.approx([-0.1, -0.1, -10.0, -10.0])


def test_epsilon2_is_the_size_of_what_is_smaller():
    assert path(Adafactor(0.1, epsilon2=0.5), [3.0], start=0.0) == pytest.approx([-0.05])


def test_the_share_falls_below_the_learning_rate_in_time():
    places = path(Adafactor(1.0, epsilon2=1.0), [1.0] * 4, start=0.0)
    assert places[0] == -1.0  # min(1, 1 / sqrt(1)) of epsilon2
    assert places[1] == pytest.approx(-1 - 1 / np.sqrt(2))


def test_a_step_is_cut_to_a_root_mean_square_of_d():
    def moved(d):
        optimizer = Adafactor(0.1, d=d, epsilon2=1.0)
        optimizer.state["W"] = {"v": np.full(4, 0.01)}  # gradients were 0.1, and now are 10
        optimizer.t = 999
        return -stepped(optimizer, np.full(4, 10.0), start=np.zeros(4)) / (1 / np.sqrt(1000))

    assert moved(1.0) == pytest.approx(np.ones(4))
    assert moved(2.0) == pytest.approx(np.full(4, 2.0))
    assert moved(100.0) == pytest.approx(10 / np.sqrt(0.01 + 1000**-0.8 * 99.99) * np.ones(4))


def test_epsilon1_is_the_smallest_root_that_is_divided_by():
    assert path(Adafactor(0.1, epsilon1=4.0), [2.0], start=1.0) == pytest.approx([0.95])
    assert path(Adafactor(0.1), [0.0], start=1.0) == [1.0]


def test_weights_decay_at_the_same_rate_and_by_their_own_size():
    assert path(Adafactor(0.5, weight_decay=0.5), [0.0, 0.0], start=16.0) == [12.0, 9.0]
    # the size of the step is that before the decay
    assert path(Adafactor(0.5, weight_decay=0.5), [1.0], start=16.0) == pytest.approx([12.0 - 8.0])


@pytest.mark.parametrize(
    ("shape", "kept"),
    [
        ((), {"v": ()}),
        ((7,), {"v": (7,)}),
        ((5, 7), {"row": (5, 1), "column": (1, 7)}),
        ((3, 5, 7), {"row": (3, 5, 1), "column": (3, 1, 7)}),
    ],
)
def test_what_is_kept_of_a_parameter_follows_from_its_axes(shape, kept):
    optimizer = Adafactor()
    stepped(optimizer, RNG.normal(size=shape), RNG.normal(size=shape))
    assert {slot: array.shape for slot, array in optimizer.state["W"].items()} == kept
    assert optimizer.shapes(shape) == kept


def test_a_stack_of_matrices_is_remembered_one_by_one():
    settings = {"epsilon2": 10.0, "d": 100.0}  # so that neither depends on the size of the stack
    stack, g = RNG.normal(size=(2, 3, 4)), RNG.normal(size=(2, 3, 4))
    optimizer = Adafactor(**settings)
    moved = stepped(optimizer, g, stack)
    for i in range(2):
        alone = Adafactor(**settings)
        np.testing.assert_allclose(moved[i], stepped(alone, g[i], stack[i]), rtol=1e-12)
        for slot, array in alone.state["W"].items():
            np.testing.assert_allclose(optimizer.state["W"][slot][i], array, rtol=1e-13)


def test_settings_of_their_own_range():
    assert Adafactor().epsilon1 is None
    assert Adafactor(beta2_decay=0).beta2_decay == 0.0


@pytest.mark.parametrize(
    ("settings", "error", "sentence"),
    [
        (
            {"beta2_decay": 0.8},
            ValueError,
            "Adafactor: expected beta2_decay to be a finite number, at most 0, got",
        ),
        (
            {"beta2_decay": -np.inf},
            ValueError,
            "Adafactor: expected beta2_decay to be a finite number, at most 0",
        ),
        (
            {"beta2_decay": None},
            TypeError,
            "Adafactor: expected beta2_decay to be a number, got None",
        ),
        (
            {"epsilon1": -1.0},
            ValueError,
            "Adafactor: expected epsilon1 to be a finite number, at least 0, got -1",
        ),
        ({"epsilon1": "0"}, TypeError, "Adafactor: expected epsilon1 to be a number, got '0'"),
        (
            {"d": 0.5},
            ValueError,
            "Adafactor: expected d to be a finite number, at least 1, got 0.5",
        ),
        ({"d": True}, TypeError, "Adafactor: expected d to be a number, got True"),
    ],
)
def test_settings_out_of_range_are_refused(settings, error, sentence):
    with pytest.raises(error, match=sentence):
        Adafactor(**settings)
