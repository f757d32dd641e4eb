import re

import numpy as np
import pytest

from nets.differentiation import cost_against_inputs
from nets.differentiation.cost import two_layer_net


def test_the_net_is_the_same_in_both_spellings():
    f, net, x = two_layer_net(5)
    assert x.shape == (5,)
    np.testing.assert_allclose(net.predict(x), [f(x)], rtol=1e-14)


def test_evaluations_grow_with_the_inputs_but_not_in_reverse_mode():
    table = cost_against_inputs((1, 3, 20), formulas=1)
    header = list(table.header)
    assert header[0] == "inputs"
    counts = [[re.match(r"(\d*)", cell)[1] for cell in row] for row in table.rows]
    assert counts == [
        ["1", "2", "2", "1", "1", "1", "1"],
        ["3", "4", "6", "3", "3", "", "1"],
        ["20", "21", "40", "20", "20", "", "1"],
    ]
    assert header[-1] == "reverse mode"
    assert re.fullmatch(r"1 in [\d.]+ ms", table.rows[0][-1])


def test_the_note_says_what_the_numbers_are():
    assert repr(cost_against_inputs((1,), formulas=0)).endswith("runs backward once besides.")


def test_bytes_are_not_a_list_of_sizes():
    with pytest.raises(TypeError, match="cost_against_inputs: expected sizes to be a list, got b'"):
        cost_against_inputs(b"ab")
