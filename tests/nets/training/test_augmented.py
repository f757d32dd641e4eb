"""Batches that are changed before the net sees them."""

import re

import numpy as np
import pytest

from layers import Flatten, FullyConnected, SoftmaxCE
from nets import Sequential, fit
from nets.datasets import RandomFlip, RandomShift
from optimizers import SGD

RNG = np.random.default_rng(4)
X, LABELS = RNG.normal(size=(10, 3)), RNG.integers(2, size=10)


def train(augment, x=X, **options):
    net = FullyConnected(3, 2, rng=0)
    settings = {"epochs": 2, "batch_size": 4, "progress": False, "rng": 0, **options}
    return net, fit(net, SoftmaxCE(), SGD(0.1), x, LABELS, augment=augment, **settings)


def test_the_net_is_trained_on_what_the_function_returns():
    net, history = train(lambda x: 2 * x)
    same, curve = train(None, 2 * X)
    assert history.loss == curve.loss
    np.testing.assert_array_equal(net.params["W"], same.params["W"])


def test_every_batch_of_every_epoch_is_changed_and_neither_x_nor_the_validation():
    seen, kept = [], X.copy()

    def scramble(x):
        seen.append(len(x))
        x *= 100.0
        return x

    net, history = train(scramble, validation=(X, LABELS), shuffle=False)
    assert seen == [4, 4, 2] * 2
    np.testing.assert_array_equal(X, kept)
    value = SoftmaxCE().forward(net.predict(X), LABELS)
    assert history.validation_loss[-1] == pytest.approx(value)


def test_images_are_flipped_and_shifted():
    flip, shift = RandomFlip(rng=0), RandomShift(1, rng=0)
    net = Sequential(Flatten(), FullyConnected(12, 2, rng=0))
    images = RNG.normal(size=(10, 1, 3, 4))
    seen = []

    def augment(x):
        seen.append(shift(flip(x)))
        return seen[-1]

    fit(net, SoftmaxCE(), SGD(0.1), images, LABELS, epochs=1, augment=augment, progress=False)
    assert seen[0].shape == images.shape
    assert (seen[0] == 0).any()


@pytest.mark.parametrize(
    ("augment", "kind", "message"),
    [
        (RandomFlip, TypeError, "got RandomFlip; pass an object of it, such as RandomFlip(...)"),
        ([np.abs, np.sin], TypeError, "pass a function that applies one after the other"),
        (3, TypeError, "expected augment to be a function that takes a batch of x and returns a"),
        (lambda x: None, TypeError, "expected the batch that augment returns to be an array of"),
        (lambda x: x[1:], ValueError, "got an array of shape (3, 3) for a batch of 4"),
        (lambda x: x.sum(), ValueError, "got an array of shape () for a batch of 4"),
        (lambda x: x * np.nan, ValueError, "expected finite numbers in the batch that augment"),
        (lambda x: np.ma.masked_array(x), TypeError, "masked"),
    ],
)
def test_what_would_not_fit_the_targets_is_refused(augment, kind, message):
    net = FullyConnected(3, 2, rng=0)
    kept = net.params["W"].copy()
    with pytest.raises(kind, match=re.escape(message)) as caught:
        fit(net, SoftmaxCE(), SGD(0.1), X, LABELS, epochs=1, batch_size=4, augment=augment)
    assert str(caught.value).startswith("fit: ")
    np.testing.assert_array_equal(net.params["W"], kept)


def test_half_precision_is_trained_in_single():
    net, _ = train(lambda x: x.astype(np.float16), epochs=1)
    assert np.isfinite(net.params["W"]).all()
