import re

import numpy as np
import pytest

from layers import he_normal, he_uniform, xavier_normal, xavier_uniform, zeros
from layers.core.fans import fans, sizes

FANS = {
    (300, 100): (300, 100),
    (300,): (300, 1),
    (64, 32, 3, 3): (288, 576),
    (16, 4, 5): (20, 80),
    (8, 1, 2, 3, 4): (24, 192),
    (1, 1): (1, 1),
}
STD = {
    he_normal: lambda fan_in, fan_out: 2 / fan_in,
    he_uniform: lambda fan_in, fan_out: 2 / fan_in,
    xavier_normal: lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    xavier_uniform: lambda fan_in, fan_out: 2 / (fan_in + fan_out),
}


@pytest.mark.parametrize(("shape", "expected"), FANS.items())
def test_fans(shape, expected):
    assert fans(shape) == expected


@pytest.mark.parametrize("init", STD, ids=lambda init: init.__name__)
@pytest.mark.parametrize(
    "shape", [(64, 32, 3, 3), (300, 100), (9000,), (60, 50, 5), (8, 9, 7, 7, 7)]
)
def test_weights_have_the_variance_that_their_fans_ask_for(init, shape):
    W = init(shape, np.random.default_rng(0))
    assert W.shape == shape
    assert W.var() == pytest.approx(STD[init](*fans(shape)), rel=0.06)
    assert abs(W.mean()) < 5 * W.std() / W.size**0.5


def test_he_normal_of_the_kernels_of_a_course():
    assert he_normal((64, 32, 3, 3), 0).std() == pytest.approx((2 / 288) ** 0.5, rel=0.02)


@pytest.mark.parametrize("shape", [3, None, "ab", (), [], {}, 2.5, np.ones(2), {1, 2}])
def test_anything_but_a_shape_is_refused(shape):
    message = "he_normal: expected shape to be a tuple of 1 or more positive integers, such as (300"
    with pytest.raises(TypeError, match="^" + re.escape(message)):
        he_normal(shape, np.random.default_rng(0))


@pytest.mark.parametrize("init", [*STD, zeros], ids=lambda init: init.__name__)
@pytest.mark.parametrize("size", [0, -1, 2.0, None, "3", True, 2**70])
def test_a_size_that_is_not_a_positive_integer_is_refused(init, size):
    message = f"{init.__name__}: expected each size of shape to be a positive integer, got {size!r}"
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        init((3, size), np.random.default_rng(0))


def test_sizes_may_be_numbers_of_numpy_and_a_list():
    assert sizes("Any", [np.int64(3), np.uint8(2)]) == (3, 2)
    assert zeros((), None).shape == ()
