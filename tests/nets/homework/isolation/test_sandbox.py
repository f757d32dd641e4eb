"""Objects in another process, used as if they were here."""

import copy
import gc
import time

import numpy as np
import pytest

from layers import FullyConnected, ReLU, SoftmaxCE, gradcheck
from nets import Sequential
from nets.homework.grading.credit import Credit
from nets.homework.isolation.limits import Limits
from nets.homework.isolation.sandbox import Sandbox, SubmissionError
from optimizers import SGD
from tests.nets.homework import zoo

EXTRA = '''

class Noise:
    """Adds noise of its own generator."""

    def __init__(self, rng=None):
        self.params, self.rng = {}, np.random.default_rng(rng)

    def forward(self, x):
        return x + self.rng.normal(size=x.shape)

    def backward(self, dout):
        return 1.0 * dout, {}


class Reuses(FullyConnected):
    """Hands out the same array each time."""

    def forward(self, x):
        y = super().forward(x)
        self.y = getattr(self, "y", np.zeros_like(y))
        self.y[...] = y
        return self.y


class Shelf:
    """A container."""

    made = 2

    def __init__(self, things):
        self.things = list(things)

    @classmethod
    def of(cls, *things):
        return cls(things)

    @staticmethod
    def most(things):
        return max(things)

    def __len__(self):
        return len(self.things)

    def __getitem__(self, index):
        return self.things[index]

    def __setitem__(self, index, thing):
        self.things[index] = thing

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def __add__(self, other):
        return Shelf(self.things + other.things)

    def __sub__(self, other):
        return 0.0


class Residual:
    """x + f(x)."""

    def __init__(self, inner):
        self.inner = inner

    @property
    def params(self):
        return self.inner.params

    def forward(self, x):
        return x + self.inner.forward(x)

    def backward(self, dout):
        dx, grads = self.inner.backward(dout)
        return dout + dx, grads


def batches(x, n):
    for start in range(0, len(x), n):
        yield x[start : start + n]


def applied(f, x):
    return f(x)


def tells(callback):
    for epoch in range(3):
        callback(epoch)


def peeks(layer, name):
    return getattr(layer, name)


class Mine(ZeroDivisionError):
    pass


def raises_its_own():
    raise Mine("here")


def doubles(params):
    for array in params.values():
        array *= 2


def double(a):
    a *= 2
    return a


def echo(value):
    return value


def ends(code):
    import os

    os._exit(code)


def sleeps():
    while True:
        pass


def raises(kind):
    raise __builtins__[kind]("so it goes")


class Opaque:
    value = 3


def opaque():
    return Opaque()
'''


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    path = tmp_path_factory.mktemp("handed") / "mine.py"
    path.write_text(zoo.SOLUTION + EXTRA)
    sandbox = Sandbox(path, Limits(seconds=5, total_seconds=300), ["layers.FullyConnected"])
    yield sandbox
    sandbox.close()


@pytest.fixture
def module(sandbox):
    return sandbox.begin()


@pytest.mark.parametrize(
    "value",
    [None, True, 3, 2.5, "text", [1, (2.0, "a")], {"a": [1], 2: None}, float("inf"), 10**30],
)
def test_values_cross_as_they_are(module, value):
    assert module.echo(value) == value
    assert type(module.echo(value)) is type(value)


def test_arrays_and_scalars_keep_their_dtype(module):
    for dtype in (np.float32, np.int64, bool):
        array = np.ones((2, 3), dtype)
        assert module.echo(array) is array
        assert module.echo(array.T.copy()).dtype == dtype
    assert type(module.echo(np.float32(2))) is np.float32


def test_what_is_written_to_an_argument_stays_there(module):
    a = np.ones(3)
    b = module.double(a)
    assert a.tolist() == [1, 1, 1]
    assert b.tolist() == [2, 2, 2]
    assert module.double(a).tolist() == module.echo(b).tolist() == [2, 2, 2]
    assert a.tolist() == [1, 1, 1]


def test_writing_to_shared_arrays_crosses_in_both_directions(module):
    params = {"W": np.ones(3)}
    module.doubles(params)
    assert params["W"].tolist() == [2, 2, 2]
    layer = module.FullyConnected(2, 2)
    layer.params["W"][...] = [[1.0, 2.0], [3.0, 4.0]]
    assert layer.forward(np.eye(2)).tolist() == [[1, 2], [3, 4]]
    layer.x = np.zeros((1, 2))
    assert layer.x.tolist() == [[0, 0]]


def test_a_copy_goes_its_own_way(module):
    layer = module.FullyConnected(2, 1, rng=0)
    twin = copy.deepcopy(layer)
    twin.params["W"][...] = 0
    assert layer.forward(np.ones((1, 2))) != 0
    assert twin.forward(np.ones((1, 2))) == 0


def test_the_gradient_check_sees_what_it_would_see_here(module):
    x = np.random.default_rng(0).normal(size=(4, 3))
    assert gradcheck(module.FullyConnected(3, 2, rng=0), x)
    assert gradcheck(module.Noise(rng=0), x)
    report = gradcheck(module.Reuses(3, 2, rng=0), x)
    assert "overwrites" in [finding.mistake for finding in report.findings]
    assert "gradient check of Reuses" in str(report)


def test_a_net_of_them_is_trained(module):
    net = Sequential(module.FullyConnected(2, 8, rng=0), ReLU(), module.FullyConnected(8, 2, rng=1))
    x, labels = np.eye(2), np.array([0, 1])
    loss, optimizer = SoftmaxCE(), SGD(0.5)
    for _ in range(20):
        value = loss.forward(net.forward(x), labels)
        optimizer.step(net.params, net.backward(loss.backward()[0])[1])
    assert value < 0.1


def test_objects_stay_over_there(module):
    thing = module.opaque()
    assert thing.value == 3
    assert type(thing).__name__ == "Opaque"
    assert not hasattr(thing, "colour")
    assert type(module.echo(thing)).__name__ == "Opaque"
    with pytest.raises(TypeError, match="an object of type object cannot be handed"):
        module.echo(object())


def test_classes_are_used_as_if_they_were_here(module):
    assert module.Shelf.made == 2
    assert module.Shelf is module.Shelf
    shelf = module.Shelf.of(3, 4)
    assert module.Shelf.most([1, 5, 2]) == 5
    assert isinstance(shelf, module.Shelf)
    assert not isinstance(shelf, module.Noise)
    assert not isinstance(3, module.Shelf)
    assert type(shelf).__name__ == "Shelf"


def test_containers_are_used_as_if_they_were_here(module):
    shelf = module.Shelf.of(3, 4)
    assert len(shelf) == 2
    assert (shelf[0], shelf[-1], 4 in shelf, 5 in shelf) == (3, 4, True, False)
    shelf[0] = 7
    assert list(shelf) == [7, 4]
    assert [one.tolist() for one in module.batches(np.arange(4.0), 2)] == [[0, 1], [2, 3]]
    with shelf as opened:
        assert opened[0] == 7
    assert not hasattr(module.opaque(), "__len__")
    with pytest.raises(TypeError):
        len(module.opaque())


def test_arithmetic_gives_objects_and_never_numbers(module):
    total = module.Shelf.of(1) + module.Shelf.of(2)
    assert list(total) == [1, 2]
    with pytest.raises(TypeError, match="__sub__ of a Shelf has to return an object"):
        total - total
    with pytest.raises(TypeError):
        assert total < 3


def test_functions_and_layers_are_arguments(module):
    assert module.applied(lambda x: x + 1, 3) == 4
    assert module.applied(module.double, 3) == 6
    seen = []
    module.tells(seen.append)
    assert seen == [0, 1, 2]
    assert module.applied(lambda x: module.double(x) + 1, 3) == 7
    with pytest.raises(SubmissionError, match="KeyError: 'k'"):
        module.applied({}.__getitem__, "k")
    layer = FullyConnected(3, 3, rng=0)
    residual = module.Residual(layer)
    x = np.random.default_rng(0).normal(size=(4, 3))
    assert np.allclose(residual.forward(x), x + layer.forward(x))
    assert gradcheck(residual, x)
    assert residual.params["W"] is layer.params["W"]
    with pytest.raises(SubmissionError, match="what the test handed over has no secret"):
        module.peeks(layer, "secret")


def test_a_callback_without_end_ends(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("def f(g):\n    while True:\n        g(1)\n")
    sandbox = Sandbox(path, Limits(seconds=0.5, total_seconds=50))
    with pytest.raises(SubmissionError, match=r"ran for longer than 0.5 s in one test"):
        sandbox.begin().f(abs)
    sandbox.close()


def test_what_it_raises_is_of_its_class(module):
    with pytest.raises(ValueError, match="so it goes"):
        module.raises("ValueError")
    with pytest.raises(LookupError, match="so it goes"):
        module.raises("KeyError")
    with pytest.raises(ArithmeticError, match="Mine: here"):
        module.raises_its_own()


@pytest.mark.parametrize("kind", ["ValueError", "KeyboardInterrupt", "SystemExit"])
def test_what_it_raises_is_reported(module, kind):
    with pytest.raises(SubmissionError, match=rf"{kind}: so it goes \(line \d+: raise ") as caught:
        module.raises(kind)
    assert caught.value.kind == kind


def test_its_end_is_reported_and_the_next_test_has_a_new_process(sandbox):
    module = sandbox.begin()
    first = sandbox.pid
    with pytest.raises(SubmissionError, match=r"ended its process \(exit code 3\)"):
        module.ends(3)
    with pytest.raises(SubmissionError, match=r"rest of this test could not be run: .*exit code 3"):
        module.echo(1)
    assert sandbox.begin().echo(1) == 1
    assert sandbox.pid != first


def test_partial_credit(module):
    credit = Credit()
    credit.gradients(module.FullyConnected(3, 2, rng=0), np.ones((2, 3)))
    assert (credit.won, credit.lost) == (3, 0)
    with credit.part("the sum"):
        raise AssertionError("add them up\nassert 3 == 4")
    with credit.part("the rest"):
        module.echo(1)
    assert (credit.share(), credit.messages) == (0.8, ["the sum: add them up"])
    assert credit.mistakes == ["not so: the sum"]
    credit.gradients(object(), np.ones(2))
    assert "the gradients cannot be checked: TypeError" in credit.messages[-1]


def test_references_to_an_earlier_process_mean_nothing_in_the_next(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(zoo.SOLUTION + EXTRA)
    sandbox = Sandbox(path, Limits(seconds=5, total_seconds=60))
    module = sandbox.begin()
    old = [module.FullyConnected(2, 2, rng=0) for _ in range(5)]
    arrays = [layer.params["W"] for layer in old]
    with pytest.raises(SubmissionError, match="ended its process"):
        module.ends(0)
    module = sandbox.begin()
    new = [module.FullyConnected(2, 2, rng=1) for _ in range(5)]
    kept = [layer.params["W"] for layer in new]
    with pytest.raises(SubmissionError, match="could not be run"):
        old[0].forward(np.eye(2))
    del old, arrays
    gc.collect()
    for layer, W in zip(new, kept, strict=True):
        W[...] = 2 * np.eye(2)
        assert layer.forward(np.eye(2)).tolist() == [[2, 0], [0, 2]]
        assert layer.params["W"] is W
    sandbox.close()


@pytest.mark.slow
def test_a_submission_that_has_had_no_processor_is_waited_for(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "import time\n\n\ndef late(seconds):\n    time.sleep(seconds)\n    return seconds\n"
    )
    sandbox = Sandbox(path, Limits(seconds=1, total_seconds=60))
    assert sandbox.begin().late(1.5) == 1.5
    with pytest.raises(SubmissionError, match="ran for longer than 1 s"):
        sandbox.begin().late(30)
    sandbox.close()


def test_only_its_own_time_counts(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("def f():\n    return 1\n")
    sandbox = Sandbox(path, Limits(seconds=2, total_seconds=60))
    module = sandbox.begin()
    time.sleep(2.1)
    assert module.f() == 1
    sandbox.close()


def test_an_endless_loop_ends(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("def sleeps():\n    while True:\n        pass\n")
    sandbox = Sandbox(path, Limits(seconds=1, total_seconds=50))
    with pytest.raises(SubmissionError, match="your code ran for longer than 1 s in one test"):
        sandbox.begin().sleeps()
    sandbox.close()
