import re

import numpy as np
import pytest

from layers import FullyConnected, ReLU
from layers.initializers import (
    BY_NAME,
    draw,
    he_normal,
    he_uniform,
    uniform,
    xavier_normal,
    xavier_uniform,
    zeros,
)

D, M = 300, 100  # many numbers, and fan-in is not fan-out


@pytest.mark.parametrize(
    ("init", "bound"),
    [
        (uniform(), 0.1),
        (uniform(2.0), 2.0),
        (xavier_uniform, 0.015**0.5),  # 6 / (300 + 100)
        (he_uniform, 0.02**0.5),  # 6 / 300
    ],
)
def test_uniform_weights_fill_their_range(init, bound):
    W = init((D, M), np.random.default_rng(0))
    assert W.shape == (D, M)
    assert abs(W).max() <= bound
    assert W.max() > 0.999 * bound
    assert W.min() < -0.999 * bound
    assert W.mean() == pytest.approx(0, abs=0.02 * bound)
    assert W.var() == pytest.approx(bound**2 / 3, rel=0.02)


@pytest.mark.parametrize(
    ("init", "variance"),
    [
        (xavier_normal, 0.005),  # 2 / (300 + 100)
        (he_normal, 1 / 150),  # 2 / 300
    ],
)
def test_normal_weights_have_their_variance_and_their_tails(init, variance):
    W = init((D, M), np.random.default_rng(0)) / variance**0.5
    assert W.shape == (D, M)
    assert W.mean() == pytest.approx(0, abs=0.02)
    assert W.var() == pytest.approx(1, rel=0.03)
    assert (abs(W) < 1).mean() == pytest.approx(0.6827, abs=0.01)
    assert abs(W).max() > 3.5


def test_he_has_twice_the_variance_of_xavier_where_both_fans_are_equal():
    ratio = [
        he((400, 400), np.random.default_rng(0)).var()
        / xavier((400, 400), np.random.default_rng(0)).var()
        for he, xavier in ((he_normal, xavier_normal), (he_uniform, xavier_uniform))
    ]
    assert ratio == pytest.approx([2, 2])


def test_zeros_are_zeros():
    rng = np.random.default_rng(0)
    assert zeros((2, 3), rng).tolist() == [[0.0] * 3] * 2
    assert rng.random() == np.random.default_rng(0).random()


@pytest.mark.parametrize("init", [*BY_NAME.values(), uniform(0.5)], ids=[*BY_NAME, "uniform"])
def test_the_same_generator_gives_the_same_weights(init):
    first = init((4, 3), np.random.default_rng(3))
    assert first.tolist() == init((4, 3), np.random.default_rng(3)).tolist()
    assert first.dtype == np.float64


def test_the_global_random_state_is_neither_used_nor_changed():
    state = np.random.get_state
    before = state()[1].tobytes()
    for name in BY_NAME:
        FullyConnected(4, 3, weight_init=name)
    assert state()[1].tobytes() == before


@pytest.mark.parametrize("name", BY_NAME)
def test_an_initializer_is_found_by_name(name):
    named = FullyConnected(4, 3, weight_init=name, rng=0)
    given = FullyConnected(4, 3, weight_init=BY_NAME[name], rng=0)
    assert named.params["W"].tolist() == given.params["W"].tolist()
    assert named.params["b"].tolist() == [0.0] * 3


def test_all_initializers_have_a_name():
    assert set(BY_NAME) == {
        "uniform",
        "xavier_uniform",
        "xavier_normal",
        "he_uniform",
        "he_normal",
        "zeros",
    }


def test_xavier_uniform_is_the_default():
    default, named = (
        FullyConnected(4, 3, rng=0, **options)
        for options in ({}, {"weight_init": "xavier_uniform"})
    )
    assert default.params["W"].tolist() == named.params["W"].tolist()


def test_equality_and_repr_of_uniform_depend_on_its_scale():
    assert repr(uniform(0.5)) == "uniform(0.5)"
    assert uniform(0.5) == uniform(0.5) != uniform(0.1)
    layer = FullyConnected(3, 2, weight_init=uniform(0.5))
    assert repr(layer) == "FullyConnected(3, 2, weight_init=uniform(0.5))"


def test_a_custom_initializer_may_return_any_real_numbers():
    layer = FullyConnected(2, 2, weight_init=lambda shape, rng: [[1, 2], [3, 4]], dtype="float32")
    assert layer.params["W"].tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert layer.params["W"].dtype == np.float32


def test_an_array_that_an_initializer_hands_out_twice_is_not_shared():
    shared = np.ones((2, 2))
    one, other = (FullyConnected(2, 2, weight_init=lambda *_: shared) for _ in range(2))
    one.params["W"][...] = 5
    assert other.params["W"].tolist() == shared.tolist() == [[1.0, 1.0], [1.0, 1.0]]


def test_an_unknown_name_is_refused_and_the_known_ones_are_listed():
    known = ", ".join(BY_NAME)
    message = f"FullyConnected: expected weight_init to be one of {known}, got 'xavier'"
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        FullyConnected(3, 2, weight_init="xavier")


@pytest.mark.parametrize("init", [0.1, np.zeros((3, 2)), ("uniform",)])
def test_what_is_neither_a_name_nor_callable_is_refused(init):
    message = "FullyConnected: expected weight_init to be a name or a callable, got "
    with pytest.raises(TypeError, match="^" + re.escape(message)):
        FullyConnected(3, 2, weight_init=init)


def test_none_is_neither_a_name_nor_callable():
    with pytest.raises(TypeError, match="expected weight_init to be a name or a callable"):
        FullyConnected(3, 2, weight_init=None)


@pytest.mark.parametrize("shape", [(), (2, 3), (3,), (3, 1), (6,)])
def test_another_shape_is_refused(shape):
    message = f"Any: expected weight_init to return shape (3, 2), got {shape}"
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        draw("Any", lambda *_: np.ones(shape), (3, 2), np.random.default_rng(0))


NO_WEIGHTS = [
    *(np.full((3, 2), "a"), np.full((3, 2), 1j), np.full((3, 2), True), [[1], [1, 2]], None),
    np.ma.array(np.ones((3, 2)), mask=np.eye(3, 2)),
]


@pytest.mark.parametrize("weights", NO_WEIGHTS)
def test_weights_that_are_not_real_numbers_are_refused(weights):
    with pytest.raises((TypeError, ValueError), match=r"^FullyConnected: expected .*weight_init "):
        FullyConnected(3, 2, weight_init=lambda *_: weights)


CALLS = {
    "uniform itself": (uniform, "got uniform, which raises: .*; make it with uniform()"),
    "one argument": (
        lambda shape: np.ones(shape),
        "got <lambda>, which raises: .*takes 1 positional",
    ),
    "of NumPy": (np.zeros, "got zeros, which raises: Cannot interpret"),
    "random of NumPy": (np.random.randn, "got randn, which raises: "),
}


@pytest.mark.parametrize(("init", "message"), CALLS.values(), ids=CALLS.keys())
def test_what_cannot_be_called_with_a_shape_and_a_generator_is_refused(init, message):
    start = r"^FullyConnected: expected weight_init to be called as weight_init\(shape, rng\), "
    with pytest.raises(TypeError, match=start + message):
        FullyConnected(3, 2, weight_init=init)


def test_an_error_in_a_custom_initializer_keeps_its_traceback():
    with pytest.raises(TypeError, match=r"^can't multiply sequence"):
        FullyConnected(3, 2, weight_init=lambda shape, rng: shape + rng * "a" - 1)


def test_a_layer_is_not_an_initializer():
    with pytest.raises(
        TypeError, match=r"expected weight_init to be a name or a callable, got ReL"
    ):
        FullyConnected(3, 2, weight_init=ReLU())


@pytest.mark.parametrize("init", [uniform(), xavier_uniform, xavier_normal, he_uniform, he_normal])
def test_rng_may_be_a_seed_and_is_checked(init):
    seeded = init((3, 2), np.random.default_rng(5))
    assert init((3, 2), 5).tolist() == seeded.tolist()
    for wrong in (-1, "seed", 1.5):
        with pytest.raises(
            TypeError, match=r": expected rng to be None, a seed \(a non-negative int"
        ):
            init((3, 2), wrong)


@pytest.mark.parametrize("scale", [-1, "x", None, np.nan, np.inf, (3, 2)])
def test_an_invalid_scale_is_refused(scale):
    with pytest.raises(ValueError, match=r"^uniform: expected scale to be "):
        uniform(scale)


@pytest.mark.parametrize("sizes", [(2**62, 2), (2**40, 2**40)])
def test_weights_that_no_memory_can_hold_are_refused(sizes):
    message = f"FullyConnected: expected weights that fit into memory, got shape {sizes}"
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        FullyConnected(*sizes)
