"""Assigning to what a layer was made from, or to a parameter by its name, is refused."""

import copy
import inspect

import pytest

from layers import Dropout, FullyConnected
from layers.core.composite import Composite
from tests.layers.table import ROWS

ONE_EACH = list({type(row.make()): row for row in ROWS}.values())


@pytest.mark.parametrize("row", ONE_EACH, ids=lambda row: row.name)
def test_no_argument_of_the_constructor_and_no_parameter_can_be_assigned_to(row):
    layer = row.make()
    for twin in (layer, copy.deepcopy(layer)):
        arguments = inspect.signature(type(twin)).parameters
        kept = {name: value for name, value in vars(twin).items() if name in arguments}
        for name, value in kept.items():
            with pytest.raises(AttributeError, match=f"{name} cannot be changed after .*make"):
                setattr(twin, name, value)
        held = {} if isinstance(twin, Composite) else {**twin.params, **twin.buffers}
        own = {name: theta for name, theta in held.items() if not hasattr(twin, name)}
        for name, theta in own.items():
            with pytest.raises(AttributeError, match=name):
                setattr(twin, name, theta + 1)
        assert all(getattr(twin, name) is value for name, value in kept.items())


def test_a_parameter_is_read_from_params():
    with pytest.raises(AttributeError, match=r"W is a parameter; read and assign layer.params"):
        _ = FullyConnected(2, 1).W


def test_a_users_subclass_may_assign_to_any_attribute():
    class Annealed(Dropout):
        pass

    class Named(FullyConnected):
        def __init__(self):
            super().__init__(2, 1)
            self.W = self.params["W"]

    annealed, named = Annealed(0.5), Named()
    annealed.p = 0.25
    named.W = named.W[:1]
    assert (annealed.p, named.W.shape) == (0.25, (1, 1))
