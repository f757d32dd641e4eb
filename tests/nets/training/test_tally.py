"""The figures of an epoch, whenever they are asked for."""

import numpy as np
import pytest

from layers import MSE, SoftmaxCE
from nets.training import tally
from nets.training.tally import Tally

RNG = np.random.default_rng(0)
STEPS = [(RNG.normal(size=(n, 3)), RNG.integers(0, 3, n)) for n in (4, 4, 7, 1)]


def counted(look=lambda so_far: None):
    so_far = Tally(SoftmaxCE())
    for number, (scores, labels) in enumerate(STEPS):
        so_far.add(0.5 * number, scores, labels)
        look(so_far)
    return so_far


@pytest.mark.parametrize("together", [0, 12, 20, 10**6])
@pytest.mark.parametrize("look", [lambda so_far: None, lambda so_far: so_far.accuracy])
def test_figures_are_means_over_the_examples(together, look, monkeypatch):
    monkeypatch.setattr(tally, "TOGETHER", together)
    scores, labels = map(np.concatenate, zip(*STEPS, strict=True))
    assert counted(look).accuracy == pytest.approx(SoftmaxCE.accuracy(scores, labels), abs=1e-15)
    assert counted(look).loss == (0 * 4 + 0.5 * 4 + 1.0 * 7 + 1.5 * 1) / 16


def test_outputs_are_compared_in_few_calls_and_not_kept_for_ever(monkeypatch):
    sizes = []

    class Spy(SoftmaxCE):
        @staticmethod
        def accuracy(scores, labels):
            sizes.append(len(labels))
            return 1.0

    so_far = Tally(Spy())
    for _ in range(1000):
        so_far.add(1.0, np.zeros((32, 10)), np.zeros(32, int))
    assert so_far.accuracy == so_far.accuracy == 1.0
    assert sum(sizes) == 32_000
    assert len(sizes) < 25
    assert max(sizes) * 10 < 2 * tally.TOGETHER


def test_small_outputs_may_be_written_over_by_a_net_that_does_so():
    buffer, so_far = np.eye(3), Tally(SoftmaxCE())
    so_far.add(1.0, buffer, np.arange(3))
    buffer[...] = 0
    assert so_far.accuracy == 1.0


def test_a_loss_that_does_not_classify_has_no_accuracy():
    so_far = Tally(MSE())
    so_far.add(2.0, np.zeros(4), np.zeros(4))
    assert (so_far.loss, so_far.accuracy) == (2.0, None)
