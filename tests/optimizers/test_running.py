"""The compiled loops say what `update` says, to the bit, and nobody has to have them."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from optimizers import SGD, Adam, Optimizer, running, sgd
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
    monkeypatch.setattr("optimizers.optimizer.compiled", lambda loop: other and other(loop))


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


@pytest.mark.parametrize("dtype", ["g", ">f8"])
def test_precisions_that_loops_do_not_know_are_left_to_update(dtype, monkeypatch):
    """Extended precision, and bytes in another order."""
    without_loops(monkeypatch, lambda loop: lambda *_: pytest.fail("the loop ran"))
    params, _ = path(SGD(0.1, momentum=0.5), dtype)
    assert params["W"].dtype == dtype


def test_gradients_in_any_order_of_memory_are_read():
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
        loop = property(lambda self: sgd._plain)
        numbers = Optimizer.numbers

    with pytest.raises(
        NotImplementedError, match=r"^Half has a loop, but does not define numbers$"
    ):
        Half().step({"W": np.zeros(3)}, {"W": np.ones(3)})


@pytest.fixture
def compiled():
    """`running.compiled` that remembers nothing."""
    running.compiled.cache_clear()
    yield running.compiled
    running.compiled.cache_clear()


def test_without_numba_there_is_no_loop(monkeypatch, compiled):
    monkeypatch.setitem(sys.modules, "numba", None)
    assert compiled(sgd._plain) is None
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
    compiled(sgd._plain)(theta, np.ones(2), 0.25, 0.0)
    assert theta.tolist() == [0.75, 0.75]


def fails(*_, **__):
    raise AttributeError("made for another NumPy")


@pytest.mark.parametrize(
    "njit",
    [fails, lambda **_: fails, lambda **_: lambda loop: fails, lambda **_: lambda loop: loop],
)
def test_a_numba_that_does_not_work_is_done_without(njit, monkeypatch, compiled):
    """At the import, when the loop is taken, when it is compiled, or switched off."""
    monkeypatch.setitem(sys.modules, "numba", SimpleNamespace(njit=njit))
    found = path(Adam(), "f4")
    monkeypatch.setattr("optimizers.optimizer.compiled", lambda loop: None)
    assert_same(found, path(Adam(), "f4"))


BROKEN = "raise {error}('numpy.core.multiarray failed to import')"


@pytest.mark.parametrize("error", ["SystemError", "OSError", "RuntimeError", "ValueError"])
def test_any_error_at_the_import_of_numba_is_done_without(error, tmp_path, monkeypatch, compiled):
    (tmp_path / "numba.py").write_text(BROKEN.format(error=error))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "numba", raising=False)
    assert compiled(sgd._plain) is None


OUTLIVES = """
import sys, threading
sys.modules["numba"] = None
import numpy as np
from optimizers import SGD, running
running._cores = lambda: 2

def train():
    main.join()
    theta, optimizer = np.zeros(running.SHARED + 1), SGD(1.0)
    for _ in range(3):
        optimizer.step({"W": theta}, {"W": np.ones(theta.size)})
    print(np.unique(theta))

main = threading.main_thread()
threading.Thread(target=train).start()
"""


def test_a_thread_that_outlives_the_main_one_continues_training():
    root = Path(running.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", OUTLIVES], cwd=root, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout.strip(), done.stderr) == ("[-3.]", "")


def large(monkeypatch):
    without_loops(monkeypatch)
    monkeypatch.setattr(running, "_cores", lambda: 3)
    monkeypatch.setattr(running, "BLOCK", 1000)
    monkeypatch.setattr(running, "SHARED", 10_000)
    return {"W": np.zeros(10_500)}, {"W": np.ones(10_500)}


def test_where_no_thread_can_be_started_the_step_is_made_in_turn(monkeypatch):
    params, grads = large(monkeypatch)

    def start(self):
        raise RuntimeError("can't create new thread at interpreter shutdown")

    monkeypatch.setattr("threading.Thread.start", start)
    SGD(1.0).step(params, grads)
    assert np.unique(params["W"]).tolist() == [-1.0]


def test_an_error_in_a_thread_is_raised(monkeypatch):
    params, grads = large(monkeypatch)
    grads["W"][1500] = np.inf
    with np.errstate(all="raise"), pytest.raises(FloatingPointError):
        Adam().step(params, {"W": grads["W"] * 1e300})
