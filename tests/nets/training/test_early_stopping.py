"""Early stopping: when a run ends, and where the parameters are then."""

import contextlib
import math
import re

import numpy as np
import pytest

from layers import MSE, FullyConnected, SoftmaxCE, Tanh
from nets import EarlyStopping, History, Sequential, Training, evaluate, fit
from optimizers import SGD, Adam

RNG = np.random.default_rng(11)
X, X_NEW = RNG.normal(size=(2, 30, 5))
LABELS, LABELS_NEW = RNG.integers(0, 3, (2, 30))  # nothing to learn but by heart
HELD_OUT = X_NEW, LABELS_NEW


class Net:
    """Parameters that say in which epoch they were seen."""

    def __init__(self):
        self.params = {"W": np.zeros(2)}


def played(stopping, curve, monitor="validation_loss", whole=True):
    """A run whose curve is given; after every epoch the parameters are its number."""
    training = Training(Net(), None, None, len(curve), History())
    for epoch, value in enumerate(curve, 1):
        row = {"loss": 1.0, **({} if value is None else {monitor: value})}
        training.history.append(epoch=epoch, seconds=0.0, **row)
        training.net.params["W"][...] = epoch
        stopping(training)
        if training.stopped:
            break
    if whole:
        stopping.finish(training)
    return training


def where(training):
    return training.net.params["W"].tolist()


@pytest.mark.parametrize(
    ("patience", "stopped_after"), [(1, 3), (2, 4), (3, 8), (4, 9), (5, None), (100, None)]
)
def test_it_stops_after_so_many_epochs_in_a_row_without_improvement(patience, stopped_after):
    curve = [5, 4, 4.5, 4.5, 3, 3.5, 3.5, 3.5, 3.5]
    stopping = EarlyStopping(patience)
    training = played(stopping, curve)
    assert bool(training.stopped) == (stopped_after is not None)
    assert len(training.history) == (stopped_after or len(curve))
    best = 2 if patience < 3 else 5
    assert (stopping.best_epoch, stopping.best) == (best, curve[best - 1])
    assert where(training) == [best] * 2


def test_what_is_said_names_curve_and_epoch():
    training = played(EarlyStopping(1), [5, 4, 4])
    assert training.stopped == (
        "stopped early: validation_loss was best in epoch 2; its parameters are back"
    )


def test_a_run_that_goes_to_its_end_has_the_best_parameters_too():
    training = played(EarlyStopping(10), [3, 1, 2, 2])
    assert (training.stopped, where(training)) == ("", [2.0, 2.0])
    assert where(played(EarlyStopping(10), [3, 1, 2, 2], whole=False)) == [4.0, 4.0]  # not yet


def test_an_accuracy_is_to_rise():
    stopping = EarlyStopping(2, monitor="validation_accuracy")
    training = played(stopping, [0.5, 0.7, 0.6, 0.7, 0.9], "validation_accuracy")
    assert (stopping.best_epoch, len(training.history)) == (2, 4)
    assert where(training) == [2.0, 2.0]


def test_an_improvement_has_to_be_large_enough():
    curve = [1.0, 0.95, 0.91, 0.88, 0.5]
    stopping = EarlyStopping(3, min_delta=0.1)
    training = played(stopping, curve)
    assert stopping.best_epoch == 5  # 0.88 is better than 1.0 by 0.12, so it counts
    assert training.stopped == ""
    assert played(EarlyStopping(2, min_delta=0.1), curve).history.epoch == [1, 2, 3]


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_what_is_not_finite_is_not_an_improvement(bad):
    assert where(played(EarlyStopping(2), [2, bad, bad, 1])) == [1.0, 1.0]
    assert where(played(EarlyStopping(2), [bad, 2, 3])) == [2.0, 2.0]
    assert played(EarlyStopping(2), [bad] * 9).history.epoch == [1, 2, 3]


def test_a_second_run_starts_afresh():
    stopping = EarlyStopping(2)
    played(stopping, [3, 1, 2, 2])
    training = played(stopping, [9, 8, 8.5, 8.5, 1])
    assert (stopping.best, stopping.best_epoch, len(training.history)) == (8, 2, 4)


# In a real run.


class Centred:
    """A layer with a buffer: the running mean of what it has seen."""

    def __init__(self):
        self.params, self.buffers = {}, {"mean": np.zeros(5)}

    def forward(self, x):
        self.buffers["mean"][...] = 0.9 * self.buffers["mean"] + 0.1 * x.mean(axis=0)
        return x - x.mean(axis=0)

    def backward(self, dout):
        return dout - dout.mean(axis=0), {}

    def predict(self, x):
        return x - self.buffers["mean"]


class WithBuffers:
    """A student's net of such a layer and a trained one."""

    def __init__(self):
        self.first, self.rest = Centred(), make()
        self.params, self.buffers = self.rest.params, self.first.buffers

    def forward(self, x):
        return self.rest.forward(self.first.forward(x))

    def backward(self, dout):
        return self.rest.backward(dout)

    def predict(self, x):
        return self.rest.predict(self.first.predict(x))


OPTIONS = {"epochs": 40, "batch_size": 10, "validation": HELD_OUT, "progress": False, "rng": 0}


def fails(error, epoch):
    """A callback that fails in an epoch."""

    def fail(training):
        if len(training.history) == epoch:
            raise error

    return fail


@pytest.mark.parametrize("ends", ["by itself", "by another", "by an error", "by Ctrl-C"])
@pytest.mark.parametrize("first", [True, False])
def test_however_a_run_ends_the_best_parameters_and_buffers_are_back(ends, first):
    net, stopping = WithBuffers(), EarlyStopping(patience=99)
    other = {
        "by itself": lambda training: None,
        "by another": lambda training: training.history.epoch[20:] and training.stop("enough"),
        "by an error": fails(LookupError("mine"), 30),
        "by Ctrl-C": fails(KeyboardInterrupt(), 30),
    }[ends]
    callbacks = [stopping, other] if first else [other, stopping]
    error = pytest.raises((LookupError, KeyboardInterrupt))
    with error if ends in ("by an error", "by Ctrl-C") else contextlib.nullcontext():
        fit(net, SoftmaxCE(), Adam(0.02), X, LABELS, **OPTIONS, callbacks=callbacks)
    assert evaluate(net, SoftmaxCE(), *HELD_OUT)[0] == stopping.best


def test_by_the_training_loss_the_parameters_are_those_that_were_measured():
    """With one step an epoch, the loss is that of the parameters with which it began."""
    net, stopping = make(), EarlyStopping(patience=3, monitor="loss")
    rate = SGD(lambda t: 0.5 if t < 10 else 50.0)
    options = {**OPTIONS, "batch_size": "all", "callbacks": [stopping]}
    history = fit(net, SoftmaxCE(), rate, X, LABELS, **options)
    assert stopping.best == min(history.loss) < history.loss[-1]
    assert evaluate(net, SoftmaxCE(), X, LABELS)[0] == pytest.approx(stopping.best, rel=1e-12)


def test_by_the_training_loss_the_message_says_where_the_parameters_are_from(capsys):
    options = {**OPTIONS, "callbacks": [EarlyStopping(1, monitor="loss")], "progress": True}
    fit(make(), SoftmaxCE(), SGD(50.0), X, LABELS, **options)
    said = r"stopped early: loss was best in epoch (\d+); the parameters it began with are back"
    assert re.search(said, capsys.readouterr().out)


def test_an_interrupt_before_the_first_epoch_is_complete_restores_nothing_of_another_run():
    class Interrupted(FullyConnected):
        def backward(self, dout, input_gradient=True):
            raise KeyboardInterrupt

    stopping = EarlyStopping(5)
    net = Sequential(FullyConnected(5, 3, rng=0))
    fit(net, SoftmaxCE(), SGD(0.1), X, LABELS, **OPTIONS, callbacks=[stopping])
    other = Sequential(Interrupted(5, 3, rng=1))
    before = other.params["0.W"].copy()
    with pytest.raises(KeyboardInterrupt) as caught:
        fit(other, SoftmaxCE(), SGD(0.1), X, LABELS, **OPTIONS, callbacks=[stopping])
    assert np.array_equal(other.params["0.W"], before)
    assert (len(caught.value.history), stopping.best_epoch) == (0, 0)


def test_two_in_one_run_end_at_the_best_of_the_last():
    net = make()
    pair = [EarlyStopping(99, monitor="loss"), EarlyStopping(99)]
    fit(net, SoftmaxCE(), Adam(0.02), X, LABELS, **OPTIONS, callbacks=pair)
    assert evaluate(net, SoftmaxCE(), *HELD_OUT)[0] == pair[1].best


def make(out=3):
    return Sequential(FullyConnected(5, 20, rng=0), Tanh(), FullyConnected(20, out, rng=1))


def test_a_net_that_learns_by_heart_is_stopped_where_it_was_best():
    net, stopping = make(), EarlyStopping(patience=4)
    held = dict(net.params)
    history = fit(
        net,
        SoftmaxCE(),
        Adam(0.02),
        X,
        LABELS,
        epochs=200,
        batch_size=10,
        validation=HELD_OUT,
        callbacks=[stopping],
        progress=False,
        rng=0,
    )
    assert len(history) == stopping.best_epoch + 4 < 200
    assert stopping.best == min(history.validation_loss) < history.validation_loss[-1]
    assert evaluate(net, SoftmaxCE(), *HELD_OUT)[0] == stopping.best
    assert all(net.params[name] is array for name, array in held.items())


def test_why_it_stopped_is_shown(capsys):
    options = {"epochs": 99, "validation": HELD_OUT, "callbacks": [EarlyStopping(1)]}
    fit(make(), SoftmaxCE(), Adam(0.1), X, LABELS, **options)
    assert capsys.readouterr().out.splitlines()[-1].startswith("stopped early: validation_loss was")


# What is refused.


@pytest.mark.parametrize("patience", [0, -1, 2.5, True, None, "long"])
def test_patience_is_a_positive_integer(patience):
    match = f"^EarlyStopping: expected patience to be a positive integer, got {patience!r}$"
    with pytest.raises(ValueError, match=match):
        EarlyStopping(patience)


@pytest.mark.parametrize(
    ("settings", "error", "sentence"),
    [
        ({"monitor": "val_loss"}, ValueError, "expected monitor to be one of loss, .* 'val_loss'"),
        ({"monitor": "seconds"}, ValueError, "expected monitor to be one of loss, acc.* 'seconds'"),
        ({"min_delta": -0.1}, ValueError, "expected min_delta to be a finite number, at least 0"),
        ({"min_delta": "0"}, TypeError, "expected min_delta to be a number, got '0'"),
    ],
)
def test_settings_out_of_range_are_refused(settings, error, sentence):
    with pytest.raises(error, match=sentence):
        EarlyStopping(3, **settings)


@pytest.mark.parametrize(
    ("stopping", "loss", "more", "sentence"),
    [
        (
            EarlyStopping(3),
            SoftmaxCE(),
            {},
            r"fit: EarlyStopping\(patience=3, .*\) needs validation_loss, but this run measures "
            r"only loss and accuracy; pass validation=\(x, y\) too$",
        ),
        (
            EarlyStopping(3, monitor="validation_accuracy"),
            MSE(),
            {"validation": (X, RNG.normal(size=(30, 3)))},
            "needs validation_accuracy, but this run measures only loss and validation_loss$",
        ),
    ],
)
def test_a_curve_that_the_run_will_not_have_is_reported_before_it_begins(
    stopping, loss, more, sentence
):
    net, optimizer = make(), SGD(0.1)
    y = LABELS if isinstance(loss, SoftmaxCE) else RNG.normal(size=(30, 3))
    before = {name: array.copy() for name, array in net.params.items()}
    with pytest.raises(ValueError, match=sentence):
        fit(net, loss, optimizer, X, y, epochs=2, callbacks=[stopping], **more)
    assert optimizer.t == 0
    assert all(np.array_equal(net.params[name], array) for name, array in before.items())


def test_curves_that_the_run_has_are_taken():
    for monitor in ("loss", "accuracy"):
        stopping = EarlyStopping(3, monitor=monitor)
        options = {"epochs": 3, "callbacks": [stopping], "progress": False}
        history = fit(make(), SoftmaxCE(), SGD(0.1), X, LABELS, **options)
        assert stopping.best == (min if monitor == "loss" else max)(history[monitor])


def test_repr_evals_back():
    stopping = EarlyStopping(3, monitor="loss", min_delta=0.5)
    assert repr(stopping) == "EarlyStopping(patience=3, monitor='loss', min_delta=0.5)"
    assert repr(eval(repr(stopping))) == repr(stopping)
