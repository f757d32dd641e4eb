"""What students can check themselves."""

import numpy as np
import pytest

from layers import Add, Max, Multiply, Sigmoid


def draw(seed, shape=(3, 2)):
    return np.random.default_rng(seed).normal(size=shape)


@pytest.mark.points(2)
def test_add(submission, credit):
    """The gradients of Add."""
    credit.gradients(submission.Add(), draw(0), draw(1), reference=Add())


@pytest.mark.points(2)
def test_multiply(submission, credit):
    """The gradients of Multiply."""
    credit.gradients(submission.Multiply(), draw(2), draw(3), reference=Multiply())


@pytest.mark.points(2)
def test_max(submission, credit):
    """The gradients of Max."""
    credit.gradients(submission.Max(), draw(4), draw(5), reference=Max())


@pytest.mark.points(2)
def test_sigmoid(submission, credit):
    """The gradient of Sigmoid."""
    credit.gradients(submission.Sigmoid(), draw(6), reference=Sigmoid())


@pytest.mark.points(3)
def test_graph(submission, credit):
    """(x + y) max(y, z) at (1, 2, 0), the example of the lecture."""
    f, (dx, dy, dz) = submission.graph(1.0, 2.0, 0.0)
    with credit.part("f"):
        assert np.isclose(f, 6), "x + y is 3, and the larger of y and z is 2"
    with credit.part("df/dx"):
        assert np.isclose(dx, 2), "x reaches f through the sum alone"
    with credit.part("df/dy"):
        assert np.isclose(dy, 5), "y is used twice: add what comes back on both edges"
    with credit.part("df/dz"):
        assert np.isclose(dz, 0), "z is not the larger one, so moving it changes nothing"
