import numpy as np
import pytest

from nets.training.progress.pace import Moment, Plan, duration, number, speed, status
from tests.nets.training.doubles import PLAN


def test_status_names_only_what_is_known():
    assert status(PLAN, Moment(), 0.0) == {}
    row = {"epoch": 1, "loss": 0.5, "accuracy": None, "seconds": 1.0}
    assert list(status(PLAN, Moment(1, 10, row), 10.0)) == ["loss", "speed", "time"]


def test_a_penalty_is_told_beside_the_loss():
    row = {"accuracy": 1.0, "penalty": 0.25, "loss": 0.5}
    assert list(status(PLAN, Moment(1, 10, row), 0.0))[:3] == ["loss", "penalty", "accuracy"]


def test_time_left_and_speed_are_those_of_the_whole_run():
    texts = status(PLAN, Moment(1, 5, {}), elapsed=90.0)
    assert texts == {"speed": "5.56/s", "time": "10:30 left"}


def test_the_first_step_of_many_predicts_nothing():
    assert status(PLAN, Moment(1, 1, {}), elapsed=90.0) == {}
    assert set(status(PLAN, Moment(1, 2, {}), elapsed=90.0)) == {"speed", "time"}
    assert set(status(Plan(4, 1, 100), Moment(1, 1, {}), elapsed=9.0)) == {"speed", "time"}


def test_time_of_a_short_run_has_tenths():
    assert status(PLAN, Moment(4, 10), 0.34, final=True)["time"] == "in 0.3 s"
    assert status(PLAN, Moment(4, 10), 75.0, final=True)["time"] == "in 1:15"


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (0.0123, "0.0123/s"),
        (7, "7/s"),
        (999.6, "1,000/s"),
        (41249, "41,200/s"),
        (2.5e7, "25,000,000/s"),
    ],
)
def test_speed_has_three_digits(rate, text):
    assert speed(rate) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (59.6, "1:00"), (61, "1:01"), (3599.7, "1:00:00"), (100000, "27:46:40")],
)
def test_duration_rounds_to_seconds_and_carries(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0.000"), (0.5, "0.500"), (-0.5, "-0.500"), (0.0012, "1.20e-03"), (123456, "1.23e+05"),
     (float("nan"), "nan"), (float("inf"), "inf"), (np.float32(0.1), "0.100")],
)  # fmt: skip
def test_numbers_fit_their_place(value, text):
    assert number(value, 3) == text
