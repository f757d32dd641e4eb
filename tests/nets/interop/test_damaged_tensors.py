"""Files that are damaged, foreign or unusual, and what is refused to be written."""

import io
import json
import os
import pickle
import tracemalloc

import numpy as np
import pytest
import safetensors.numpy

from nets.interop import read_tensors, write_tensors
from nets.interop import safetensors as tensors_module
from tests.nets.interop.files import one, packed, u1


def npz(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


EMPTY = {"shape": [0], "data_offsets": [0, 0], "data": b""}
DAMAGED = {
    "empty": (b"", "expected at least 8 bytes, the length of the header, got 0"),
    "short": (b"1234567", "expected at least 8 bytes.* got 7"),
    "length": ((9).to_bytes(8, "little") + b"{}", "header of at most 2 bytes, got a length of 9"),
    "huge": (b"\xff" * 8, "got a length of 18446744073709551615"),
    "npz": (npz(W=np.ones(3)), r"looks like a zip file such as .npz, which numpy.load reads"),
    "npy": (npy(np.ones(3)), "looks like a .npy file, which numpy.load reads"),
    "pickle": (pickle.dumps({"W": [1.0] * 9}, 4), "looks like a pickle"),
    "text": (b"W = 1.0, 2.0\n", "looks like another format, or a file that was cut short"),
    "metadata": (packed({"__metadata__": 1}), "expected __metadata__ to map strings to strings"),
    "metadata null": (packed({"__metadata__": None}), "strings to strings, got None"),
    "metadata number": (packed({"__metadata__": {"a": 1}}), r"to strings, got {'a': 1}"),
    "UTF-8": (packed(b'{"\xff": 1}'), "the header is not UTF-8 text"),
    "UTF-16": (packed("{}".encode("utf-16")), "the header is not UTF-8 text"),
    "zeros": (b"\0" * 16, "the header is not JSON"),
    "JSON": (packed(b"{'W': 1}"), "the header is not JSON: Expecting property name"),
    "BOM": (packed(b"\xef\xbb\xbf{}"), "the header is not JSON"),
    "NaN": (packed(b'{"W": NaN}'), "the header holds NaN, which is not JSON"),
    "list": (packed([]), r"expected the header to be a JSON object, got \[\]"),
    "string": (packed(b'"' + b"a" * 10_000 + b'"'), r"JSON object, got 'a+\.\.\.a+'"),
    "deep": (packed(b"[" * 200_000), "nested too deep"),
    "deep entry": (packed(b'{"W": ' + b"[" * 200_000), "nested too deep"),
    "digits": (packed(b'{"W": ' + b"9" * 5000 + b"}"), "a number of 5000 digits"),
    "twice": (packed(b'{"W": 1, "W": 2}'), "the header holds the name 'W' twice"),
    "key twice": (packed(b'{"W": {"dtype": 1, "dtype": 1}}'), "the name 'dtype' twice"),
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
    "huger empty": (one(**EMPTY | {"shape": [0, 10**20 - 1]}), "'W': expected shape to be a list"),
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
def test_damage_is_reported_in_one_sentence_that_names_the_file_at_little_cost(tmp_path, damage):
    content, said = DAMAGED[damage]
    path = tmp_path / "net.bin"
    path.write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=f"(?s){said}") as caught:
            read_tensors(path)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()
    message = str(caught.value)
    assert message.startswith(f"{str(path)!r}: cannot be read as safetensors: ")
    assert len(message) < 600
    assert "\n" not in message


def test_a_header_over_the_limit_is_refused_unread(tmp_path):
    path = tmp_path / "net"
    with open(path, "wb") as file:
        file.write((100_000_001).to_bytes(8, "little"))
        file.truncate(200_000_000)  # a sparse file, which costs nothing
    with pytest.raises(ValueError, match="at most 100000000 bytes, got a length of 100000001"):
        read_tensors(path)


def test_data_and_every_array_start_at_a_multiple_of_their_size(tmp_path):
    for length in range(1, 10):
        tensors = {"a" * length: np.ones(3, bool), "b": np.ones(1), "c": np.ones(3, np.float32)}
        write_tensors(tmp_path / "net", tensors)
        raw = (tmp_path / "net").read_bytes()
        size = int.from_bytes(raw[:8], "little")
        header = json.loads(raw[8 : 8 + size])
        assert (8 + size) % 8 == 0
        assert raw[8:9] == b"{"
        for name, array in tensors.items():
            assert header[name]["data_offsets"][0] % array.itemsize == 0


@pytest.mark.parametrize(
    ("name", "metadata", "error", "said"),
    [
        (1, {}, TypeError, r"expected names to be strings, got 1 of type int; pass str\(...\)"),
        (None, {}, TypeError, "got None of type NoneType"),
        ("__metadata__", {}, ValueError, "which the format reserves; pass text as metadata="),
        ("\ud800", {}, ValueError, r"expected text that UTF-8 can encode, got '\\ud800'"),
        ("W", {"a": 1}, TypeError, "expected metadata to map strings to strings, got 1 of type"),
        ("W", {1: "a"}, TypeError, "expected metadata to map strings to strings, got 1 of type"),
        ("W", {"a": "\udfff"}, ValueError, "expected text that UTF-8 can encode"),
        ("W", {"a": "b" * 1000}, ValueError, "at most 1000 bytes, the limit of the format, got 10"),
    ],
)
def test_other_names_and_metadata_are_refused(tmp_path, monkeypatch, name, metadata, error, said):
    monkeypatch.setattr(tensors_module, "MAX_HEADER", 1000)
    with pytest.raises(error, match=said):
        write_tensors(tmp_path / "net", {name: np.ones(1)}, metadata)
    assert os.listdir(tmp_path) == []


def test_what_is_unusual_but_whole_is_read(tmp_path):
    path = tmp_path / "net"
    header = {"b": u1(2, 3) | {"note": 1.5}, "e": u1(2, 2), "a": u1(0, 2), "": u1(3, 3)}
    path.write_bytes(packed(json.dumps(header, indent=1).encode() + b" " * 9, b"123"))
    tensors, metadata = read_tensors(path)
    assert {name: array.tobytes() for name, array in tensors.items()} == {
        **{"b": b"3", "e": b"", "a": b"12", "": b""}
    }
    assert metadata == {}
    assert safetensors.numpy.load_file(path).keys() == tensors.keys()


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
