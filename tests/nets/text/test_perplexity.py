import numpy as np
import pytest

from layers import SoftmaxCE
from nets import evaluate, neural_language_model
from nets.text import perplexity

X, Y = np.array([[0, 1], [1, 2], [2, 0]]), np.array([2, 0, 1])


class Scores:
    """A model that gives the same scores for every window."""

    params = {}  # noqa: RUF012

    def __init__(self, *scores):
        self.scores = np.array(scores)

    def forward(self, x):
        return np.tile(self.scores, (len(x), 1))

    def backward(self, dout):
        raise NotImplementedError


def test_of_k_equally_likely_tokens_it_is_k():
    assert perplexity(Scores(0.0, 0.0, 0.0), X, Y) == pytest.approx(3)
    assert perplexity(Scores(0.0, 0.0, -1e3), X, Y[1:2].repeat(3)) == pytest.approx(2)


def test_it_is_the_geometric_mean_of_one_over_p():
    p = np.array([0.5, 0.25, 0.25])
    expected = (1 / p[Y]).prod() ** (1 / 3)
    for batch_size in (1, 2, 1000):
        assert perplexity(Scores(*np.log(p)), X, Y, batch_size) == pytest.approx(expected)


def test_it_is_exp_of_the_loss():
    net = neural_language_model(3, context=2, dim=4, hidden=5, rng=0)
    assert perplexity(net, X, Y) == np.exp(evaluate(net, SoftmaxCE(), X, Y)[0])


def test_a_token_with_probability_0_makes_it_infinite():
    assert perplexity(Scores(0.0, 0.0, -1e5), X, Y) == np.inf


def test_no_windows_are_refused():
    with pytest.raises(ValueError, match="evaluate: expected at least one example in x, got shape"):
        perplexity(Scores(0.0, 0.0, 0.0), X[:0], Y[:0])
