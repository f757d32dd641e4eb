import numpy as np
import pytest

from nets.differentiation import compare, errors_against_h
from nets.differentiation.function_forms import distance


def test_distance_is_relative_to_the_largest_entry():
    assert distance((1.0, np.array([2.0, 4.0])), (1.0, np.array([2.0, 5.0]))) == 0.2
    assert distance((1.0, None), (2.0, np.ones(2))) == 0.5
    assert distance(0.5, 0.0) == 0.5
    assert distance(np.ones(0), np.ones(0)) == 0.0
    assert distance(None, None) == 0.0


@pytest.mark.parametrize("exact", [(), [1.0, 2.0], "x", np.ones((1, 1))])
@pytest.mark.parametrize("way", [compare, errors_against_h])
def test_an_exact_gradient_of_another_shape_is_refused(exact, way):
    with pytest.raises((TypeError, ValueError), match=f"^{way.__name__}: expected exact"):
        way(np.sin, 1.0, exact=exact)
