import numpy as np

from layers import Multiply, assert_gradients


def test_by_hand():
    multiply = Multiply()
    assert multiply.forward([[2.0, 3.0]], [[5.0, -7.0]]).tolist() == [[10.0, -21.0]]
    (dx0, dx1), grads = multiply.backward([[1.0, 10.0]])
    assert dx0.tolist() == [[5.0, -70.0]]
    assert dx1.tolist() == [[2.0, 30.0]]
    assert grads == {}


def test_any_number_of_inputs():
    multiply = Multiply()
    assert multiply.forward(2.0, 3.0, 5.0, 7.0) == 210.0
    assert multiply.backward(1.0)[0] == (105.0, 70.0, 42.0, 30.0)


def test_a_0_among_the_inputs_has_the_product_of_the_others():
    multiply = Multiply()
    assert multiply.forward(2.0, 0.0, 3.0) == 0.0
    assert multiply.backward(1.0)[0] == (0.0, 6.0, 0.0)


def test_one_array_twice_is_its_square():
    multiply, x = Multiply(), np.array([3.0, -4.0])
    assert multiply.forward(x, x).tolist() == [9.0, 16.0]
    assert sum(multiply.backward([1.0, 1.0])[0]).tolist() == [6.0, -8.0]
    assert_gradients(multiply, x, x)
