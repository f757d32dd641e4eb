from __future__ import annotations

import importlib
import pkgutil

import numpy as np
import pytest

import layers
import nets
import optimizers
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
DOWNLOADED = ("mnist", "fashion_mnist", "cifar10")  # looked for where there are no files
NO_FUNCTIONS = ("nets.cli", "nets.homework")  # they run programs and pages
EXEMPT = {  # what functions return, what two helpers in the table call, and what takes nothing
    *("layers.gradcheck.Finding", "layers.gradcheck.FunctionPair"),
    *("layers.gradcheck.GradientReport", "layers.gradcheck.TensorReport"),
    *("nets.Training", "nets.training.Training", "nets.datasets.Dataset", "nets.datasets.Texts"),
    *("nets.differentiation.Comparison", "nets.differentiation.Outcome", "nets.Diagnosis"),
    *("nets.minibatches", "nets.training.minibatches", "optimizers.look_ahead", "nets.doctor"),
}
NAMED = {entry.name: entry for entry in entries()}


@pytest.mark.slow
def test_every_good_call_answers():
    for entry in [entry for entry in NAMED.values() if entry.name not in SLOW]:
        made = entry.make()
        outcome = run(made.function, made.args, made.kwargs, seconds=30)
        assert outcome.error is None or entry.name in DOWNLOADED, (entry.name, outcome.error)


def public():
    """All public names that can be called: those of the packages and of what lists its names."""
    for package in (layers, nets, optimizers):
        yield from ((package.__name__, name) for name in package.__all__)
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            if module.ispkg and module.name not in NO_FUNCTIONS:
                names = getattr(importlib.import_module(module.name), "__all__", ())
                yield from ((module.name, name) for name in names)


def test_every_public_function_and_class_is_in_the_table_of_options():
    called = {part for entry in NAMED.values() for part in parts(entry.make())}
    missing = [
        f"{module}.{name}"
        for module, name in public()
        if callable(found := getattr(importlib.import_module(module), name))
        and not (isinstance(found, type) and issubclass(found, Exception))
        and getattr(found, "__name__", name) not in called
    ]
    assert not set(missing) - EXEMPT, missing


def parts(made):
    """The names of what a call calls: the function, and the classes of the objects in it."""
    given = [made.function, getattr(made.function, "__self__", None), *made.args]
    given += made.kwargs.values()
    for value in given:
        yield getattr(value, "__name__", "")
        yield from (cls.__name__ for cls in type(value).__mro__)


def test_an_error_of_numpy_is_an_inner_one_and_a_raise_of_ours_is_not():
    from nets import mlp

    assert fault(run(np.ones, (-1,), {})).kind == "inner"
    assert fault(run(mlp, (2, -1), {})) is None
    assert fault(run(mlp, (), {"unknown": 1})) is None


def test_a_swallowed_option_is_found():
    entry = Entry("swallows", lambda: call(lambda n, flag=True: n, 3, flag=False))
    found = [options.case(entry, 0, index)[0] for index in range(30)]
    assert any(f is not None and f.kind == "wrong" for f in found)


def test_a_function_that_is_correct_for_one_layout_only_is_found():
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


@pytest.mark.slow
def test_no_case_of_pictures_text_or_files_is_a_fault():
    tally = command.fuzz("options", seed=2, cases=range(3000), seconds=6, only=("pictures", "text"))
    assert not tally.counts, str(tally)
    tally = command.fuzz("files", seed=2, cases=range(200), seconds=4)
    assert not tally.counts, str(tally)


def test_damage_is_the_same_for_the_same_seed():
    one, two = (files.damaged(b"handgrad" * 9, np.random.default_rng(3)) for _ in range(2))
    assert one == two
    assert one != b"handgrad" * 9
