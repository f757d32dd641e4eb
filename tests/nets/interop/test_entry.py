import os

import numpy as np
import pytest

from nets.interop import read_tensors, write_tensors
from tests.nets.interop.files import one, packed, refuse, u1

EMPTY = {"shape": [0], "data_offsets": [0, 0], "data": b""}
DAMAGED = {
    "entry": (packed({"W": 1}), "tensor 'W': expected an object with dtype, shape .* got 1"),
    "no dtype": (one(dtype=None), "'W': expected an object with dtype"),
    "no shape": (one(shape=None), "'W': expected an object with dtype, shape"),
    "no offsets": (one(data_offsets=None), "'W': expected an object .* and data_offsets"),
    "BF16": (one(dtype="BF16"), r"'W': expected a dtype .* got 'BF16'; save it as F32 instead"),
    "F8": (one(dtype="F8_E4M3"), "'W': expected a dtype .* got 'F8_E4M3'"),
    "small dtype": (one(dtype="f64"), "'W': expected a dtype .* got 'f64'"),
    "dtype of a list": (one(dtype=["F64"]), r"'W': expected a dtype .* got \['F64'\]"),
    "shape of a number": (one(shape=1), "'W': expected shape to be a list .* got 1"),
    "shape of a float": (one(shape=[1.0]), r"'W': expected shape to be .* got \[1.0\]"),
    "shape of a bool": (one(shape=[True]), r"'W': expected shape to be .* got \[True\]"),
    "shape of a string": (one(shape="1"), "'W': expected shape to be .* got '1'"),
    "negative": (one(shape=[-1, -1]), r"'W': expected shape to be .* got \[-1, -1\]"),
    "64 axes": (one(shape=[1] * 65), "'W': expected shape to be a list of at most 64"),
    "huge side": (one(shape=[2**62]), f"'W': expected data_offsets {2**65} bytes apart"),
    "huge sides": (one(shape=[2**62] * 64), "'W': expected data_offsets .* bytes apart"),
    "huge empty": (one(**EMPTY | {"shape": [0, 2**62]}), "'W': NumPy has no shape"),
    "huger empty": (one(**EMPTY | {"shape": [0, 10**20 - 1]}), "'W': NumPy has no shape"),
    "offsets of a number": (one(data_offsets=8), "'W': expected data_offsets to be two .* got 8"),
    "three offsets": (one(data_offsets=[0, 8, 8]), "'W': expected data_offsets to be two"),
    "offsets of floats": (one(data_offsets=[0, 8.0]), r"'W': expected data_offsets to be two"),
    "offsets of bools": (one(data_offsets=[False, 8]), r"'W': expected data_offsets to be two"),
    "negative offset": (one(data_offsets=[-8, 0]), r"'W': expected data_offsets to be two"),
    "backward": (one(data_offsets=[8, 0]), r"'W': expected data_offsets 8 bytes apart.*\[8, 0\]"),
    "size": (one(shape=[2]), r"16 bytes apart, the size of shape \[2\] in F64, got \[0, 8\]"),
    "no side": (one(shape=[0]), "'W': expected data_offsets 0 bytes apart"),
    "hole in front": (one(data_offsets=[8, 16], data=b"\0" * 16), "at byte 0, .*leave a hole"),
    "hole": (packed({"a": u1(0, 2), "b": u1(3, 4)}, b"1234"), "'b': .*byte 2.*got 3.*a hole"),
    "overlap": (packed({"a": u1(0, 2), "b": u1(1, 3)}, b"123"), "'b': .*byte 2.*got 1.*overlap"),
    "same place": (packed({"a": u1(0, 2), "b": u1(0, 2)}, b"12"), "got 0: tensors overlap"),
    "inside": (packed({"a": u1(0, 2), "b": u1(1, 1)}, b"12"), "'b': .*got 1: tensors overlap"),
    "cut": (one(data=b"\0" * 7), "expected 8 bytes of data, as the header says, got 7: it was cut"),
    "trailing": (one(data=b"\0" * 9), "expected 8 bytes .* got 9: there are trailing bytes"),
    "only trailing": (packed({}, b"1"), "expected 0 bytes of data.*trailing"),
    "truth": (packed({"W": u1(0, 1) | {"dtype": "BOOL"}}, b"\2"), "'W': expected booleans"),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_damage_is_told_in_one_sentence_that_names_the_file(tmp_path, damage):
    refuse(tmp_path / "net.bin", *DAMAGED[damage])


def test_a_file_that_shrinks_while_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "net"
    write_tensors(path, {"W": np.ones(1_000_000)})  # more than one read ahead takes in
    empty = np.empty

    def cut_then_empty(*args):
        os.truncate(path, path.stat().st_size - 1)
        return empty(*args)

    monkeypatch.setattr(np, "empty", cut_then_empty)
    with pytest.raises(ValueError, match="'W': the file became shorter while it was read"):
        read_tensors(path)
