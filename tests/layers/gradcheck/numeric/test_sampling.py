import math

import numpy as np
import pytest

from layers import FullyConnected, gradcheck
from layers.gradcheck.numeric.sampling import Sampling
from tests.layers.gradcheck.wrong_layers import RowSums, Tampered


@pytest.mark.parametrize("ratio", [0.1, 0.5, 1.0, 3.0])
@pytest.mark.parametrize("directions", [1, 2])
def test_the_probability_is_that_of_random_directions(ratio, directions):
    rng = np.random.default_rng(0)
    error, trials = rng.normal(size=30), 20_000
    ways = rng.standard_normal((trials, directions, 30))
    unseen = ratio * np.linalg.norm(error)
    missed = (np.abs(ways @ error) <= unseen).all(axis=1).mean()
    sampling = Sampling(50, 30, directions, sharpness=1e-6)
    assert sampling.missed(1e-6 / ratio) == pytest.approx(missed, abs=0.01)


def test_larger_errors_are_missed_more_rarely():
    sampling = Sampling(50, 10_000, 6, 1e-6)
    found = [sampling.missed(error) for error in (1e-7, 1e-6, 1e-5, 1e-3, 1.0)]
    assert found == sorted(found, reverse=True)
    assert found[0] == pytest.approx(1.0, abs=1e-6)
    assert found[-1] == pytest.approx((1e-6 * math.sqrt(2 / math.pi)) ** 6)


def test_a_report_says_what_may_have_been_missed():
    x = np.random.default_rng(0).normal(size=(8, 200))
    report = gradcheck(FullyConnected(200, 100, rng=0), x)
    x_report, W_report, b_report = report.tensors
    assert b_report.sampling is None
    assert (W_report.sampling.entries, W_report.sampling.of) == (1000, 20_000)
    assert W_report.sampling.directions == 6
    assert 1e-7 < W_report.sampling.sharpness < 1e-4
    sentence = W_report.sampling.sentence("W")
    assert sentence.startswith("W: 1000 of 20000 entries were compared, and 6 random directions: ")
    assert f"missed with probability {W_report.sampling.missed(1e-3):.0e}," in sentence
    assert f"a single missing entry with {W_report.sampling.missed(20_000**-0.5):.0e}" in sentence
    assert sentence in report.missed()
    assert "probability" not in str(report) + report._repr_html_()
    assert report.to_dict()["tensors"][1]["sampling"]["of"] == 20_000
    assert x_report.sampling


def test_what_is_said_to_be_seen_is_seen():
    """An error just above the sharpness of all directions is found by one of them."""
    rng = np.random.default_rng(0)
    layer, x = RowSums(rng.normal(size=(60, 100))), rng.normal(size=(60, 100))
    noise = rng.normal(size=(60, 100))

    def spoiled(g):
        return g + 1e-4 * np.linalg.norm(g) * noise / np.linalg.norm(noise)

    right, wrong = gradcheck(layer, x), gradcheck(Tampered(layer, "W", spoiled), x, explain=False)
    (sampling,) = [t.sampling for t in right.tensors if t.name == "W"]
    assert sampling.missed(1e-4) < 1e-9
    assert not wrong


def test_without_a_gradient_there_is_nothing_to_compare_with():
    report = gradcheck(RowSums(np.ones((7, 300))), np.zeros((7, 300)))
    assert [tensor.sampling is None for tensor in report.tensors] == [False, True]


def test_fully_connected_784_to_512_takes_few_passes(monkeypatch):
    """Time depends on the machine; the passes that take it are counted."""
    passes = []
    forward = FullyConnected.forward

    def counting(layer, x):
        passes.append(len(x))
        return forward(layer, x)

    monkeypatch.setattr(FullyConnected, "forward", counting)
    x = np.random.default_rng(0).normal(size=(128, 784))
    assert gradcheck(FullyConnected(784, 512, rng=0), x)
    assert sum(passes) / 128 < 450
