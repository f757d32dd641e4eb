"""Images that are flipped and shifted."""

import numpy as np
import pytest

from nets.datasets import RandomFlip, RandomShift

X = np.random.default_rng(0).integers(1, 9, (200, 3, 5, 4)).astype(np.float32)


def shifted(image, down, right):
    """The image moved by some pixels, with zeros where nothing was."""
    padded = np.pad(image, ((0, 0), (2, 2), (2, 2)))
    return padded[:, 2 - down : 7 - down, 2 - right : 6 - right]


def test_flips_mirror_whole_images_as_often_as_asked():
    y = RandomFlip(0.25, rng=0)(X)
    mirrored = [(new == old[..., ::-1]).all() for new, old in zip(y, X, strict=True)]
    assert all((new == old).all() for new, old, m in zip(y, X, mirrored, strict=True) if not m)
    assert 30 < sum(mirrored) < 70
    assert (RandomFlip(0.0)(X) == X).all()
    assert (RandomFlip(1.0)(X) == X[..., ::-1]).all()


def test_shifts_move_whole_images_by_every_distance_and_fill_with_zeros():
    places = [(down, right) for down in range(-2, 3) for right in range(-2, 3)]
    found = set()
    for new, old in zip(RandomShift(2, rng=0)(X), X, strict=True):
        (place,) = [p for p in places if (new == shifted(old, *p)).all()]
        found.add(place)
    assert found == set(places)


@pytest.mark.parametrize("augment", [RandomFlip, lambda rng: RandomShift(2, rng=rng)])
@pytest.mark.parametrize("x", [X, np.asfortranarray(X), X[::-1][::-1], X[:, 0], X.astype(np.uint8)])
def test_the_batch_is_left_alone_and_any_layout_gives_the_same(augment, x):
    before = x.copy()
    y = augment(rng=3)(x)
    assert (y.shape, y.dtype) == (x.shape, x.dtype)
    assert (x == before).all()
    assert not np.shares_memory(x, y)
    assert (y == augment(rng=3)(np.ascontiguousarray(x))).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: RandomFlip(1.5), "RandomFlip: expected p, a probability, from 0 to 1, got 1.5"),
        (lambda: RandomShift(0), "RandomShift: expected pixels to be a positive integer, got 0"),
        (lambda: RandomShift(1)(X[0, 0]), r"expected a batch of images .*, got \(5, 4\); reshape"),
        (lambda: RandomFlip()(np.ones((2, 64))), r"got \(2, 64\); reshape rows to images first"),
        (lambda: RandomFlip()("image"), "RandomFlip: expected x to be an array of real numbers"),
    ],
)
def test_what_cannot_be_augmented_is_a_sentence(make, message):
    with pytest.raises((TypeError, ValueError), match=message):
        make()
