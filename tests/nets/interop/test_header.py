import io
import json
import os
import pickle

import numpy as np
import pytest
import safetensors.numpy

from nets.interop import read_tensors, write_tensors
from tests.nets.interop.files import packed, refuse, u1


def npz(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


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
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_damage_is_told_in_one_sentence_that_names_the_file(tmp_path, damage):
    refuse(tmp_path / "net.bin", *DAMAGED[damage])


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
        ("__metadata__", {}, ValueError, "the format keeps for itself; pass text as metadata="),
        ("\ud800", {}, ValueError, r"expected text that UTF-8 has, got '\\ud800'"),
        ("W", {"a": 1}, TypeError, "expected metadata to map strings to strings, got 1 of type"),
        ("W", {1: "a"}, TypeError, "expected metadata to map strings to strings, got 1 of type"),
        ("W", {"a": "\udfff"}, ValueError, "expected text that UTF-8 has"),
        ("W", {"a": "b" * 100_000_000}, ValueError, "at most 100000000 bytes, the limit"),
    ],
)
def test_other_names_and_metadata_are_refused(tmp_path, name, metadata, error, said):
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
