"""Correct gradients where forward has lost digits: in 1 - p, in large arguments, in tiny ones."""

import numpy as np
import pytest

from layers import BinaryCE, Exp, FullyConnected, Sigmoid, Sign, Sin, gradcheck
from nets import Sequential
from tests.layers.gradcheck.zoo.specimen import mutant

TARGETS = np.array([[0.0], [1.0], [0.0], [1.0]])


@pytest.mark.parametrize("z", [24, 28, 30, 33, 36])
def test_a_saturated_sigmoid_before_a_loss_of_probabilities_passes(z):
    x = np.array([[z + 0.07], [-z + 0.02], [-z - 0.05], [z + 0.01]])
    assert gradcheck(Sequential(Sigmoid()), x, loss=(BinaryCE(), TARGETS), explain=False)
    if z == 36:  # one digit away from p = 1, a sum over the batch cannot be compared
        return
    net = Sequential(FullyConnected(1, 1, rng=0), Sigmoid())
    net.params["0.W"][...] = z
    assert gradcheck(net, x / z, loss=(BinaryCE(), TARGETS), explain=False)


def test_a_wrong_gradient_of_a_saturated_sigmoid_is_found():
    twice = mutant(Sigmoid, lambda layer, dout, right: (2 * right(dout)[0], {}))
    x = np.array([[28.07], [-1.02], [-28.05], [1.01]])
    assert not gradcheck(Sequential(twice()), x, loss=(BinaryCE(), TARGETS), explain=False)


@pytest.mark.parametrize("size", [1e8, 1e12, 1e14, 1e15, 1e16, 1e17])
def test_sin_of_large_numbers_passes(size):
    assert gradcheck(Sin(), size * np.random.default_rng(1).normal(size=(3, 4)), explain=False)


@pytest.mark.parametrize("size", [1e-100, 1e-300, 1e-308])
def test_exp_of_tiny_numbers_passes(size):
    assert gradcheck(Exp(), size * np.random.default_rng(1).normal(size=(3, 4)), explain=False)


def test_jumps_that_are_not_rounding_excuse_nothing():
    straight = mutant(Sign, lambda layer, dout, right: (dout * 1.0, {}))
    assert not gradcheck(straight(), np.array([0.3, -0.2, 1.5]), explain=False)
