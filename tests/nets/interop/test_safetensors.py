"""Tensors come back as they were, agree with the safetensors package, and damage is told."""

import io
import json
import math
import os
import pickle
import random
import re
import tempfile
import tracemalloc
from contextlib import suppress

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nets.interop import read_tensors, write_tensors

DTYPES = ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "b1"]


def same(a, b):
    """Whether two arrays agree in dtype, shape and every bit (nan included)."""
    a, b = np.asarray(a), np.asarray(b)
    native = a.dtype.newbyteorder("=")
    return (b.dtype, b.shape) == (native, a.shape) and a.astype(native).tobytes() == b.tobytes()


def there_and_back(tensors, metadata=None):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "net")
        write_tensors(path, tensors, metadata)
        return read_tensors(path)


def packed(header, data=b""):
    """The bytes of a file with this header, well-formed or not."""
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(raw).to_bytes(8, "little") + raw + data


def one(name="W", data=b"\0" * 8, **changed):
    """The bytes of a file with one tensor, of which some keys are changed or (None) left out."""
    entry = {"dtype": "F64", "shape": [1], "data_offsets": [0, 8], **changed}
    return packed({name: {k: v for k, v in entry.items() if v is not None}}, data)


def u1(*offsets):
    return {"dtype": "U8", "shape": [offsets[1] - offsets[0]], "data_offsets": list(offsets)}


@st.composite
def tensor(draw):
    """An array of any dtype, byte order, shape and strides."""
    dtype = np.dtype(draw(st.sampled_from(DTYPES))).newbyteorder(draw(st.sampled_from("<>")))
    shape = draw(hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
    array = draw(hnp.arrays(dtype, shape))
    if not shape:
        return array
    views = [array, array.T, array[..., ::-1], array[::2], np.asfortranarray(array)]
    return views[draw(st.integers(0, len(views) - 1))]


names = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
files = st.dictionaries(names, tensor(), max_size=5)
texts = st.dictionaries(names, names, max_size=3)


@given(files, texts)
@settings(deadline=None)
def test_what_is_written_is_read(tensors, metadata):
    found, text = there_and_back(tensors, metadata)
    assert list(found) == list(tensors)
    assert all(same(tensors[name], found[name]) for name in tensors)
    assert text == metadata
    for array in found.values():
        assert array.flags.c_contiguous
        assert array.flags.writeable
        assert array.dtype.isnative
        assert array.base is None


@given(files, texts)
@settings(deadline=None)
def test_the_package_reads_what_is_written(tensors, metadata):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "net")
        write_tensors(path, tensors, metadata)
        found = safetensors.numpy.load_file(path)
        with safetensors.safe_open(path, "numpy") as file:
            assert (file.metadata() or {}) == metadata
    assert found.keys() == tensors.keys()
    assert all(same(tensors[name], found[name]) for name in tensors)


@given(files, texts)
@settings(deadline=None)
def test_what_the_package_writes_is_read(tensors, metadata):
    # The package itself wants contiguous arrays in native order.
    given = {n: np.array(a, a.dtype.newbyteorder("="), order="C") for n, a in tensors.items()}
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "net")
        # Without tensors and with {} as metadata, the package writes a header that is not JSON.
        safetensors.numpy.save_file(given, path, metadata or None)
        found, text = read_tensors(path)
    assert found.keys() == given.keys()
    assert all(same(given[name], found[name]) for name in given)
    assert text == metadata


def test_views_are_written_as_they_look():
    W = np.arange(12.0).reshape(3, 4)
    views = {"W": W, "W.T": W.T, "slice": W[1:, ::2], "F": np.asfortranarray(W), "back": W[::-1]}
    views |= {"broadcast": np.broadcast_to(W[0], (2, 4)), "0-d": W[1, 1], "big": W.astype(">f8")}
    found, _ = there_and_back(views)
    for name, view in views.items():
        np.testing.assert_array_equal(found[name], view, strict=name != "big")


def test_numbers_and_lists_are_arrays_too():
    found, _ = there_and_back({"number": 2.5, "list": [[1, 2]], "truth": True})
    assert same(2.5, found["number"])
    assert same([[1, 2]], found["list"])
    assert same(True, found["truth"])


def test_values_without_an_equal_come_back_bit_by_bit():
    x = np.array([np.nan, -0.0, np.inf, 5e-324])
    assert same(x, there_and_back({"x": x})[0]["x"])


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


def test_no_tensors_and_no_metadata():
    assert there_and_back({}) == ({}, {})


def test_changing_what_was_read_changes_nothing_else(tmp_path):
    write_tensors(tmp_path / "net", {"a": np.zeros(2), "b": np.zeros(2)})
    tensors, _ = read_tensors(tmp_path / "net")
    tensors["a"][:] = 1
    assert not tensors["b"].any()
    assert not read_tensors(tmp_path / "net")[0]["a"].any()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (np.array([1j]), r"'W' .*got ndarray of dtype complex128; convert it with astype"),
        (np.array([None]), "got ndarray of dtype object"),
        (np.array(["a"]), "got ndarray of dtype <U1"),
        (np.array([b"a"]), r"got ndarray of dtype \|S1"),
        (np.zeros(1, "M8[s]"), "got ndarray of dtype datetime64"),
        (np.zeros(1, [("a", "f4")]), "got ndarray of dtype"),
        (None, "got NoneType of dtype object"),
        ([[1], [1, 2]], "got list of dtype object"),
        pytest.param(
            np.zeros(1, np.longdouble),
            "at most 64 bits or booleans, got ndarray of dtype",
            marks=pytest.mark.skipif(np.longdouble == np.float64, reason="no wider float"),
        ),
    ],
)
def test_other_dtypes_are_refused_before_the_disk_is_touched(tmp_path, value, said):
    with pytest.raises(TypeError, match=rf"write_tensors: expected the tensor .*{said}"):
        write_tensors(tmp_path / "net", {"first": np.ones(1), "W": value})
    assert os.listdir(tmp_path) == []


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
    "metadata": (packed({"__metadata__": 1}), "expected __metadata__ to map strings to strings"),
    "metadata null": (packed({"__metadata__": None}), "strings to strings, got None"),
    "metadata number": (packed({"__metadata__": {"a": 1}}), r"to strings, got {'a': 1}"),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_damage_is_told_in_one_sentence_that_names_the_file(tmp_path, damage):
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


def test_a_missing_file_and_a_folder(tmp_path):
    missing = re.escape(f"{str(tmp_path / 'net')!r}: there is no such file to read")
    with pytest.raises(FileNotFoundError, match=missing):
        read_tensors(tmp_path / "net")
    with pytest.raises(IsADirectoryError, match="expected a safetensors file, got a folder"):
        read_tensors(tmp_path)
    with pytest.raises(IsADirectoryError, match="got that of a folder"):
        write_tensors(tmp_path, {})
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        write_tensors(tmp_path / "missing" / "net", {})


def test_an_interrupted_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "net"
    write_tensors(path, {"a": np.ones(3), "b": np.ones(3)})
    before = path.read_bytes()
    contiguous, calls = np.ascontiguousarray, []

    def interrupted(*args):
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return contiguous(*args)

    monkeypatch.setattr(np, "ascontiguousarray", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_tensors(path, {"a": np.zeros(3), "b": np.zeros(3)})
    assert len(calls) == 2
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["net"]


@pytest.fixture(scope="module")
def valid(tmp_path_factory):
    path = tmp_path_factory.mktemp("fuzz") / "net"
    tensors = {"0.W": np.ones((2, 3)), "0.b": np.ones(3, np.float32), "on": np.array([True, False])}
    write_tensors(path, tensors, {"format": "example"})
    return path, path.read_bytes()


def read_or_refuse(path, content):
    path.write_bytes(content)
    with suppress(ValueError):
        tensors, metadata = read_tensors(path)
        assert all(isinstance(array, np.ndarray) for array in tensors.values())
        assert sum(array.nbytes for array in tensors.values()) <= len(content)
        assert all(isinstance(text, str) for pair in metadata.items() for text in pair)


@given(st.randoms(use_true_random=False), st.integers(1, 8))
@settings(deadline=None, max_examples=500)
def test_flipped_bytes_raise_nothing_but_value_errors(valid, rng: random.Random, flips):
    path, content = valid
    damaged = bytearray(content)
    for _ in range(flips):
        damaged[rng.randrange(len(damaged))] = rng.choice(b'\0\xff\x80{}[]":,019-.eE ')
    read_or_refuse(path, bytes(damaged))


@given(st.data())
@settings(deadline=None)
def test_any_cut_and_any_tail_is_refused(valid, data):
    path, content = valid
    cut = data.draw(st.integers(0, len(content) - 1))
    for damaged in (content[:cut], content + content[: cut + 1], content[cut + 1 :]):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match="cannot be read as safetensors"):
            read_tensors(path)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
sizes = json_values | st.lists(st.integers(0, 4) | json_values, max_size=3)


@given(
    st.dictionaries(
        st.sampled_from(["a", "b", "__metadata__"]) | st.text(max_size=2),
        json_values
        | st.fixed_dictionaries(
            {"dtype": st.sampled_from(["U8", "BOOL", "I16", "BF16"]) | json_values},
            optional={"shape": sizes, "data_offsets": sizes},
        ),
        max_size=3,
    ),
    st.binary(max_size=8),
)
@example({"a": u1(0, 1)}, b"1")
@settings(deadline=None, max_examples=200)
def test_any_header_is_read_or_refused(valid, header, data):
    read_or_refuse(valid[0], packed(header, data))


def test_a_large_file_comes_back(tmp_path):
    shape = (1000, 257)
    W = np.arange(math.prod(shape), dtype=np.float32).reshape(shape)
    write_tensors(tmp_path / "net", {"W": W.T, "copy": W})
    tensors, _ = read_tensors(tmp_path / "net")
    assert same(W.T, tensors["W"])
    assert same(W, tensors["copy"])
