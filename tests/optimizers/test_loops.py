"""The compiled loops say what `update` says, to the bit, and nobody has to have them."""

import sys

import numpy as np
import pytest

from optimizers import SGD, Adam, Optimizer, loops
from tests.optimizers.table import ROWS

LOOPED = [row for row in ROWS if row.ours().loop]
SHAPES = {"W": (30, 20), "b": (20,), "number": (), "empty": (0, 3)}


def gradients(params, t):
    return {key: np.asarray(np.sin(3 * theta + t), theta.dtype) for key, theta in params.items()}


def path(optimizer, dtype, steps=5, shapes=SHAPES):
    """Parameters and state after some steps."""
    rng = np.random.default_rng(0)
    params = {key: np.asarray(rng.normal(size=shape), dtype) for key, shape in shapes.items()}
    for t in range(steps):
        optimizer.step(params, gradients(params, t))
    return params, optimizer.state


def without_loops(monkeypatch, other=None):
    monkeypatch.setattr("optimizers.base.compiled", lambda loop: other and other(loop))


def assert_same(one, other):
    for mine, theirs in zip(one, other, strict=True):
        assert mine.keys() == theirs.keys()
        for key, value in mine.items():
            np.testing.assert_equal(value, theirs[key])


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("row", LOOPED, ids=str)
def test_a_compiled_loop_gives_the_bits_of_update(row, dtype, monkeypatch):
    pytest.importorskip("numba")
    looped = path(row.ours(), dtype)
    without_loops(monkeypatch)
    assert_same(looped, path(row.ours(), dtype))


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("row", LOOPED, ids=str)
def test_a_loop_that_is_not_compiled_gives_them_too(row, dtype, monkeypatch):
    without_loops(monkeypatch)
    plain = path(row.ours(), dtype)
    without_loops(monkeypatch, lambda loop: loop)
    assert_same(plain, path(row.ours(), dtype))


@pytest.mark.parametrize("dtype", ["f2", "g"])
def test_precisions_that_loops_do_not_know_are_left_to_update(dtype, monkeypatch):
    """Half and extended precision."""
    without_loops(monkeypatch, lambda loop: lambda *_: pytest.fail("the loop ran"))
    params, _ = path(SGD(0.1, momentum=0.5), dtype)
    assert params["W"].dtype == dtype


def test_gradients_in_any_order_of_memory_are_read_right():
    W = {"W": np.zeros((3, 4))}
    g = np.arange(12.0).reshape(4, 3).T
    SGD(1.0).step(W, {"W": g})
    np.testing.assert_array_equal(W["W"], -g)


def test_the_order_of_what_is_remembered_does_not_matter():
    one, other = Adam(), Adam()
    other.state["W"] = {"v": np.zeros((30, 20)), "m": np.zeros((30, 20))}
    assert_same(path(one, "f8")[:1], path(other, "f8")[:1])


def test_a_subclass_that_changes_the_rule_is_not_passed_over():
    class Backwards(Adam):
        def update(self, theta, g, state, learning_rate):
            theta += 1

    params = {"W": np.zeros(3)}
    Backwards().step(params, {"W": np.ones(3)})
    assert params["W"].tolist() == [1, 1, 1]


def test_a_rule_with_a_loop_has_to_say_its_numbers(monkeypatch):
    without_loops(monkeypatch, lambda loop: loop)

    class Half(SGD):
        loop = property(lambda self: loops.sgd)
        numbers = Optimizer.numbers

    with pytest.raises(
        NotImplementedError, match=r"^Half has a loop, but does not define numbers$"
    ):
        Half().step({"W": np.zeros(3)}, {"W": np.ones(3)})


@pytest.fixture
def compiled():
    """`loops.compiled` that remembers nothing."""
    loops.compiled.cache_clear()
    yield loops.compiled
    loops.compiled.cache_clear()


def test_without_numba_there_is_no_loop(monkeypatch, compiled):
    monkeypatch.setitem(sys.modules, "numba", None)
    assert compiled(loops.sgd) is None
    assert path(SGD(0.1), "f4")[0]["b"].dtype == np.float32


def test_where_machine_code_cannot_be_kept_it_is_made_anew(monkeypatch, compiled):
    numba = pytest.importorskip("numba")
    njit = numba.njit

    def nowhere(**options):
        if options.pop("cache", False):
            raise RuntimeError("cannot cache function: no locator available")
        return njit(**options)

    monkeypatch.setattr(numba, "njit", nowhere)
    theta = np.ones(2)
    compiled(loops.sgd)(theta, np.ones(2), 0.25, 0.0)
    assert theta.tolist() == [0.75, 0.75]
