"""The benchmarks run: no test asserts a time."""

import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from tests.benchmarks import growth, image_speed, ours, timing, waits
from tests.benchmarks.__main__ import main
from tests.benchmarks.cases import SIZES, case
from tests.benchmarks.machine import PINS, without_pins
from tests.benchmarks.memory import memory
from tests.benchmarks.peers import PEERS
from tests.benchmarks.timing import Timing, measured

ROOT = Path(__file__).parents[2]


def test_the_table_has_a_row_for_each_case(capsys, monkeypatch):
    monkeypatch.setitem(PEERS, "Absent", absent)
    main(["--cases", "S", "--rules", "sgd", "--peers", "Absent", "--blocks", "2"])
    out = capsys.readouterr().out
    assert "| net, batch, rule | handgrad | products | NumPy alone | Absent |" in out
    assert out.count("| S: 64-32-10, 32, sgd") == 1
    assert "geometric mean" not in out
    assert "Absent         left out: No module named 'absent'" in out


@pytest.mark.parametrize(
    "step", [ours.ours, ours.numpy_alone, ours.loop, ours.through_fit, ours.products]
)
@pytest.mark.parametrize("rule", ["adam", "sgd"])
def test_what_is_timed_runs(step, rule):
    step(case("S", rule))()


def test_the_step_that_is_timed_learns():
    step = ours.ours(case("S"))
    first = step()
    for _ in range(200):
        last = step()
    assert last < first / 2


def pace(seconds):
    """A step that sleeps, and says where it runs."""
    return lambda: time.sleep(seconds)


def absent(case=None):
    """A library that is not installed."""
    raise ImportError("No module named 'absent'")


def erratic():
    """A step that takes longer every other time."""
    calls = iter(range(1000))
    return lambda: time.sleep(0.02 if next(calls) // 3 % 2 else 0.001)


def test_each_is_timed_in_a_process_of_its_own():
    makes = {"a": partial(pace, 0.004), "b": partial(pace, 0.001), "c": absent}
    found = measured(makes, blocks=3, seconds=0.01, pause=0.001)
    assert found.missing == {"c": "No module named 'absent'"}
    assert list(found.timings) == ["a", "b"]
    assert all(len(timing.blocks) == 3 for timing in found.timings.values())
    assert found.timings["a"].median > found.timings["b"].median


def test_what_varies_is_measured_again():
    found = measured({"a": erratic}, blocks=6, seconds=0.001, pause=0.0)
    assert found.again


def test_the_order_alternates():
    order = []
    asked = {name: partial(order.append, name) for name in "ab"}
    timing._in_turn(asked, ["a", "b"], 3, 0.0)
    assert order == ["a", "b", "b", "a", "a", "b"]


def test_the_median_and_the_spread():
    found = Timing((1.0, 2.0, 3.0, 4.0, 100.0))
    assert found.median == 3.0
    assert found.spread == pytest.approx((4.0 - 2.0) / 2 / 3.0)


def test_the_work_of_a_step_is_counted():
    assert case("S").products() == 2 * 32 * (2 * 64 * 32 + 3 * 32 * 10)
    assert set(SIZES) == {"S", "M", "L", "XL"}


def test_pins_are_removed_by_a_new_process(monkeypatch):
    started = []
    monkeypatch.setattr("os.execve", lambda path, words, env: started.append((words, env)))
    for name in PINS:
        monkeypatch.delenv(name, raising=False)
    without_pins()
    assert started == []
    monkeypatch.setenv(PINS[0], "Haswell")
    without_pins()
    assert PINS[0] not in started[0][1]


@pytest.mark.parametrize("rule", ["adam", "sgd"])
def test_a_step_holds_little_beside_what_it_has_to(rule):
    """At most 1.3 times parameters, gradients, state and activations, at the largest size."""
    step = memory(case("XL", rule))
    assert step.parameters == step.gradients == 25_264_168
    assert step.state == step.parameters * (2 if rule == "adam" else 1)
    assert step.activations == 4 * 512 * (1024 + 4 * 2048 + 10)
    assert 1 < step.ratio < 1.3


@pytest.mark.slow
def test_growth_is_measured_and_drawn(tmp_path, capsys):
    pytest.importorskip("matplotlib")
    growth.main(["--sizes", "2", "--blocks", "1", "--out", str(tmp_path / "growth.png")])
    out = capsys.readouterr().out
    for way in growth.GROWTH:
        assert way in out
    assert (tmp_path / "growth.png").read_bytes().startswith(b"\x89PNG")


def test_everything_users_wait_for_is_timed(capsys):
    waits.main(["--rows", "import", "check", "net", "--rounds", "1", "--no-peers"])
    out = capsys.readouterr().out
    assert out.count("±") == 4, out
    assert "| handgrad check, two layers in a file | " in out


@pytest.mark.slow
def test_grading_is_timed(capsys):
    waits.main(["--rows", "grade", "--rounds", "1", "--submissions", "2", "--no-peers"])
    assert "| handgrad grade, a submission of 2 | " in capsys.readouterr().out


@pytest.mark.parametrize("way", growth.GROWTH)
def test_a_net_grows_one_way(way):
    small, large = (growth.grown(way, size) for size in growth.GROWTH[way][:2])
    assert small.products() < large.products()


@pytest.mark.slow
def test_the_cases_of_single_layers_and_rules_run():
    pytest.importorskip("pytest_benchmark")
    words = [sys.executable, "-m", "pytest", "-q", "-n", "0", "--no-cov", "--benchmark-disable"]
    words += ["-p", "no:cacheprovider", "tests/benchmarks/speed.py"]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["conv 3-16", "lenet", "vgg"])
def test_what_is_timed_of_images_runs(name):
    step = image_speed.ours(name)
    first = step()
    assert isinstance(first, tuple) or step() < first
