"""The script that breaks formulas: it finds what to break, and sees what the tests notice."""

from itertools import islice

import pytest

from tests.mutation.__main__ import formulas
from tests.mutation.explained import EXPLAINED
from tests.mutation.mutants import mutants
from tests.mutation.run import ROOT, is_killed, workplace

SOURCE = '''
class Cube:
    """Three factors."""

    def __repr__(self):
        return "a" * 2

    def forward(self, x):
        if x.ndim > 2:
            raise ValueError("at most " + str(1 + 1))
        return -x.T.sum(axis=0) ** 3
'''


def changed(source):
    return [mutant.after for mutant in mutants(source)]


def test_signs_comparisons_axes_factors_and_functions_are_broken():
    assert set(changed(SOURCE)) == {
        "if x.ndim >= 2:",
        "if x.ndim > 3:",
        "return +x.T.sum(axis=0) ** 3",
        "return -x.real.sum(axis=0) ** 3",
        "return -x.T.mean(axis=0) ** 3",
        "return -x.T.sum(axis=1) ** 3",
        "return -x.T.sum(axis=0) ** 4",
    }


def test_every_wrong_version_differs_and_is_python():
    source = (ROOT / "layers/losses/mse.py").read_text()
    found = list(mutants(source))
    assert len(found) > 5
    assert all(mutant.before != mutant.after for mutant in found)
    for mutant in found:
        compile(mutant.text, "mse.py", "exec")


def test_there_are_hundreds_in_layers_and_optimizers():
    found = formulas()
    assert {"layers/linear/fully_connected.py", "optimizers/adam.py"} <= set(found)
    some = islice((m for file in found for m in mutants((ROOT / file).read_text())), 501)
    assert len(list(some)) == 501


def test_only_wrong_versions_that_exist_are_explained():
    found = {
        (file, mutant.before, mutant.after)
        for file in {file for file, _, _ in EXPLAINED}
        for mutant in mutants((ROOT / file).read_text())
    }
    assert set(EXPLAINED) <= found


@pytest.mark.slow
def test_a_wrong_factor_is_noticed_and_a_correct_one_is_not(tmp_path):
    place, file = workplace(tmp_path), "layers/activations/tanh.py"
    right = (ROOT / file).read_text()
    wrong = next(m.text for m in mutants(right) if "self._y ** 3" in m.after)
    assert is_killed(place, file, wrong)
    assert not is_killed(place, file, right)
    assert (place / file).read_text() == right
