import gzip
import re

import numpy as np
import pytest

from nets.datasets.idx import read_idx


@pytest.fixture
def file(tmp_path):
    """A function that writes bytes into a file, and returns its path."""

    def write(content, name="some-ubyte"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize("shape", [(5,), (0,), (3, 4), (2, 3, 4), (0, 28, 28)])
@pytest.mark.parametrize("squeeze", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_what_was_written_is_read(file, pack, shape, squeeze):
    values = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    found = read_idx(file(squeeze(pack(values))))
    assert found.dtype == np.uint8
    assert found.shape == shape
    assert (found == values).all()
    assert found.flags.writeable


def test_the_magic_numbers_are_those_of_mnist(file):
    labels = bytes.fromhex("00000801 00000002 0504")
    images = bytes.fromhex("00000803 00000001 00000002 00000002 01020304")
    assert read_idx(file(labels)).tolist() == [5, 4]
    assert read_idx(str(file(images))).tolist() == [[[1, 2], [3, 4]]]


def test_sizes_are_read_with_the_most_significant_byte_first(file, pack):
    assert read_idx(file(pack(np.zeros(300)))).shape == (300,)


def test_the_name_does_not_tell_whether_a_file_is_compressed(file, pack):
    content = pack([1, 2, 3])
    assert read_idx(file(content, "plain.gz")).tolist() == [1, 2, 3]
    assert read_idx(file(gzip.compress(content), "packed")).tolist() == [1, 2, 3]


@pytest.mark.parametrize("squeeze", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c[:-1], "expected 22 bytes for values of shape (2, 5), got 21: the file is cut"),
        (lambda c: c + b"x", "expected 22 bytes for values of shape (2, 5), got 23: the file is t"),
        (lambda c: c[:7], "expected 12 bytes for a header, got 7: the file is cut short; delete"),
        (lambda c: c[:4], "expected 12 bytes for a header, got 4: the file is cut short"),
        (lambda c: c[:3], "expected an IDX file of unsigned bytes in 1 to 3 dimensions"),
    ],
)
def test_a_file_of_the_wrong_length(file, pack, squeeze, change, message):
    path = file(squeeze(change(pack(np.zeros((2, 5))))))
    with pytest.raises(ValueError, match=re.escape(f"{path}: {message}")):
        read_idx(path)


def test_sizes_that_no_memory_holds_are_only_compared(file):
    path = file(bytes.fromhex("00000803 ffffffff ffffffff ffffffff 01"))
    with pytest.raises(ValueError, match=r"expected 79228162458924105385300197391 bytes .* got 17"):
        read_idx(path)


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (b"", "an empty file"),
        (b"\x89PNG\r\n", "89 50 4e 47"),
        (b"<html>", "3c 68 74 6d"),
        (bytes.fromhex("00000d01 00000000"), "00 00 0d 01"),  # floats
        (bytes.fromhex("00000800"), "00 00 08 00"),  # no dimension
        (bytes.fromhex("00000804 00000000"), "00 00 08 04"),  # four
        (bytes.fromhex("01080000 00000000"), "01 08 00 00"),  # the other byte order
    ],
)
def test_a_file_that_is_not_idx(file, content, shown):
    path = file(content)
    with pytest.raises(
        ValueError, match=rf"{re.escape(str(path))}: expected an IDX .* got {shown}$"
    ):
        read_idx(path)


def damaged(packed):
    return packed[:15] + bytes([packed[15] ^ 0xFF]) + packed[16:]


@pytest.mark.parametrize(
    "change",
    [lambda p: p[:-9], lambda p: p[:5], lambda p: p[:2], damaged, lambda p: p + b"more"],
    ids=["cut short", "in its header", "after its mark", "one byte wrong", "followed by more"],
)
def test_a_damaged_gzip_file(file, pack, change):
    content = np.random.default_rng(0).integers(0, 256, 500)
    path = file(change(gzip.compress(pack(content))))
    with pytest.raises(
        ValueError, match=rf"{re.escape(str(path))}: expected (a whole gzip|an IDX) file"
    ):
        read_idx(path)


def test_a_gzip_file_whose_checksum_is_wrong(file, pack):
    packed = bytearray(gzip.compress(pack([1, 2, 3])))
    packed[-8] ^= 1
    with pytest.raises(ValueError, match=r"got a damaged one \(CRC check failed.*delete it and fe"):
        read_idx(file(packed))


def test_a_file_that_does_not_exist(tmp_path):
    with pytest.raises(FileNotFoundError, match="no-such-file"):
        read_idx(tmp_path / "no-such-file")
