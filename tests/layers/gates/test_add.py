import numpy as np

from layers import Add


def test_by_hand():
    add = Add()
    assert add.forward([[1.0, 2.0]], [[10.0, 20.0]]).tolist() == [[11.0, 22.0]]
    (dx0, dx1), grads = add.backward([[5.0, -6.0]])
    assert dx0.tolist() == dx1.tolist() == [[5.0, -6.0]]
    assert grads == {}


def test_any_number_of_inputs():
    add = Add()
    assert add.forward(1.0, 2.0, 3.0, 4.0) == 10.0
    assert add.backward(7.0)[0] == (7.0,) * 4


def test_the_inputs_stay_as_they_are():
    x = np.ones(3)
    Add().forward(x, x, x)
    assert x.tolist() == [1.0, 1.0, 1.0]
