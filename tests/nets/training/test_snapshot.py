"""All the state of a net, and back to it."""

import numpy as np

from nets.training.snapshot import Snapshot


class Net:
    """A parameter and a buffer of one name."""

    def __init__(self):
        self.params = {"W": np.array([1.0, 2.0]), "b": np.array(3.0)}
        self.buffers = {"W": np.array([7, 8])}


def test_parameters_and_buffers_are_restored_in_place():
    net = Net()
    held = [*net.params.values(), *net.buffers.values()]
    snapshot = Snapshot(net, 4)
    for array in held:
        array[...] = 0
    snapshot.restore(net)
    assert [array.tolist() for array in held] == [[1.0, 2.0], 3.0, [7, 8]]
    now = [*net.params.values(), *net.buffers.values()]
    assert all(array is same for array, same in zip(now, held, strict=True))
    assert snapshot.epoch == 4


def test_it_does_not_follow_the_net():
    net = Net()
    snapshot = Snapshot(net)
    for value in (5.0, 6.0):
        net.params["W"][...] = value
        snapshot.restore(net)
        assert net.params["W"].tolist() == [1.0, 2.0]


def test_buffers_that_are_not_a_dict_are_left_alone():
    net = Net()
    net.buffers = "a student's own"
    Snapshot(net).restore(net)
    assert net.buffers == "a student's own"


def test_a_buffer_that_was_made_later_stays():
    net = Net()
    snapshot = Snapshot(net)
    net.buffers["later"] = np.array(5.0)
    net.params["b"][...] = 0
    snapshot.restore(net)
    assert (net.params["b"], net.buffers["later"]) == (3.0, 5.0)
