import numpy as np
import pytest

from nets.graph.branches import along_edges, total


def test_the_sum_is_a_new_array():
    first, second = np.array([1.0, 2.0]), np.array([10.0, 20.0])
    assert total([first, second, second]).tolist() == [21.0, 42.0]
    assert first.tolist() == [1.0, 2.0]
    assert total([first]) is first


def test_no_gradient_in_one_use_is_none_in_all():
    assert total([]) is None
    assert total([None]) is None
    assert total([1.0, None]) is total([None, 1.0]) is None
    assert total([2.0, 3.0]) == 5.0


def test_missing_gradients_are_none():
    x = np.ones(3)
    assert along_edges(x, (x, x)) == (x, None)
    assert along_edges(None, (x, x)) == (None, None)
    assert along_edges((x, None), (x, [1, 2])) == (x, None)
    assert along_edges((), ()) == along_edges(None, ()) == ()
    assert along_edges(2.0, (1,)) == (2.0,)


def test_gradients_have_the_shape_of_their_values():
    with pytest.raises(ValueError, match=r"expected backward to return a gradient of shape \(3,\)"):
        along_edges((1.0, np.ones(1)), (1.0, np.ones(3)))
    with pytest.raises(ValueError, match="expected backward to return at most 0 gradients"):
        along_edges(1.0, ())
