import numpy as np
import pytest

from layers.gradcheck.numeric import tensors
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.forward_passes import ForwardPasses
from layers.gradcheck.numeric.returned_gradients import Tensor, read
from layers.gradcheck.numeric.tensors import check_tensor
from tests.layers.gradcheck.wrong_layers import Affine, Plain, RowSums, Square

X = np.random.default_rng(0).normal(size=(5, 4))


def compare(layer, *inputs, name="x", tamper=lambda g: g, aside=True, tolerance=1e-6, seed=0):
    """The report on one tensor, whose gradient is passed through a function first."""
    experiment = Experiment(layer, inputs, None, np.random.default_rng(0))
    floating = [array for array in experiment.inputs if array.dtype.kind == "f"]
    sides = experiment.beside(floating, np.random.default_rng(1)) if aside else []

    def tensor(bench):
        (found,) = [t for t in read(bench, bench.gradients(bench.dout))[0] if t.name == name]
        return Tensor(name, found.array, tamper(found.gradient))

    beside = [(ForwardPasses(side), tensor(side)) for side in sides]
    return check_tensor(
        ForwardPasses(experiment),
        tensor(experiment),
        lambda _: beside,
        tolerance,
        np.random.default_rng(seed),
    )


def spoil(index, factor):
    def tamper(g):
        g = g.copy()
        g[index] *= factor
        return g

    return tamper


def test_a_correct_tensor():
    report = compare(Affine(), X, name="W")
    assert report
    assert (report.name, report.shape) == ("W", (4, 3))
    assert (report.checked, report.directions, report.kinks, report.wrong) == (12, 0, 0, 0)
    assert report.worst.error < 1e-8


@pytest.mark.parametrize("index", [(0, 0), (4, 3), (2, 1)])
def test_the_worst_entry_is_named_with_both_values(index):
    report = compare(Square(), X, tamper=spoil(index, 3.0))
    assert not report
    assert report.wrong == 1
    assert report.worst.place == f"x[{index[0]}, {index[1]}]"
    assert report.worst.analytic == pytest.approx(3 * report.worst.numeric, rel=1e-8)
    assert report.worst.error == pytest.approx(2 / 3, rel=1e-6)
    assert abs(report.worst.numeric / (2 * X[index])) < 1.5


def test_the_worst_of_several():
    def two(g):
        return spoil((1, 1), 2.0)(spoil((3, 2), 1.1)(g))

    report = compare(Square(), X, tamper=two)
    assert report.wrong == 2
    assert report.worst.place == "x[1, 1]"


def test_the_error_is_relative_to_the_larger_value():
    assert compare(Square(), X, tamper=lambda g: 4 * g).worst.error == pytest.approx(0.75, 1e-6)
    assert compare(Square(), X, tamper=lambda g: g / 4).worst.error == pytest.approx(0.75, 1e-6)
    assert compare(Square(), X, tamper=lambda g: -g).worst.error == pytest.approx(2.0, 1e-6)


@pytest.mark.parametrize(("x", "place"), [(3.0, "x"), ([3.0], "x[0]"), ([[[3.0]]], "x[0, 0, 0]")])
def test_places_are_named_by_their_indices(x, place):
    assert compare(Square(), x, tamper=lambda g: 2 * g).worst.place == place


@pytest.mark.parametrize(("factor", "right"), [(1 + 1e-7, True), (1.001, True), (1.1, False)])
def test_the_tolerance_settles_what_is_wrong(factor, right):
    assert bool(compare(Square(), X, tamper=lambda g: factor * g, tolerance=1e-2)) is right


def test_up_to_a_thousand_entries_are_compared_one_by_one():
    layer = RowSums(np.ones((10, 100)))
    report = compare(layer, np.ones((10, 100)), name="W")
    assert (report.checked, report.directions) == (1000, 0)


def test_more_than_a_thousand_are_sampled_and_moved_in_directions():
    layer = RowSums(np.ones((7, 143)))  # 1001 entries
    report = compare(layer, np.ones((7, 143)), name="W")
    assert (report.checked, report.directions, report.wrong) == (1000, 6, 0)


@pytest.mark.parametrize(("work", "checked"), [(1, 30), (204_000, 100), (10**9, 1000)])
def test_the_work_of_a_pass_settles_how_many_entries_are_compared(monkeypatch, work, checked):
    monkeypatch.setattr(tensors, "WORK", work)
    layer = RowSums(np.ones((10, 101)))  # a pass touches 2 * 1010 numbers, and 10 outputs
    report = compare(layer, np.ones((10, 101)), name="W")
    assert (report.checked, report.directions) == (checked, 6)


def test_a_mistake_outside_the_sample_is_seen_along_the_directions():
    rng = np.random.default_rng(0)
    layer, x = RowSums(rng.normal(size=(50, 100))), rng.normal(size=(50, 100))
    seen = [
        compare(layer, x, name="W", tamper=spoil((31, 41), 2.0), seed=seed) for seed in range(2)
    ]
    for report in seen:
        assert not report
        assert report.wrong >= 6
    assert {report.worst.place for report in seen} >= {"one direction"}


def test_another_seed_samples_other_entries():
    rng = np.random.default_rng(0)
    layer, x = RowSums(rng.normal(size=(50, 100))), rng.normal(size=(50, 100))
    found = [
        compare(layer, x, name="W", tamper=spoil((31, 41), 2.0), seed=seed).wrong
        for seed in range(6)
    ]
    assert set(found) == {6, 7}  # the entry itself is in one sample of five


def test_kinks_are_set_aside_where_the_layer_is_correct_beside_them():
    class Leaky(Plain):
        """max(x, -9 x), whose slope at 0 is taken to be far to one side."""

        def forward(self, x):
            self.x = x
            return np.where(x >= 0, x, -9 * x)

        def backward(self, dout):
            return dout * np.where(self.x > 0, 1, np.where(self.x < 0, -9, 30)), {}

    report = compare(Leaky(), np.array([0.0, 1.0, -1.0]))
    assert (report.checked, report.kinks, report.wrong) == (3, 1, 0)
    assert compare(Leaky(), np.array([0.0, 1.0, -1.0]), tamper=spoil(1, 1.001)).wrong == 1


def test_kinks_are_not_set_aside_where_the_layer_is_wrong_beside_them():
    class Leaky(Plain):
        """max(x, -9 x) with one slope for all of it, which is that of neither side."""

        def forward(self, x):
            return np.where(x >= 0, x, -9 * x)

        def backward(self, dout):
            return dout * 30, {}

    x = np.array([0.0, 1.0, -1.0])
    assert compare(Leaky(), x).wrong == 3
    assert compare(Leaky(), x).kinks == 0


def test_kinks_are_not_set_aside_where_nothing_is_known_beside_them():
    class Leaky(Plain):
        def forward(self, x):
            self.x = x
            return np.where(x >= 0, x, -9 * x)

        def backward(self, dout):
            return dout * np.where(self.x > 0, 1, np.where(self.x < 0, -9, 30)), {}

    report = compare(Leaky(), np.array([0.0, 1.0, -1.0]), aside=False)
    assert (report.kinks, report.wrong) == (0, 1)


def test_tensors_are_restored():
    layer, x = RowSums(np.ones((50, 100))), np.ones((50, 100))
    experiment = Experiment(layer, (x,), None, np.random.default_rng(0))
    tensors, _ = read(experiment, experiment.gradients(experiment.dout))
    for tensor in tensors:
        check_tensor(
            ForwardPasses(experiment), tensor, lambda _: [], 1e-6, np.random.default_rng(0)
        )
    assert (experiment.inputs[0] == 1).all()
    assert (experiment.tensors()["W"] == 1).all()


def test_where_forward_gives_nothing_nothing_is_held_against_backward():
    class Edge(Plain):
        def forward(self, x):
            if (x != 1).any():
                raise ValueError("only 1 will do")
            return x

        def backward(self, dout):
            return 5 * dout, {}

    experiment = Experiment(Edge(), (np.ones(2),), None, np.random.default_rng(0))
    ((tensor,), _) = read(experiment, experiment.gradients(experiment.dout))
    report = check_tensor(
        ForwardPasses(experiment), tensor, lambda _: [], 1e-6, np.random.default_rng(0)
    )
    assert (report.checked, report.wrong) == (2, 0)


def test_an_infinite_slope_is_wrong():
    class Steep(Plain):
        def forward(self, x):
            return x

        def backward(self, dout):
            return dout, {}

    report = compare(Steep(), X, tamper=lambda g: np.where(X > 0, np.inf, g))
    assert report.wrong == (X > 0).sum()
    assert report.worst.error == np.inf
