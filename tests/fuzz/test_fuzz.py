from __future__ import annotations

import numpy as np
import pytest

from tests.fuzz import __main__ as command
from tests.fuzz import files, layouts, options
from tests.fuzz.entries import Entry, entries
from tests.fuzz.judge import fault, run
from tests.fuzz.senseless import call

SLOW = {
    "activations",
    "bending",
    "boundaries",
    "compare-layer",
    "cost_against_inputs",
    "race",
    "save",
}
NAMED = {entry.name: entry for entry in entries()}


def test_every_good_call_answers():
    for entry in [entry for entry in NAMED.values() if entry.name not in SLOW]:
        made = entry.make()
        outcome = run(made.function, made.args, made.kwargs, seconds=30)
        assert outcome.error is None or entry.name == "mnist", (entry.name, outcome.error)


def test_an_error_of_numpy_is_an_inner_one_and_a_raise_of_ours_is_none():
    from nets import mlp

    assert fault(run(np.ones, (-1,), {})).kind == "inner"
    assert fault(run(mlp, (2, -1), {})) is None
    assert fault(run(mlp, (), {"unknown": 1})) is None


def test_a_swallowed_option_is_found():
    entry = Entry("swallows", lambda: call(lambda n, flag=True: n, 3, flag=False))
    found = [options.case(entry, 0, index)[0] for index in range(30)]
    assert any(f is not None and f.kind == "wrong" for f in found)


def test_a_function_that_is_right_for_one_layout_only_is_found():
    entry = Entry(
        "one layout", lambda: call(lambda x: np.frombuffer(x.tobytes("A")), np.eye(3)[:2])
    )
    found = [layouts.case(entry, 0, index)[0] for index in range(30)]
    assert any(f is not None and f.kind == "wrong" for f in found)


def test_state_that_an_error_leaves_changed_is_found():
    def writes_first(x):
        x[0] = 7
        raise ValueError("writes_first: expected something else")

    assert fault(run(writes_first, (np.ones(2),), {})).kind == "changed"


@pytest.mark.parametrize("name", ["layouts", "options", "files"])
def test_the_fuzzers_run_and_tell_how_to_run_a_case_again(name):
    tally = command.fuzz(name, seed=1, cases=range(60))
    assert tally.cases == 60
    assert f"{name}, seed 1: 60 cases" in str(tally)


def test_no_case_of_pictures_text_or_files_is_a_fault():
    tally = command.fuzz("options", seed=2, cases=range(3000), seconds=6, only=("pictures", "text"))
    assert not tally.counts, str(tally)
    tally = command.fuzz("files", seed=2, cases=range(200), seconds=4)
    assert not tally.counts, str(tally)


def test_damage_is_the_same_for_the_same_seed():
    one, two = (files.damaged(b"handgrad" * 9, np.random.default_rng(3)) for _ in range(2))
    assert one == two
    assert one != b"handgrad" * 9
