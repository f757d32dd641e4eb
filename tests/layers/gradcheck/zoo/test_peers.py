"""The other checks see the same layers as ours, and README's table is about this zoo."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

from layers import Dropout, FullyConnected, Max, SoftmaxCE
from tests.layers.gradcheck.zoo import peers
from tests.layers.gradcheck.zoo.specimen import mutant, tampered

X = np.random.default_rng(0).normal(size=(5, 4))
LABELS = np.array([0, 2, 1, 1, 0])
README = Path(__file__).parents[4] / "README.md"


def check_of(name):
    check, module = peers.PEERS[name]
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} is not installed")
    return check


@pytest.mark.slow
@pytest.mark.parametrize("name", peers.PEERS)
def test_each_check_passes_correct_layers_and_fails_wrong_ones(name):
    check = check_of(name)
    for layer, inputs, loss in (
        (FullyConnected(4, 3, rng=0), (X,), None),
        (FullyConnected(4, 3, rng=0), (X,), (SoftmaxCE(), LABELS)),
        (Dropout(0.5, rng=0), (X,), None),
        (Max(), (X, X[::-1] + 0.1), None),
        (SoftmaxCE(), (X, LABELS), None),
    ):
        assert not peers.verdict(check, layer, inputs, loss)[0]
    for tensor in "x", "W", "b":
        wrong = mutant(FullyConnected, tampered(tensor, lambda layer, dout, g: 1.25 * g))
        is_wrong, told = check(wrong(4, 3, rng=0), (X,), None)
        assert is_wrong
        assert told in ("", tensor)


@pytest.mark.slow
def test_readme_is_about_this_zoo():
    """The figures are those of ``python -m tests.layers.gradcheck.zoo.peers``."""
    (section,) = re.findall(r"\| check \|.*?\n\n", README.read_text(), re.DOTALL)
    rows = [[cell.strip() for cell in line.split("|")] for line in section.splitlines()[2:] if line]
    assert [row[1].strip("`") for row in rows] == list(peers.PEERS)
    counts = {cell.split(" of ")[1] for row in rows for cell in row[2:5] if cell}
    assert counts == {str(len(peers.chosen(0, 4)))}
