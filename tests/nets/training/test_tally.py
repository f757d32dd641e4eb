"""The figures of an epoch, whenever they are asked for."""

import pytest

from nets.training.tally import Tally


def test_figures_are_means_over_the_examples():
    tally = Tally()
    for number, examples in enumerate((4, 4, 7, 1)):
        tally.add(examples, {"loss": 0.5 * number, "accuracy": 0.25})
        assert tally.means["accuracy"] == 0.25
    assert tally.means["loss"] == pytest.approx((0 * 4 + 0.5 * 4 + 1.0 * 7 + 1.5 * 1) / 16)


def test_figures_are_those_that_were_measured():
    tally = Tally()
    tally.add(3, {"loss": 2.0})
    assert tally.means == {"loss": 2.0}
