"""The check keeps the memory layout of what it is given, and judges a layer as it runs there."""

import copy

import numpy as np
import pytest

from layers import SoftmaxCE, gradcheck
from layers.gradcheck.numeric.memory_layout import MemoryLayout, laid_out, same_copy
from nets import Sequential
from tests.layers.gradcheck.wrong_layers import Affine, Plain

X = np.random.default_rng(0).normal(size=(4, 5))


def read_only(x):
    x = x.copy()
    x.flags.writeable = False
    return x


LAYOUTS = {
    "C": np.copy,
    "F": np.asfortranarray,
    "transposed": lambda x: np.ascontiguousarray(x.T).T,
    "strided": lambda x: np.repeat(np.repeat(x, 2, 0), 3, 1)[::2, ::3],
    "reversed": lambda x: x[::-1, ::-1].copy()[::-1, ::-1],
    "reversed rows": lambda x: x[::-1].copy()[::-1],
    "sliced": lambda x: np.pad(x, 2)[2:-2, 2:-2],
    "sliced in F": lambda x: np.asfortranarray(np.pad(x, 2))[2:-2, 2:-2],
    "read-only": read_only,
    "big-endian": lambda x: x.astype(">f8"),
    "float32": lambda x: x.astype(np.float32),
    "float32 in F": lambda x: np.asfortranarray(x, np.float32),
    "float16": lambda x: x.astype(np.float16),
    "longdouble": lambda x: x.astype(np.longdouble),
    "broadcast": lambda x: np.broadcast_to(x[:1], x.shape),
    "windows": lambda x: np.lib.stride_tricks.sliding_window_view(x.ravel(), 4),
}
SAME = [name for name in LAYOUTS if name not in ("broadcast", "windows")]
KINDS = pytest.mark.parametrize("lay", LAYOUTS.values(), ids=LAYOUTS)


def described(array):
    order = np.argsort(np.abs(array.strides), kind="stable")
    return tuple(order), tuple(np.sign(array.strides)), array.flags.writeable, array.dtype.byteorder


@pytest.mark.parametrize("name", SAME)
def test_a_copy_lies_as_the_original_does(name):
    given = LAYOUTS[name](X)
    layout = MemoryLayout.of(given)
    made = layout.copy(given.astype(float))
    assert np.array_equal(made, given)
    assert not np.shares_memory(made, given)
    assert described(made) == described(given)
    assert made.flags.c_contiguous == given.flags.c_contiguous
    assert made.flags.f_contiguous == given.flags.f_contiguous
    assert MemoryLayout.of(made) == layout
    assert layout.copy(np.ones((7, 3))).shape == (7, 3)  # a layout belongs to no shape
    assert layout.copy(np.ones(3)).shape == (3,)


@pytest.mark.parametrize("shape", [(), (0,), (1, 1), (3, 0, 2), (2, 1, 3)])
def test_any_shape_can_be_copied(shape):
    x = np.asfortranarray(np.ones(shape))[..., ::-1] if shape else np.array(1.0)
    assert np.array_equal(MemoryLayout.of(x).copy(x), x)


def test_the_copy_in_c_order_of_an_array_in_fortran_order_is_in_c_order():
    array = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    assert MemoryLayout.of(np.ones((4, 5))).copy(array).flags.c_contiguous


def test_a_slice_of_a_large_array_takes_little_memory():
    made = same_copy(np.zeros((100, 10_000))[:, ::1000])
    assert made.base.size <= 4 * made.size


def test_tuples_and_other_objects_are_copied_too():
    value = (X.T, [1, 2], None)
    made = same_copy(value)
    assert np.array_equal(made[0], X.T)
    assert made[0].flags.f_contiguous
    assert made[1:] == value[1:]
    assert made[1] is not value[1]
    assert laid_out(2.0, None) == 2.0


class Square(Plain):
    """Right in any layout."""

    def forward(self, x):
        self.x = x
        y = np.empty_like(x)
        y[...] = x**2
        return y

    def backward(self, dout):
        return 2 * self.x * dout, {}


class Flat(Plain):
    def forward(self, x):
        self.x = x
        return np.tanh(x).reshape(-1)

    def backward(self, dout):
        return dout.reshape(self.x.shape) * (1 - np.tanh(self.x) ** 2), {}


@KINDS
@pytest.mark.parametrize("make", [Square, Flat])
def test_a_layer_that_is_correct_in_any_layout_passes(lay, make):
    given = lay(X)
    before = copy.deepcopy(given)
    report = gradcheck(make(), given)
    assert report, report
    assert np.array_equal(given, before)
    assert not report.notes


@KINDS
def test_a_net_and_a_loss_pass(lay):
    if lay is LAYOUTS["windows"]:
        lay = np.copy
    report = gradcheck(Sequential(Flat2D(), Affine(5, 3)), lay(X), loss=(SoftmaxCE(), [0, 2, 1, 1]))
    assert report, report


class Flat2D(Square):
    def forward(self, x):
        return super().forward(x.T).T

    def backward(self, dout):
        dx, _ = super().backward(dout.T)
        return dx.T, {}


class ReadsMemory(Square):
    """x in the order in which it lies in memory."""

    def backward(self, dout):
        x = np.frombuffer(self.x.tobytes("A"), self.x.dtype).reshape(self.x.shape)
        return 2 * x * dout, {}


class RavelsInMemory(Flat):
    def forward(self, x):
        super().forward(x)
        return np.tanh(x).ravel("K")


class WritesIntoACopy(Square):
    """Of a gradient that is not contiguous, reshape(-1) is a copy."""

    def backward(self, dout):
        dx = np.empty_like(self.x)
        dx[...] = 0
        dx.reshape(-1)[...] += (2 * self.x * dout).reshape(-1)
        return dx, {}


class ReadsDoutInMemory(Square):
    def backward(self, dout):
        dout = dout.ravel("K").reshape(dout.shape)
        return 2 * self.x * dout, {}


@pytest.mark.parametrize("name", ["F", "transposed", "float32 in F"])
@pytest.mark.parametrize("kind", [ReadsMemory, RavelsInMemory, WritesIntoACopy, ReadsDoutInMemory])
def test_a_layer_that_is_wrong_in_the_layout_of_its_input_is_caught(kind, name):
    right, wrong = gradcheck(kind(), X), gradcheck(kind(), LAYOUTS[name](X))
    assert right
    assert not wrong
    for report in (right, wrong):
        assert [note.mistake for note in report.notes] == ["depends-on-layout"]


class Accumulates(Plain):
    def __init__(self):
        self.params, self.sum = {"w": np.ones(5)}, np.zeros(5)

    def forward(self, x):
        self.x = x
        return x * self.params["w"]

    def backward(self, dout):
        self.sum += (dout * self.x).sum(axis=0)
        return dout * self.params["w"], {"w": self.sum}


def test_a_gradient_that_accumulates_is_not_blamed_on_the_layout():
    report = gradcheck(Accumulates(), X)
    assert "accumulates" in [finding.mistake for finding in report.findings]
    assert "depends-on-layout" not in [note.mistake for note in report.notes]


def test_the_layout_that_arises_inside_a_net_is_the_one_that_counts():
    report = gradcheck(Sequential(Turns(), WritesIntoACopy()), X)
    assert not report
    assert report.findings[0].layer == "layer 1 (WritesIntoACopy)"


class Turns(Square):
    """Gives a view, as a transposing layer does."""

    def forward(self, x):
        self.x = x
        return (x**2).T

    def backward(self, dout):
        return 2 * self.x * dout.T, {}


class WritesIntoItsInput(Square):
    def forward(self, x):
        x *= 1.0
        x += 1
        return super().forward(x)


def test_a_read_only_input_stays_so():
    report = gradcheck(WritesIntoItsInput(), read_only(X))
    assert "read-only" in report.findings[0].evidence


class OwnLoss(SoftmaxCE):
    def forward(self, scores, labels):
        loss = super().forward(scores, labels)
        labels[:] = 0
        return loss


def test_the_labels_of_a_loss_are_a_copy_too():
    labels = np.array([0, 2, 1, 1])
    gradcheck(Affine(5, 3), X, loss=(OwnLoss(), labels))
    assert labels.tolist() == [0, 2, 1, 1]


def test_a_mask_is_refused():
    with pytest.raises(
        TypeError, match=r"^gradcheck: expected input 0 without a mask, got a masked"
    ):
        gradcheck(Square(), np.ma.masked_array(X, X > 0))


class Frame:
    """What turns into an array when asked, column by column in memory, as a DataFrame does."""

    def __array__(self, dtype=None, copy=None):
        return np.asfortranarray(X, dtype)


def test_a_frame_a_matrix_and_a_list_are_arrays():
    for given in (Frame(), X.view(np.matrix), X.tolist()):
        assert gradcheck(Square(), given)
    assert not gradcheck(ReadsMemory(), Frame())
