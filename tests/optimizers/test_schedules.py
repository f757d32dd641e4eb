"""Learning rates that change: by hand, as PyTorch's, and under an optimizer."""

import copy
import pickle

import numpy as np
import pytest

from layers import FullyConnected, SoftmaxCE, Tanh
from nets import Sequential, fit
from optimizers import SGD, Adagrad, Adam, schedules
from optimizers.schedules import (
    Cosine,
    Exponential,
    InverseTime,
    Linear,
    StepDecay,
    Then,
    Warmup,
)

ROWS = [
    StepDecay(0.4, factor=0.5, every=7),
    StepDecay(0.4, factor=0, every=7),
    Exponential(0.4, factor=0.9),
    Exponential(0.4, factor=1),
    InverseTime(0.4),
    InverseTime(0.4, decay=0.05),
    Linear(0.4, steps=30),
    Linear(0.1, steps=30, stop=0.4),
    Cosine(0.4, steps=30),
    Cosine(0.4, steps=30, stop=0.1),
    Then(0.4, 10, 0.1),
    Then(Linear(0.1, 10, 0.4), 10, InverseTime(0.4)),
    Warmup(10, 0.4),
    Warmup(1, Exponential(0.4, 0.9)),
    Warmup(10, Then(0.4, 5, Cosine(0.4, 20))),
]
every_row = pytest.mark.parametrize("schedule", ROWS, ids=str)


def rates(schedule, steps=60):
    return [schedule(t) for t in range(1, steps + 1)]


def test_every_schedule_is_in_the_table():
    assert {type(schedule).__name__ for schedule in ROWS} == set(schedules.__all__)


# By hand.


def test_step_decay_falls_every_so_many_steps():
    assert rates(StepDecay(1.0, 0.5, every=3), 7) == [1, 1, 1, 0.5, 0.5, 0.5, 0.25]


def test_exponential_falls_by_the_same_share_every_step():
    assert rates(Exponential(8.0, 0.25), 4) == [8, 2, 0.5, 0.125]


def test_inverse_time_is_the_start_over_t():
    assert rates(InverseTime(6.0), 4) == [6, 3, 2, 1.5]
    assert rates(InverseTime(6.0, decay=0.5), 5) == pytest.approx([6, 4, 3, 2.4, 2])
    assert rates(InverseTime(6.0, decay=0), 2) == [6, 6]


def test_linear_is_a_straight_line_and_then_stays():
    assert rates(Linear(8.0, 4), 6) == [8, 6, 4, 2, 0, 0]
    assert rates(Linear(0.0, 4, stop=8.0), 6) == [0, 2, 4, 6, 8, 8]


def test_cosine_is_half_a_wave_and_then_stays():
    wave = [np.cos(np.pi * share) for share in (0, 0.25, 0.5, 0.75, 1, 1)]
    assert rates(Cosine(5.0, 4, stop=1.0), 6) == pytest.approx([3 + 2 * c for c in wave])
    assert rates(Cosine(5.0, 4), 99)[-1] == 0.0


def test_then_starts_the_clock_of_what_follows_anew():
    assert rates(Then(0.5, 2, InverseTime(6.0)), 5) == [0.5, 0.5, 6, 3, 2]
    assert rates(Then(InverseTime(6.0), 2, 0.5), 4) == [6, 3, 0.5, 0.5]


def test_warmup_climbs_to_where_the_other_begins_and_continues_with_it():
    assert rates(Warmup(4, 8.0), 6) == [2, 4, 6, 8, 8, 8]
    assert rates(Warmup(3, InverseTime(6.0)), 5) == pytest.approx([2, 4, 6, 3, 2])
    assert rates(Warmup(1, InverseTime(6.0)), 3) == rates(InverseTime(6.0), 3)


# As PyTorch's.


def pytorchs(make, steps=60):
    """The learning rates of a scheduler of PyTorch, of which one step is one of ours."""
    torch = pytest.importorskip("torch", reason="the oracle: pip install handgrad[oracle]")
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.4)
    scheduler, found = make(torch.optim.lr_scheduler, optimizer), []
    for _ in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return found


@pytest.mark.parametrize(
    ("schedule", "make"),
    [
        (ROWS[0], lambda lib, o: lib.StepLR(o, step_size=7, gamma=0.5)),
        (Exponential(0.4, 0.9), lambda lib, o: lib.ExponentialLR(o, gamma=0.9)),
        (InverseTime(0.4), lambda lib, o: lib.LambdaLR(o, lambda epoch: 1 / (epoch + 1))),
        (Linear(0.4, 30), lambda lib, o: lib.LinearLR(o, 1.0, 0.0, total_iters=30)),
        (Linear(0.1, 30, stop=0.4), lambda lib, o: lib.LinearLR(o, 0.25, total_iters=30)),
        (Linear(0.4, 30), lambda lib, o: lib.PolynomialLR(o, total_iters=30)),
        (Cosine(0.4, 60, 0.1), lambda lib, o: lib.CosineAnnealingLR(o, T_max=60, eta_min=0.1)),
        (
            Then(0.4, 10, Exponential(0.4, 0.9)),
            lambda lib, o: lib.SequentialLR(
                o, [lib.ConstantLR(o, 1.0), lib.ExponentialLR(o, 0.9)], milestones=[10]
            ),
        ),
        (
            Warmup(10, Exponential(0.4, 0.9)),
            lambda lib, o: lib.SequentialLR(
                o,
                [lib.LinearLR(o, 0.1, total_iters=9), lib.ExponentialLR(o, 0.9)],
                milestones=[9],
            ),
        ),
    ],
    ids=lambda item: str(item) if type(item).__name__ in schedules.__all__ else "",
)
def test_rates_are_those_of_pytorch(schedule, make):
    assert rates(schedule) == pytest.approx(pytorchs(make), rel=1e-9, abs=1e-15)


def test_pytorchs_adagrad_with_lr_decay_is_ours_with_a_schedule():
    torch = pytest.importorskip("torch", reason="the oracle: pip install handgrad[oracle]")
    params, tensor = {"W": np.ones(3)}, torch.ones(3, dtype=torch.float64, requires_grad=True)
    ours = Adagrad(InverseTime(0.5, decay=0.2))
    theirs = torch.optim.Adagrad([tensor], lr=0.5, lr_decay=0.2)
    for t in range(60):
        g = np.cos(t * np.array([1.0, 2.0, 3.0]))
        tensor.grad = torch.tensor(g)
        ours.step(params, {"W": g})
        theirs.step()
    np.testing.assert_allclose(params["W"], tensor.detach().numpy(), rtol=1e-10)


# Under an optimizer.


X = np.random.default_rng(5).normal(size=(12, 3))
LABELS = np.arange(12) % 4


def make_net():
    return Sequential(FullyConnected(3, 5, rng=0), Tanh(), FullyConnected(5, 4, rng=1))


@every_row
def test_every_step_is_the_rate_times_the_slope_of_the_loss(schedule):
    """The slope is taken by numbers, along the whole run."""
    net, optimizer, h = make_net(), SGD(schedule), 1e-6
    theta = net.params["0.W"]
    for t in range(1, 25):
        before = theta.copy()
        values = []
        for sign in (1, -1):
            theta[1, 2] = before[1, 2] + sign * h
            values.append(SoftmaxCE().forward(net.predict(X), LABELS))
        theta[...] = before
        fit(net, SoftmaxCE(), optimizer, X, LABELS, epochs=1, progress=False)
        slope = (values[0] - values[1]) / (2 * h)
        assert before[1, 2] - theta[1, 2] == pytest.approx(schedule(t) * slope, rel=1e-5, abs=1e-9)


@every_row
def test_a_schedule_may_be_shared_because_it_remembers_nothing(schedule):
    first, second = (make_net() for _ in range(2))
    together = Adam(schedule), Adam(schedule)
    for _ in range(5):
        for net, optimizer in zip((first, second), together, strict=True):
            fit(net, SoftmaxCE(), optimizer, X, LABELS, epochs=1, progress=False, rng=0)
    alone = make_net()
    fit(alone, SoftmaxCE(), Adam(schedule), X, LABELS, epochs=5, shuffle=False, progress=False)
    for name, theta in alone.params.items():
        assert np.array_equal(first.params[name], second.params[name])
        np.testing.assert_allclose(first.params[name], theta, rtol=1e-9)


@every_row
def test_an_optimizer_saves_its_schedule_and_continues_with_it(schedule):
    optimizer, params = SGD(schedule), {"W": np.zeros(1)}
    for _ in range(12):
        optimizer.step(params, {"W": np.ones(1)})
    again = SGD()
    again.load_state_dict(pickle.loads(pickle.dumps(optimizer.state_dict())))
    assert again.learning_rate == schedule
    again.step(params, {"W": np.ones(1)})
    assert params["W"] == pytest.approx(-sum(rates(schedule, 13)))


# As objects.


@every_row
def test_a_rate_is_a_float_and_never_negative(schedule):
    assert all(type(rate) is float and rate >= 0 for rate in rates(schedule))
    assert 0 <= schedule(10**9) <= 0.4


@every_row
def test_repr_evals_back_and_copies_are_equal(schedule):
    names = {name: getattr(schedules, name) for name in schedules.__all__}
    for other in (eval(repr(schedule), names), copy.deepcopy(schedule)):
        assert other == schedule
        assert rates(other) == rates(schedule)
    assert repr(schedule) in repr(SGD(schedule))


def test_repr_names_what_is_set():
    assert repr(Cosine(0.1, 100)) == "Cosine(start=0.1, steps=100, stop=0.0)"
    assert repr(Warmup(5, 0.1)) == "Warmup(steps=5, after=0.1)"


def test_a_schedule_stays_as_it_was_made():
    with pytest.raises(AttributeError, match="cannot assign to field 'start'"):
        Linear(0.1, 10).start = -1.0


BAD = [
    (
        lambda: StepDecay(-0.1, 0.5, 10),
        ValueError,
        "expected start to be a finite number, at least 0, ",
    ),
    (
        lambda: StepDecay(0.1, 1.5, 10),
        ValueError,
        "factor to be .*, at least 0 and at most 1, got 1.5",
    ),
    (lambda: StepDecay(0.1, 0.5, 0), ValueError, "expected every to be a positive integer, got 0"),
    (
        lambda: StepDecay(0.1, 0.5, 2.5),
        ValueError,
        "expected every to be a positive integer, got 2",
    ),
    (lambda: Exponential("0.1", 0.5), TypeError, "expected start to be a number, got '0.1'"),
    (
        lambda: Exponential(0.1, -0.5),
        ValueError,
        "factor to be .* at least 0 and at most 1, got -0.5",
    ),
    (
        lambda: InverseTime(0.1, -1),
        ValueError,
        "expected decay to be a finite number, at least 0, got",
    ),
    (
        lambda: InverseTime(np.nan),
        ValueError,
        "expected start to be a finite number, at least 0, got ",
    ),
    (lambda: Linear(0.1, True), ValueError, "expected steps to be a positive integer, got True"),
    (
        lambda: Linear(0.1, 10, -0.1),
        ValueError,
        "expected stop to be a finite number, at least 0, got",
    ),
    (lambda: Cosine(None, 10), TypeError, "expected start to be a number, got None"),
    (lambda: Cosine(0.1, -10), ValueError, "expected steps to be a positive integer, got -10"),
    (
        lambda: Then(-0.1, 10, 0.1),
        ValueError,
        "expected first to be a finite number, at least 0, got ",
    ),
    (lambda: Then(0.1, 0, 0.1), ValueError, "expected steps to be a positive integer, got 0"),
    (
        lambda: Then(0.1, 10, "slow"),
        TypeError,
        "expected after to be a number or a schedule t -> float, got 'slow'",
    ),
    (lambda: Warmup(0, 0.1), ValueError, "expected steps to be a positive integer, got 0"),
    (
        lambda: Warmup(10, -0.1),
        ValueError,
        "expected after to be a finite number, at least 0, got -0.1",
    ),
    (lambda: Warmup(10, Cosine), TypeError, "got the class Cosine; pass an instance"),
    (lambda: SGD(Cosine), TypeError, "SGD: expected learning_rate to be .*, got the class Cosine"),
]


@pytest.mark.parametrize(("make", "error", "sentence"), BAD, ids=[sentence for *_, sentence in BAD])
def test_invalid_arguments_are_refused(make, error, sentence):
    with pytest.raises(error, match=sentence):
        make()


@pytest.mark.parametrize("make", [lambda f: Then(f, 5, 0.1), lambda f: Warmup(5, f)])
def test_a_function_inside_that_returns_no_rate_is_reported_at_its_step(make):
    with pytest.raises(TypeError, match="expected the learning rate at step 1 to be a num"):
        make(lambda t: None)(1)


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.int64, np.float32])
def test_numbers_of_numpy_are_numbers(kind):
    plain = schedules.Warmup(5, schedules.Linear(0.5, 9, stop=0.25))
    small = schedules.Warmup(np.uint8(5), schedules.Linear(np.float32(0.5), np.int8(9), stop=0.25))
    with np.errstate(all="raise"):
        assert [small(kind(t)) for t in range(1, 20)] == [plain(t) for t in range(1, 20)]
