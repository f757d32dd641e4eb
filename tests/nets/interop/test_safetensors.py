"""Tensors come back as they were, agree with the safetensors package, and damage is told."""

import math
import os
import random
import re
import tempfile
from contextlib import suppress

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nets.interop import read_tensors, write_tensors
from tests.nets.interop.files import packed, u1

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
@settings(deadline=None, max_examples=30)
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
@settings(deadline=None, max_examples=30)
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
@settings(deadline=None, max_examples=30)
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
@settings(deadline=None, max_examples=200)
def test_flipped_bytes_raise_nothing_but_value_errors(valid, rng: random.Random, flips):
    path, content = valid
    damaged = bytearray(content)
    for _ in range(flips):
        damaged[rng.randrange(len(damaged))] = rng.choice(b'\0\xff\x80{}[]":,019-.eE ')
    read_or_refuse(path, bytes(damaged))


@given(st.data())
@settings(deadline=None, max_examples=30)
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
@settings(deadline=None, max_examples=100)
def test_any_header_is_read_or_refused(valid, header, data):
    read_or_refuse(valid[0], packed(header, data))


def test_a_large_file_comes_back(tmp_path):
    shape = (1000, 257)
    W = np.arange(math.prod(shape), dtype=np.float32).reshape(shape)
    write_tensors(tmp_path / "net", {"W": W.T, "copy": W})
    tensors, _ = read_tensors(tmp_path / "net")
    assert same(W.T, tensors["W"])
    assert same(W, tensors["copy"])
