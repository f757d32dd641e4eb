import copy
import random
from types import SimpleNamespace

import numpy as np
import pytest

from layers import Dropout
from layers.core.random_state import generators, put_back, state_of

KINDS = {
    "Generator": (lambda: np.random.default_rng(0), lambda rng: rng.normal()),
    "PCG64DXSM": (
        lambda: np.random.Generator(np.random.PCG64DXSM(0)),
        lambda rng: rng.integers(10**9),
    ),
    "MT19937": (lambda: np.random.Generator(np.random.MT19937(0)), lambda rng: rng.random()),
    "RandomState": (lambda: np.random.RandomState(0), lambda rng: rng.normal()),
    "random": (lambda: random.Random(0), lambda rng: rng.gauss(0, 1)),
}


@pytest.mark.parametrize(("make", "draw"), KINDS.values(), ids=KINDS.keys())
def test_a_generator_that_is_restored_draws_the_same(make, draw):
    rng = make()
    draw(rng)  # half of a pair: the other half is state too
    state = state_of(rng)
    first = [draw(rng) for _ in range(5)]
    put_back(rng, state)
    assert [draw(rng) for _ in range(5)] == first
    put_back(rng, state)
    assert [draw(rng) for _ in range(5)] == first


def holders():
    rng = np.random.default_rng(0)
    deep = SimpleNamespace(a=[{"b": (1, SimpleNamespace(c=rng))}])
    dropout = Dropout(0.5, rng=rng)
    return rng, {
        "itself": rng,
        "list": [1, rng, "text"],
        "tuple": (None, rng),
        "dict": {"a": 1, "b": rng},
        "object": SimpleNamespace(a=rng),
        "deep": deep,
        "layer": dropout,
        "layers": [dropout, dropout],
    }


RNG, HOLDERS = holders()


@pytest.mark.parametrize("holder", HOLDERS.values(), ids=HOLDERS.keys())
def test_a_generator_is_found_once_wherever_it_is(holder):
    (found,) = generators(holder)
    assert found is RNG


def test_all_generators_are_found():
    rngs = [np.random.default_rng(0), np.random.RandomState(0), random.Random(0)]
    held = SimpleNamespace(first=rngs[0], rest={"a": rngs[1], "b": [rngs[2], rngs[0]]})
    assert list(generators(held)) == rngs


@pytest.mark.parametrize("holder", [None, 1, "text", np.ones(3), [], {}, Dropout, np.random.rand])
def test_where_there_is_none_none_is_found(holder):
    assert list(generators(holder)) == []


def test_what_holds_itself_is_searched_once():
    ring = SimpleNamespace(rng=np.random.default_rng(0))
    ring.me = [ring, {"me": ring}]
    assert list(generators(ring)) == [ring.rng]


def test_a_copy_has_generators_of_its_own():
    layer = Dropout(0.5, rng=0)
    (one,), (other,) = generators(layer), generators(copy.deepcopy(layer))
    assert one is not other
    assert state_of(one) == state_of(other)
