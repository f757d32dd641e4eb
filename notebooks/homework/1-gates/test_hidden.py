"""The same on other inputs."""

import numpy as np
import pytest


@pytest.mark.points(2)
def test_values(submission, credit):
    """What the gates compute."""
    x, y = np.array([1.0, -2.0]), np.array([3.0, -5.0])
    with credit.part("Add"):
        assert np.allclose(submission.Add().forward(x, y), x + y), "Add adds"
    with credit.part("Multiply"):
        assert np.allclose(submission.Multiply().forward(x, y), x * y), "Multiply multiplies"
    with credit.part("Max"):
        assert np.allclose(submission.Max().forward(x, y), [3, -2]), "Max takes the larger one"
    with credit.part("Sigmoid"):
        assert np.allclose(submission.Sigmoid().forward(0 * x), 0.5), "at 0 the sigmoid is 1/2"


@pytest.mark.points(3)
def test_graph_elsewhere(submission, credit):
    """(x + y) max(y, z) where z is the larger one."""
    x, y, z = 2.0, -1.0, 4.0
    _, (dx, dy, dz) = submission.graph(x, y, z)
    with credit.part("df/dx"):
        assert np.isclose(dx, z), "the factor of the sum is max(y, z)"
    with credit.part("df/dy"):
        assert np.isclose(dy, z), "where z is the larger one, y reaches f through the sum alone"
    with credit.part("df/dz"):
        assert np.isclose(dz, x + y), "the factor of the maximum is x + y"


@pytest.mark.points(4)
def test_neuron(submission, credit):
    """The sigmoid neuron of the lecture, w = (2, -3, -3), x = (-1, -2), and another one."""
    for w, x in (([2.0, -3.0, -3.0], [-1.0, -2.0]), ([0.5, 1.0, -0.2], [1.5, 0.3])):
        w, x = np.array(w), np.array(x)
        f, dw, dx = submission.neuron(w, x)
        y = 1 / (1 + np.exp(-(w[:2] @ x + w[2])))
        slope = y * (1 - y)
        with credit.part("the output"):
            assert np.isclose(f, y), "f is the sigmoid of w0 x0 + w1 x1 + w2"
        with credit.part("the gradient of w"):
            expected = slope * np.append(x, 1)
            assert np.allclose(dw, expected), "slope of the sigmoid times the other factor"
        with credit.part("the gradient of x"):
            assert np.allclose(dx, slope * w[:2]), "slope of the sigmoid times the other factor"
