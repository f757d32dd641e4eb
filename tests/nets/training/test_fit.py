"""The training loop: what it does, what it measures, what it refuses."""

import importlib
import math
import re
import time
import warnings

import numpy as np
import pytest

from layers import MSE, Dropout, FullyConnected, Hinge, ReLU, SoftmaxCE, Tanh
from nets import L2, EarlyStopping, History, Sequential, Training, evaluate, fit, minibatches
from optimizers import SGD, Adam

MODULE = importlib.import_module("nets.training.fit")  # the function hides it
RNG = np.random.default_rng(9)
N = 45
LABELS = np.arange(N) % 3
X = np.array([[2.0, 0.0], [-1.0, 2.0], [-1.0, -2.0]])[LABELS] + 0.4 * RNG.normal(size=(N, 2))
TARGETS = np.stack([X[:, 0] - X[:, 1], X[:, 0] * 0.5], axis=1)
MEASURED = ["epoch", "loss", "accuracy", "seconds"]


def make(out=3, **options):
    return Sequential(
        FullyConnected(2, 8, rng=0, **options), Tanh(), FullyConnected(8, out, rng=1, **options)
    )


def train(net=None, loss=None, optimizer=None, x=X, y=LABELS, **options):
    parts = net or make(), loss or SoftmaxCE(), optimizer or SGD(0.5)
    return fit(
        *parts, x, y, **{"epochs": 5, "batch_size": "all", "progress": False, "rng": 0, **options}
    )


def frozen(value):
    """Everything in nested dicts, arrays to the bit, as something that can be compared."""
    if isinstance(value, dict):
        return {key: frozen(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    return value


class Line:
    """A student's net: no base class, no predict, and a backward that knows no options."""

    def __init__(self):
        self.W, self.b = np.zeros((2, 2)), np.zeros(2)
        self.params = {"W": self.W, "b": self.b}

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        return dout @ self.W.T, {"W": self.x.T @ dout, "b": dout.sum(axis=0)}


class Absolute:
    """A student's loss: no base class, no check, no accuracy."""

    def __init__(self):
        self.params = {}

    def forward(self, y, t):
        self.d = y - t
        return float(np.abs(self.d).mean())

    def backward(self, dout=1.0):
        return dout * np.sign(self.d) / self.d.size, {}


# What a run does.


@pytest.mark.parametrize(
    ("batch_size", "steps"), [("all", 1), (None, 1), (1, 45), (7, 7), (15, 3), (45, 1), (1000, 1)]
)
def test_batch_minibatch_and_stochastic_descent_lower_the_loss(batch_size, steps):
    net, optimizer = make(), SGD(0.1)
    first = evaluate(net, SoftmaxCE(), X, LABELS)[0]
    history = train(net, optimizer=optimizer, batch_size=batch_size, epochs=20)
    last = evaluate(net, SoftmaxCE(), X, LABELS)[0]
    assert optimizer.t == 20 * steps
    assert len(history) == 20
    assert history.loss[-1] < 0.8 * history.loss[0]
    assert last < 0.8 * first


def test_a_batch_has_32_examples_unless_told_otherwise():
    optimizer = SGD(0.1)
    fit(make(), SoftmaxCE(), optimizer, X, LABELS, epochs=3, progress=False)
    assert optimizer.t == 3 * 2  # 45 examples


@pytest.mark.parametrize("batch_size", ["all", 1, 8])
@pytest.mark.parametrize("shuffle", [True, False])
def test_a_run_is_the_loop_that_one_would_write(batch_size, shuffle):
    net, same = make(), make()
    history = train(net, optimizer=Adam(0.02), batch_size=batch_size, shuffle=shuffle, rng=4)
    rng, loss, optimizer = np.random.default_rng(4), SoftmaxCE(), Adam(0.02)
    for epoch in range(5):
        total = right = 0.0
        for x, y in minibatches(X, LABELS, batch_size, shuffle=shuffle, rng=rng):
            scores = same.forward(x)
            total += loss.forward(scores, y) * len(x)
            right += (scores.argmax(axis=1) == y).sum()
            _, grads = same.backward(loss.backward()[0])
            optimizer.step(same.params, grads)
        assert history.loss[epoch] == pytest.approx(total / N, rel=1e-13)
        assert history.accuracy[epoch] == pytest.approx(right / N, rel=1e-13)
    assert frozen(net.params) == frozen(same.params)


def test_the_gradient_of_the_input_is_not_asked_for():
    asked = []

    class Spy(FullyConnected):
        def backward(self, dout, input_gradient=True):
            asked.append(input_gradient)
            return super().backward(dout, input_gradient)

    for net in (Spy(2, 3, rng=0), Sequential(Spy(2, 3, rng=0))):
        train(net, epochs=1)
    assert asked == [False, False]


def test_the_parameters_are_changed_in_place():
    net = make()
    held = dict(net.params)
    train(net)
    assert all(net.params[name] is array for name, array in held.items())


def test_every_epoch_has_its_own_order_and_every_example_once():
    seen = []

    class Watches(Line):
        def forward(self, x):
            seen.append(x[:, 0].tolist())
            return super().forward(x)

    train(Watches(), MSE(), SGD(0.0), y=TARGETS, batch_size=20, epochs=3)
    assert len(seen.pop(0)) == 1  # one example shows the shape of the output
    assert [len(batch) for batch in seen] == [20, 20, 5] * 3
    epochs = [[*seen[start], *seen[start + 1], *seen[start + 2]] for start in (0, 3, 6)]
    assert all(sorted(epoch) == sorted(X[:, 0]) for epoch in epochs)
    assert epochs[0] != epochs[1] != epochs[2] != epochs[0]


def test_a_second_run_continues_where_the_first_ended():
    net, optimizer = make(), SGD(0.3, momentum=0.5)
    whole, in_one = make(), SGD(0.3, momentum=0.5)
    for _ in range(2):
        train(net, optimizer=optimizer, epochs=3, shuffle=False)
    train(whole, optimizer=in_one, epochs=6, shuffle=False)
    assert frozen(net.params) == frozen(whole.params)
    assert optimizer.t == in_one.t == 6


def test_a_float32_net_stays_float32():
    net, optimizer = make(dtype=np.float32), Adam(0.01)
    history = train(net, optimizer=optimizer, batch_size=8, regularizer=L2(0.01))
    assert {array.dtype for array in net.params.values()} == {np.dtype(np.float32)}
    assert {a.dtype for slots in optimizer.state.values() for a in slots.values()} == {
        np.dtype(np.float32)
    }
    assert history.loss[-1] < history.loss[0]


# Randomness.


@pytest.mark.parametrize("batch_size", ["all", 1, 8])
def test_the_same_seed_gives_the_same_run_to_the_bit(batch_size):
    def run(rng):
        net = Sequential(FullyConnected(2, 8, rng=0), Dropout(0.2, rng=1), *make()[1:])
        options = {"batch_size": batch_size, "rng": rng, "validation": (X[:9], LABELS[:9])}
        history = train(net, optimizer=Adam(0.01), **options)
        rows = [{k: v for k, v in row.items() if k != "seconds"} for row in history.rows()]
        return frozen(net.params), rows

    assert run(5) == run(5) == run(np.random.default_rng(5))
    assert run(5) != run(6)


def test_the_global_random_numbers_are_left_alone():
    state = np.random.get_state()[1].tobytes()  # noqa: NPY002, it is what is looked at
    train(batch_size=8, rng=None)
    assert np.random.get_state()[1].tobytes() == state  # noqa: NPY002


# What a run measures.


def test_the_columns_are_those_that_were_measured():
    held_out = (X[:9], LABELS[:9])
    assert list(train().columns) == MEASURED
    assert list(train(validation=held_out).columns) == [
        *MEASURED[:3],
        "validation_loss",
        "validation_accuracy",
        "seconds",
    ]
    regression = {"net": make(2), "loss": MSE(), "optimizer": SGD(0.05), "y": TARGETS}
    assert list(train(**regression).columns) == ["epoch", "loss", "seconds"]
    assert list(train(**regression, validation=(X[:9], TARGETS[:9])).columns) == [
        "epoch",
        "loss",
        "validation_loss",
        "seconds",
    ]


def test_a_history_comes_back_with_a_row_for_each_epoch():
    began = time.perf_counter()
    history = train(epochs=4)
    assert type(history) is History
    assert history.epoch == [1, 2, 3, 4]
    assert all(seconds > 0 for seconds in history.seconds)
    assert sum(history.seconds) < time.perf_counter() - began


@pytest.mark.parametrize("pair", [tuple, list])
def test_validation_is_measured_after_every_epoch_and_changes_nothing(pair):
    net, same, expected = make(), make(), []
    held_out = pair((X[::5], LABELS[::5]))

    def measure(training):
        expected.append(evaluate(training.net, SoftmaxCE(), *held_out))

    history = train(net, batch_size=8, validation=held_out, callbacks=[measure])
    measured = zip(history.validation_loss, history.validation_accuracy, strict=True)
    assert list(measured) == expected
    assert len(set(history.validation_loss)) == 5
    without = train(same, batch_size=8)
    assert frozen(net.params) == frozen(same.params)
    assert history.loss == without.loss


# Regularizers.


def test_a_regularizer_is_part_of_the_gradient_and_a_column_of_its_own():
    net, l2 = make(), L2(0.2)
    before = {name: array.copy() for name, array in net.params.items()}
    loss = SoftmaxCE()
    value = loss.forward(net.forward(X), LABELS)
    _, grads = net.backward(loss.backward()[0])
    penalty = 0.1 * sum((before[name] ** 2).sum() for name in ("0.W", "2.W"))

    history = train(net, regularizer=l2, epochs=1, shuffle=False)
    assert history.loss == [value]  # as validation_loss, of the data alone
    assert history.penalty == [pytest.approx(penalty, rel=1e-13)]
    for name, array in net.params.items():
        drawn = 0.2 * before[name] if name.endswith("W") else 0
        np.testing.assert_allclose(array, before[name] - 0.5 * (grads[name] + drawn), rtol=1e-12)


def test_l2_with_plain_descent_is_weight_decay():
    net, same = make(), make()
    train(net, optimizer=SGD(0.1), batch_size=8, regularizer=L2(0.3, biases=True))
    train(same, optimizer=SGD(0.1, weight_decay=0.3), batch_size=8)
    for name, array in net.params.items():
        np.testing.assert_allclose(array, same.params[name], rtol=1e-11, atol=1e-14)


def test_a_students_regularizer_may_concern_some_parameters():
    class Lasso:
        def penalty(self, params):
            return 0.3 * np.abs(params["0.W"]).sum()

        def gradients(self, params):
            return {"0.W": 0.3 * np.sign(params["0.W"])}

    net, plain = make(), make()
    train(net, regularizer=Lasso(), epochs=20)
    train(plain, epochs=20)
    assert np.abs(net.params["0.W"]).sum() < np.abs(plain.params["0.W"]).sum()


# Callbacks and display.


def test_callbacks_are_called_in_order_after_every_epoch():
    calls = []
    net, loss, optimizer = make(), SoftmaxCE(), SGD(0.1)

    def first(training):
        assert isinstance(training, Training)
        assert training.net is net
        assert training.loss is loss
        assert training.optimizer is optimizer
        calls.append(("first", training.history.epoch, training.history.validation_loss[-1]))

    def second(training):
        calls.append(("second", training.history.epoch, frozen(net.params)))

    held_out = (X[:9], LABELS[:9])
    history = train(
        net, loss, optimizer, epochs=3, callbacks=iter([first, second]), validation=held_out
    )
    assert [name for name, _, _ in calls] == ["first", "second"] * 3
    assert [epochs for _, epochs, _ in calls[::2]] == [[1], [1, 2], [1, 2, 3]]
    assert [value for _, _, value in calls[::2]] == history.validation_loss
    assert calls[-1][2] == frozen(net.params) != calls[1][2]


def test_a_callback_may_stop_the_run_and_all_are_still_called():
    called = []

    def patience(training):
        if training.history.epoch[-1] == 3:
            training.stop("enough")

    optimizer = SGD(0.1)
    history = train(optimizer=optimizer, epochs=50, callbacks=[patience, called.append])
    assert history.epoch == [1, 2, 3]
    assert optimizer.t == 3
    assert len(called) == 3
    assert called[-1].stopped == "enough"


@pytest.mark.parametrize(("why", "shown"), [((), "stopped by a callback"), ((3,), "3")])
def test_a_callback_may_stop_the_run_for_any_reason_or_none(why, shown, capsys):
    history = train(progress=True, callbacks=[lambda training: training.stop(*why)])
    assert len(history) == 1
    assert capsys.readouterr().out.splitlines()[-1] == shown


def test_callbacks_know_which_epoch_is_the_last():
    told = []

    def tell(training):
        told.append((training.epochs, training.last))

    train(epochs=3, callbacks=[tell])
    assert told == [(3, False), (3, False), (3, True)]
    told.clear()
    train(epochs=3, callbacks=[tell, lambda training: training.stop("enough"), tell])
    assert told == [(3, False), (3, True)]


class Reads:
    """A callback that reads some columns."""

    def __init__(self, *needs):
        self.needs = needs

    def __call__(self, training):
        assert all(training.history[name] for name in self.needs)


def test_a_callback_may_say_which_columns_it_needs():
    run = {"regularizer": L2(0.1), "validation": (X, LABELS), "epochs": 1}
    train(callbacks=[Reads("seconds", "penalty", "validation_accuracy"), Reads()], **run)
    with pytest.raises(ValueError, match="needs penalty, but this run measures only loss and acc"):
        train(callbacks=[Reads("loss", "penalty")])
    with pytest.raises(TypeError, match=r"expected needs of .* to be strings, got 3 at position 1"):
        train(callbacks=[Reads("loss", 3)])


def test_gradients_of_a_regularizer_have_the_shapes_of_the_parameters():
    careless = Careless(penalty=0.0, gradients={"0.W": np.ones(3)})
    assert_refused({"regularizer": careless}, ValueError, r"of the parameter, got array\(\[1., 1")


class Finishes:
    """A callback that notes its end."""

    def __init__(self, notes, name, error=None):
        self.notes, self.name, self.error = notes, name, error

    def __call__(self, training):
        self.notes.append(self.name)

    def finish(self, training):
        self.notes.append(f"{self.name} ends after {len(training.history)}")
        if self.error:
            raise self.error


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1), LookupError("mine")])
def test_every_callback_is_finished_however_a_run_ends(error):
    notes = []

    def fail(training):
        if len(training.history) == 2:
            raise error

    callbacks = [Finishes(notes, "a", ValueError("its own")), fail, Finishes(notes, "b")]
    with pytest.raises((type(error), ValueError)) as caught:
        train(callbacks=callbacks)
    assert notes == ["a", "b", "a", "a ends after 2", "b ends after 2"]
    assert caught.value.history.epoch == [1, 2]
    notes.clear()
    train(callbacks=[Finishes(notes, "a"), print], epochs=1)
    assert notes == ["a", "a ends after 1"]


@pytest.mark.parametrize("where", ["forward", "predict"])
def test_an_interrupt_within_an_epoch_leaves_those_that_are_complete(where):
    calls = []

    class Interrupted(Line):
        def forward(self, x):
            calls.append(x)
            if len(calls) == 9:
                raise KeyboardInterrupt
            return super().forward(x)

    options = {"epochs": 9, "batch_size": 15}
    if where == "predict":
        options["validation"] = (X[:5], TARGETS[:5])
    with pytest.raises(KeyboardInterrupt) as caught:
        train(Interrupted(), MSE(), SGD(0.1), y=TARGETS, **options)
    assert len(caught.value.history) == {"forward": 2, "predict": 1}[where]


def test_a_loss_far_above_that_of_guessing_is_said(capsys):
    train(progress=True, y=RNG.permutation(LABELS), optimizer=SGD(300.0), epochs=3)
    said = capsys.readouterr().out.splitlines()[-1]
    assert said.startswith("the loss ended at")
    assert said.endswith("guessing among 3 classes costs 1.10: try a smaller learning rate")


def test_progress_shows_epochs_and_measures(capsys):
    history = train(progress=True, epochs=2, validation=(X, LABELS))
    out, err = capsys.readouterr()
    assert [line.split("  ")[0] for line in out.splitlines()] == ["epoch 1/2", "epoch 2/2"]
    assert f"loss {history.loss[-1]:.4f}" in out
    assert f"validation accuracy {history.validation_accuracy[-1]:.4f}" in out
    assert err == ""


def test_without_progress_nothing_is_printed(capsys):
    train(validation=(X, LABELS), batch_size=8, callbacks=[lambda training: training.stop("now")])
    assert capsys.readouterr() == ("", "")


def test_progress_is_shown_unless_one_declines(capsys):
    fit(make(), SoftmaxCE(), SGD(0.1), X, LABELS, epochs=1)
    assert "epoch 1/1" in capsys.readouterr().out


class Display:
    """Keeps what it is told."""

    def __init__(self):
        self.steps, self.rows, self.closed = [], [], None

    def update(self, epoch, step, tally):
        self.steps.append((epoch, step, tally.means["loss"], tally.means.get("accuracy")))

    def epoch_end(self, row):
        self.rows.append(dict(row))

    def close(self, message):
        self.closed = message


@pytest.mark.parametrize("batch_size", ["all", 20])
@pytest.mark.parametrize("classes", [True, False])
def test_the_display_is_told_of_every_step_and_its_means_so_far(monkeypatch, classes, batch_size):
    display, plans = Display(), []

    def make_display(*plan, enabled):
        plans.append((*plan, enabled))
        return display

    monkeypatch.setattr(MODULE, "progress_display", make_display)
    net, loss, y = (make(), SoftmaxCE(), LABELS) if classes else (make(2), MSE(), TARGETS)
    options = {"batch_size": batch_size, "epochs": 2, "shuffle": False}
    history = train(net, loss, SGD(0.0), y=y, **options)
    ends = [45] if batch_size == "all" else [20, 40, 45]
    assert plans == [(2, len(ends), 45, False)]
    assert [step[:2] for step in display.steps] == [
        (epoch, number) for epoch in (1, 2) for number in range(1, len(ends) + 1)
    ]
    for (_, _, value, accuracy), end in zip(display.steps, ends * 2, strict=True):
        expected = evaluate(net, loss, X[:end], y[:end])
        assert (value, accuracy) == (pytest.approx(expected[0]), pytest.approx(expected[1]))
    assert [row["loss"] for row in display.rows] == history.loss
    assert [row["epoch"] for row in display.rows] == [1, 2]
    assert display.closed == ""


def test_the_display_is_closed_when_a_run_fails(monkeypatch):
    display = Display()
    monkeypatch.setattr(MODULE, "progress_display", lambda *plan, enabled: display)
    with pytest.raises(ZeroDivisionError):
        train(callbacks=[lambda training: 1 / 0])
    assert display.closed == ""


# Nets, losses and optimizers of one's own.


def test_a_students_net_learns_a_line():
    net = Line()
    history = train(net, MSE(), SGD(0.2), y=TARGETS, epochs=300, validation=(X, TARGETS))
    assert history.loss[-1] < 1e-8
    assert history.validation_loss[-1] < 1e-8
    np.testing.assert_allclose(net.W, [[1.0, 0.5], [-1.0, 0.0]], atol=1e-3)


def test_a_students_loss_needs_no_check_and_no_accuracy():
    history = train(Line(), Absolute(), SGD(lambda t: 0.5 / t**0.5), y=TARGETS, epochs=200)
    assert history.loss[-1] < 0.1 * history.loss[0]
    assert "accuracy" not in history.columns


def test_a_students_optimizer_needs_only_step():
    class Descent:
        def step(self, params, grads):
            for name, array in params.items():
                array -= 0.5 * grads[name]

    net, same = make(), make()
    train(net, optimizer=Descent())
    train(same, optimizer=SGD(0.5))
    assert frozen(net.params) == frozen(same.params)


def test_one_layer_is_a_net():
    layer = FullyConnected(2, 2, rng=0)
    assert train(layer, MSE(), SGD(0.2), y=TARGETS, epochs=300).loss[-1] < 1e-8


# What is refused, changing nothing.


def with_value(array, index, value):
    array = np.array(array, float)
    array[index] = value
    return array


OUT_OF_RANGE = np.where(np.arange(N) == N - 1, 3, LABELS)
HELD_OUT = (X[:9], LABELS[:9])

BAD = {
    "x too short": ({"x": X[:-1]}, ValueError, r"one entry for each example, .*\(44, 2\) and \(45"),
    "y too short": ({"y": LABELS[:9]}, ValueError, r"got shapes \(45, 2\) and \(9,\)"),
    "no examples": (
        {"x": X[:0], "y": LABELS[:0]},
        ValueError,
        r"fit: expected at least one example in x, got shape \(0, 2\)",
    ),
    "x None": ({"x": None}, TypeError, "fit: expected x to be an array of numbers, got None"),
    "x text": ({"x": ["a"] * N}, TypeError, "fit: expected x to be an array of real numbers, got"),
    "y text": ({"y": ["a"] * N}, TypeError, "fit: expected y to be an array of real numbers, got"),
    "x ragged": ({"x": [[1.0, 2.0], [3.0]]}, ValueError, "expected x to be a rectangular array"),
    "x too wide": (
        {"x": np.ones((N, 3))},
        ValueError,
        r"layer 0 \(FullyConnected 2 -> 8\): expected x of shape \(..., 2\), got \(1, 3\)",
    ),
    "nan in x": (
        {"x": with_value(X, (44, 1), np.nan)},
        ValueError,
        r"fit: expected finite numbers in x, got nan at \[44, 1\]",
    ),
    "nan in y": ({"y": with_value(LABELS, 44, np.nan)}, ValueError, r"in y, got nan at \[44\]"),
    "label too large": (
        {"y": OUT_OF_RANGE},
        ValueError,
        "SoftmaxCE: expected labels from 0 to 2, .* got 3 at position 44",
    ),
    "labels as floats": ({"y": LABELS * 1.0}, TypeError, "expected integer labels, got dtype floa"),
    "labels one-hot": ({"y": np.eye(3)[LABELS]}, ValueError, r"one-hot rows; pass labels.argmax"),
    "targets of another shape": (
        {"loss": MSE(), "y": TARGETS},
        ValueError,
        r"MSE: expected targets t of shape \(45, 3\), the shape of y, got \(45, 2\)",
    ),
    "loss class": ({"loss": SoftmaxCE}, TypeError, r"expected a loss such as SoftmaxCE\(\), got <"),
    "loss function": ({"loss": abs}, TypeError, r"expected a loss such as SoftmaxCE\(\), got abs"),
    "optimizer class": (
        {"optimizer": SGD},
        TypeError,
        r"an optimizer such as SGD\(0.1\), got <cla",
    ),
    "epochs 0": ({"epochs": 0}, ValueError, "epochs to be a positive integer, got 0"),
    "epochs 2.5": ({"epochs": 2.5}, ValueError, "epochs to be a positive integer, got 2.5"),
    **{
        f"batch_size {bad!r}": (
            {"batch_size": bad},
            ValueError,
            f'^fit: expected batch_size to be .* or "all", got {re.escape(repr(bad))}$',
        )
        for bad in (0, -8, 2.5, True, "32", (32,), math.nan)
    },
    "validation share": (
        {"validation": 0.2},
        TypeError,
        r"fit: expected validation=\(x, y\), got float; hold some examples out and pass them",
    ),
    "validation x": ({"validation": X}, TypeError, r"expected validation=\(x, y\), got ndarray"),
    "validation lengths": (
        {"validation": (X[:9], LABELS[:8])},
        ValueError,
        r"validation x and validation y with one entry .* got shapes \(9, 2\) and \(8,\)",
    ),
    "validation label": (
        {"validation": (X, OUT_OF_RANGE)},
        ValueError,
        "expected labels from 0 to 2, .* got 3 at position 44",
    ),
    "validation None": (
        {"validation": (X, None)},
        TypeError,
        "expected validation y to be an array of numbers, got None",
    ),
    "rng": ({"rng": "seed"}, TypeError, "fit: expected rng to be None, a seed .* got 'seed'"),
}


def assert_refused(change, error, match):
    net, optimizer = make(), Adam(0.01)
    train(net, optimizer=optimizer, epochs=1)
    before = frozen(net.params), frozen(optimizer.state_dict())
    given = {"net": net, "loss": SoftmaxCE(), "optimizer": optimizer, "x": X, "y": LABELS}
    options = {"epochs": 2, "batch_size": 8, "progress": False, "validation": HELD_OUT}
    with pytest.raises(error, match=match):
        fit(**{**given, **options, **change})
    assert (frozen(net.params), frozen(optimizer.state_dict())) == before


@pytest.mark.parametrize("kind", BAD)
def test_bad_arguments_get_a_sentence_and_change_nothing(kind, capsys):
    assert_refused(*BAD[kind])
    assert capsys.readouterr().out == ""


BAD_PARTS = {
    "net None": ({"net": None}, TypeError, "fit: expected a net"),
    "net class": ({"net": FullyConnected}, TypeError, "fit: expected a net"),
    "net list": ({"net": [FullyConnected(2, 3), ReLU()]}, TypeError, "fit: expected a net"),
    "regularizer class": ({"regularizer": L2}, TypeError, "fit: expected a regularizer"),
    "regularizer number": ({"regularizer": 0.1}, TypeError, "fit: expected a regularizer"),
    "one callback": ({"callbacks": print}, TypeError, "fit: expected callbacks"),
    "no callables": ({"callbacks": [3]}, TypeError, "fit: expected callbacks"),
}


@pytest.mark.parametrize("kind", BAD_PARTS)
def test_bad_parts_get_a_sentence_and_change_nothing(kind):
    assert_refused(*BAD_PARTS[kind])


def test_arguments_after_the_examples_are_named():
    with pytest.raises(
        TypeError, match=r"^fit: too many positional arguments; pass epochs, .* by name"
    ):
        fit(make(), SoftmaxCE(), SGD(), X, LABELS, 5)
    with pytest.raises(TypeError, match=r"^fit: missing a required argument: 'epochs'\. It"):
        fit(make(), SoftmaxCE(), SGD(), X, LABELS)


def test_an_optimizer_of_another_net_is_reported_before_anything_changes():
    optimizer, net = Adam(0.01), make(2)
    train(make(3), optimizer=optimizer, epochs=1)
    before = frozen(net.params), frozen(optimizer.state_dict())
    with pytest.raises(ValueError, match="use a new optimizer for another net"):
        train(net, MSE(), optimizer, y=TARGETS)
    assert (frozen(net.params), frozen(optimizer.state_dict())) == before


def test_a_run_does_not_warn():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        train(batch_size=4, validation=HELD_OUT, regularizer=L2(0.1))
    assert told == []


def test_params_of_a_net_that_are_not_a_dict_are_refused():
    net = make()

    class Student:
        params, forward, backward = None, net.forward, net.backward

    with pytest.raises(TypeError, match=r"^fit: expected net\.params to be a dict, got NoneType"):
        fit(Student(), SoftmaxCE(), SGD(), X, LABELS, epochs=1)


def test_shuffle_is_true_or_false():
    with pytest.raises(TypeError, match="fit: expected shuffle to be True or False, got 'no'"):
        fit(make(), SoftmaxCE(), SGD(), X, LABELS, epochs=1, shuffle="no")


def test_a_student_whose_backward_returns_one_thing_gets_a_sentence():
    net = make()

    class OnlyDx:
        params, forward = {}, net.forward

        def backward(self, dout):
            return dout

    with pytest.raises(TypeError, match=r"^OnlyDx: expected backward to return \(dx, grads\)"):
        fit(OnlyDx(), SoftmaxCE(), SGD(), X, LABELS, epochs=1)


class Careless:
    """A student's loss or regularizer, whose methods return what they are told to."""

    def __init__(self, **returned):
        self.params = returned.pop("params", {})
        for name, value in returned.items():
            setattr(self, name, lambda *_, value=value: value)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"loss": Careless(forward=None, backward=1)}, "^Careless: expected forward to return a n"),
        (
            {"loss": Careless(forward=X[:8], backward=1)},
            r"the mean .*, got an array of shape \(8, 2",
        ),
        (
            {"loss": Careless(forward=1.0, backward=X)},
            r"^Careless: expected backward to return \(d",
        ),
        ({"regularizer": Careless(penalty=None, gradients={})}, "^fit: expected penalty"),
        ({"regularizer": Careless(penalty=np.ones(1), gradients={})}, "^fit: expected penalty"),
        ({"regularizer": Careless(penalty=np.ma.masked, gradients={})}, "^fit: expected penalty"),
        (
            {"regularizer": Careless(penalty=0.0, gradients=None)},
            "dict with some .* 0.W, .*, got N",
        ),
        ({"regularizer": Careless(penalty=0.0, gradients={"W": 1.0})}, "names 0.W, .*, got {'W'"),
    ],
)
def test_what_a_students_parts_return_is_checked_before_anything_changes(change, sentence):
    assert_refused({**change, "validation": None}, TypeError, sentence)


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        (
            {"x": LABELS, "y": X},
            ValueError,
            "^fit: the net takes y and not x, so they are probably",
        ),
        ({"net": MSE()}, TypeError, "^fit: expected a net with a forward that takes x, got MSE"),
        (
            {"net": Careless(forward=None, backward=1)},
            TypeError,
            "^fit: the net returned None for x",
        ),
        (
            {"loss": SGD(0.1), "optimizer": SoftmaxCE()},
            TypeError,
            r"got SGD.*; the order is fit\(n",
        ),
        (
            {"loss": make()},
            TypeError,
            "expected a loss with a forward that takes scores and targets",
        ),
        ({"callbacks": Display}, TypeError, "expected callbacks to be a list of callables"),
        ({"callbacks": [EarlyStopping]}, TypeError, "expected callbacks to be a list of callables"),
        ({"callbacks": EarlyStopping(2)}, TypeError, r"; write callbacks=\[...\] around it"),
        (
            {"net": Careless(params={"w": 1.0}, forward=1, backward=1)},
            TypeError,
            r"expected net.params\['w'\] to be an array, .* got 1.0; store np.array",
        ),
        (
            {"net": Careless(params={"w": np.array([1.0, np.nan])}, forward=1, backward=1)},
            ValueError,
            r"expected finite numbers in net.params\['w'\], got nan or infinity, .* a new net",
        ),
        ({"progress": 0}, TypeError, "expected progress to be True or False, got 0"),
        ({"y": np.array(["a"] * N)}, TypeError, "names, y = np.unique"),
        ({"net": make(1), "loss": MSE(), "y": X[:, 0]}, ValueError, r"; pass y.reshape\(-1, 1\)$"),
        ({"x": np.ma.masked_less(X, 0)}, TypeError, "expected x without a mask, .*pass .filled"),
        ({"validation": (X, np.ma.array(LABELS))}, TypeError, "validation y without a mask"),
    ],
)
def test_mistakes_of_beginners_are_named(change, error, sentence):
    assert_refused({"validation": None, **change}, error, sentence)


LAYOUTS = {
    "Fortran": np.asfortranarray,
    "transposed": lambda a: a.T.copy().T,
    "reversed": lambda a: a[::-1].copy()[::-1],
    "strided": lambda a: np.repeat(a, 2, axis=0)[::2],
    "big-endian": lambda a: a.astype(a.dtype.newbyteorder(">")),
    "read-only": lambda a: np.frombuffer(a.tobytes(), a.dtype).reshape(a.shape),
    "list": lambda a: a.tolist(),
}


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_any_layout_gives_the_same_run(layout, shuffle):
    change, nets, runs = LAYOUTS[layout], (make(), make()), []
    for net, x, y in zip(nets, (X, change(X)), (LABELS, change(LABELS)), strict=True):
        options = {"batch_size": 8, "shuffle": shuffle, "validation": (x, y)}
        history = train(net, x=x, y=y, **options)
        runs.append((history.loss, history.validation_loss, evaluate(net, SoftmaxCE(), x, y)))
    assert runs[0] == runs[1]
    assert frozen(nets[0].params) == frozen(nets[1].params)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble, np.uint8, np.int64, bool])
def test_features_of_any_dtype_are_cast_to_that_of_the_net(dtype):
    """Half precision too, even for a first layer without parameters, which would refuse it."""
    x, nets = (X > 0).astype(dtype), (Sequential(ReLU(), *make()), Sequential(ReLU(), *make()))
    train(nets[0], x=x, y=LABELS.astype(np.uint64), validation=(x, LABELS))
    train(nets[1], x=(X > 0).astype(float))
    for name, array in nets[0].params.items():
        np.testing.assert_allclose(array, nets[1].params[name], rtol=1e-5)


def test_a_net_that_writes_into_its_input_does_not_change_the_examples():
    class Writes(Line):
        def forward(self, x):
            x *= 0.5
            return super().forward(x)

    x, net = X.copy(), Writes()
    train(net, MSE(), SGD(0.1), x=x, y=TARGETS, shuffle=False, validation=(x, TARGETS))
    evaluate(net, MSE(), x, TARGETS)
    assert np.array_equal(x, X)


@pytest.mark.parametrize("name", ["stop", "stop_training", "stopped"])
def test_a_run_is_not_stopped_by_a_value_that_nothing_reads(name):
    def stop(training):
        setattr(training, name, True)

    with pytest.raises((AttributeError, TypeError), match=f"Training: .*{name}") as caught:
        train(callbacks=[stop], epochs=3)
    assert len(caught.value.history) == 1


def test_the_accuracy_of_a_subclass_is_its_own():
    class Lenient(SoftmaxCE):
        @classmethod
        def accuracy(cls, scores, labels):
            return 0.25

    history = fit(
        FullyConnected(2, 2, rng=0),
        Lenient(),
        SGD(0.1),
        [[1.0, 2.0]],
        [1],
        epochs=1,
        progress=False,
    )
    assert history.accuracy == [0.25]


@pytest.mark.parametrize("loss", [SoftmaxCE(), Hinge()], ids=repr)
def test_the_accuracy_in_training_is_that_of_the_loss(loss):
    rng = np.random.default_rng(0)
    scores, labels = rng.normal(size=(40, 3)), rng.integers(0, 3, 40)
    assert loss.accuracy_of_checked(scores, labels) == loss.accuracy(scores, labels)
