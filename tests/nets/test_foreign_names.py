"""What other libraries call it."""

import copy
import pickle
import re

import pytest

from layers import ReLU
from nets import Graph, Sequential
from nets.foreign_names import HINTS, hint


def net():
    return Sequential(ReLU())


def graph():
    return Graph("x", "a", {"a": (ReLU(), "x")})


@pytest.mark.parametrize("make", [net, graph])
@pytest.mark.parametrize("name", HINTS)
def test_an_attribute_that_is_not_there_says_what_to_do_instead(make, name):
    made = make()
    kind = type(made)
    if hasattr(kind, name) or name in vars(made):
        return
    said = HINTS[name].format(kind=kind.__name__)
    message = f"'{kind.__name__}' object has no attribute '{name}'; {said}"
    with pytest.raises(AttributeError, match=f"^{re.escape(message)}$") as caught:
        getattr(made, name)
    assert not hasattr(made, name)
    assert (caught.value.name, caught.value.obj) == (name, made)


def test_an_unknown_attribute_gets_no_hint():
    with pytest.raises(AttributeError, match=r"^'Sequential' object has no attribute 'colour'$"):
        _ = net().colour
    assert hint("Sequential", "colour") == ""


def test_nets_can_still_be_copied_and_pickled():
    for made in (net(), graph()):
        assert repr(copy.deepcopy(made)) == repr(pickle.loads(pickle.dumps(made))) == repr(made)
