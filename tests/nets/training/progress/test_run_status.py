import numpy as np
import pytest

from nets.training.progress.run_status import RunStatus, duration, figure


def status(epoch=0, step=0, steps=10, **figures):
    return RunStatus(4, steps, 1000, epoch, step, figures)


def test_texts_name_only_what_is_known():
    assert status().texts(0.0) == {}
    known = status(1, 10, accuracy=None, penalty=0.25, loss=0.5).texts(10.0)
    assert list(known) == ["loss", "penalty", "speed", "time"]


def test_time_left_and_speed_are_those_of_the_whole_run():
    assert status(1, 5).texts(90.0) == {"speed": "5.56/s", "time": "10:30 left"}
    assert status(4, 10).texts(0.34, final=True)["time"] == "in 0.3 s"
    assert status(4, 10).texts(75.0, final=True)["time"] == "in 1:15"


def test_the_first_step_of_many_predicts_nothing():
    assert status(1, 1).texts(90.0) == {}
    assert set(status(1, 2).texts(90.0)) == {"speed", "time"}
    assert set(status(1, 1, steps=1).texts(9.0)) == {"speed", "time"}


@pytest.mark.parametrize(
    ("rate", "text"), [(0.0123, "0.0123/s"), (41249, "41,200/s"), (2.5e7, "25,000,000/s")]
)
def test_speed_has_three_digits(rate, text):
    assert status(4, 10).texts(4000 / rate)["speed"] == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (59.6, "1:00"), (3599.7, "1:00:00"), (100000, "27:46:40")]
)
def test_duration_rounds_to_seconds_and_carries(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0.000"), (-0.5, "-0.500"), (0.0012, "1.20e-03"), (123456, "1.23e+05"),
     (float("nan"), "nan"), (float("inf"), "inf"), (np.float32(0.1), "0.100")],
)  # fmt: skip
def test_figures_have_so_many_digits(value, text):
    assert figure(value, 3) == text
