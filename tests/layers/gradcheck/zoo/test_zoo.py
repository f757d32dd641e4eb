"""A sample of the zoo; ``python -m tests.layers.gradcheck.zoo`` shows all of it."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from layers import FullyConnected, ReLU, SoftmaxCE, gradcheck
from layers.gradcheck.report.hints import HINTS
from nets import Sequential
from tests.layers.gradcheck.zoo import (
    activations,
    affine,
    census,
    courses,
    images,
    losses,
    nets,
    one_hot,
    others,
    sequences,
    subtle,
)
from tests.layers.gradcheck.zoo.right import checks
from tests.layers.gradcheck.zoo.specimen import Specimen, mutant, tampered


def one_of_each(specimens):
    """The first visible specimen of each kind of layer, mistake and tensor."""
    found = {}
    for specimen in specimens:
        key = specimen.kind, specimen.mistake, specimen.tensor
        if key not in found and not specimen.invisible:
            found[key] = specimen
    return found.values()


SAMPLE = [
    *one_of_each(affine.specimens()),
    *list(one_of_each(activations.specimens()))[::3],
    *one_of_each(losses.specimens()),
    *list(one_of_each(one_hot.specimens())),
    *list(one_of_each(others.specimens()))[::2],
    *courses.specimens(),
    *subtle.specimens(),
    *images.specimens(),
    *sequences.specimens(),
    *list(nets.specimens())[::41],
    *nets.wrong_containers(),
    *nets.ending_in_softmax(),
]


def specimen_cases():
    """Every twentieth specimen by default, all with the slow tests."""
    for number, specimen in enumerate(SAMPLE):
        marks = pytest.mark.slow if number % 20 else ()
        yield pytest.param(specimen, id=specimen.name, marks=marks)


@pytest.mark.parametrize("specimen", list(specimen_cases()))
def test_a_mistake_is_caught_and_named(specimen):
    report = specimen.report()
    found = census.outcome(specimen, report)
    assert found.caught
    assert found.said == (specimen.mistake, specimen.tensor)
    for finding in [*report.findings, *report.notes]:
        assert finding.hint == HINTS[finding.mistake] != ""
        assert finding.evidence
        assert 0 < finding.confidence <= 1


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1000, 1005))
def test_no_correct_layer_is_blamed(seed):
    for name, layer, inputs, options in checks(seed):
        report = gradcheck(layer, *inputs, **options)
        assert report, f"{name}\n{report}"
        assert not report.findings


@pytest.mark.slow
def test_saturated_recurrent_units_are_no_longer_blamed_by_mistake():
    (found,) = [check for check in checks(3000138) if check[0].startswith("Recurrent on kinks")]
    _, layer, inputs, options = found
    assert gradcheck(layer, *inputs, **options)


def test_a_saturated_softmax_behind_kinks_is_no_longer_blamed_by_mistake():
    net = Sequential(FullyConnected(5, 4), ReLU(), FullyConnected(4, 3))
    net.params["0.W"] = np.array(
        [
            [-0.4624, 0.1597, 0.2866, -0.2135],
            [0.5788, 0.6956, 0.5845, 0.1035],
            [-0.0799, 0.2333, -0.2196, -0.7641],
            [-0.0193, 0.7520, -0.1072, -0.0737],
            [0.5923, -0.3514, -0.0238, -0.3093],
        ]
    )
    net.params["2.W"] = np.array(
        [
            [-0.3267, 0.0922, -0.4199],
            [0.9039, -0.2878, -0.8522],
            [-0.1656, -0.5722, 0.9152],
            [0.1290, -0.0935, -0.4847],
        ]
    )
    x = 10.0 * np.array(
        [
            [0, 0, 1, 2, -2],
            [2, 2, 1, -1, 1],
            [1, 0, 0, 1, -2],
            [-1, -1, 2, -2, -2],
            [2, -1, -1, -1, 0],
            [-1, -1, -2, 2, 2],
            [0, -1, -1, -2, 0],
        ]
    )
    assert gradcheck(net, x, loss=(SoftmaxCE(), [0, 0, 1, 1, 2, 1, 0]))


def test_the_zoo_is_large():
    counts = Counter(specimen.mistake for specimen in census.specimens())
    assert counts.total() >= 150
    assert len(counts) >= 50
    assert not set(counts) - set(HINTS)


def test_a_correct_layer_among_the_wrong_ones_is_called_invisible():
    x = np.ones((1, 3))
    right = mutant(FullyConnected, tampered("W", lambda layer, dout, g: g / len(dout)))
    one = Specimen("FullyConnected", "averaged-twice", "W", "", lambda: right(3, 2, rng=0), (x,))
    assert not one.invisible  # without the right layer beside it, nobody knows
    assert replace(one, right=lambda: FullyConnected(3, 2, rng=0)).invisible
    assert not replace(one, right=lambda: FullyConnected(3, 2, rng=1)).invisible


def test_the_matrix_counts_what_was_said():
    specimens = list(affine.specimens())[:8]
    outcomes = [census.Outcome(specimen, True, ("wrong-sign", "x")) for specimen in specimens]
    *_, last = census.matrix(outcomes, specimens[:2]).splitlines()
    assert last.split() == ["all", "10", "2", "8", "1"]
