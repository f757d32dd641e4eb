import numpy as np

from layers import Sign, assert_gradients


def test_by_hand():
    sign = Sign()
    assert sign.forward([[-0.2, 3.0], [0.0, -0.0]]).tolist() == [[-1.0, 1.0], [0.0, 0.0]]
    dx, grads = sign.backward([[10.0, -20.0], [30.0, 40.0]])
    assert dx.tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert grads == {}


def test_the_smallest_and_the_largest_numbers_count():
    assert Sign().forward([5e-324, -5e-324, np.inf, -np.inf]).tolist() == [1.0, -1.0, 1.0, -1.0]


def test_nan_stays_nan():
    assert np.isnan(Sign().forward([np.nan])).all()


def test_the_gradient_is_correct_next_to_the_jump_and_set_aside_at_it():
    assert_gradients(Sign(), np.array([-1.0, 0.0, -0.0, 1e-9, -1e-9, 2.0]))
