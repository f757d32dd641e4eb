"""CIFAR-10: the binary version, whole or in part, and what is not it."""

import gzip
import hashlib
import importlib
import io
import os
import pickle
import re
import tarfile
from pathlib import Path

import numpy as np
import pytest

from nets.datasets import cifar10

DATA = os.environ.get("HANDGRAD_DATA")
MODULE = importlib.import_module("nets.datasets.cifar10")

pytestmark = pytest.mark.usefixtures("nowhere")


def batch(labels, seed=0):
    """The bytes of a batch with these labels."""
    pixels = np.random.default_rng(seed).integers(0, 256, (len(labels), 3072), np.uint8)
    return np.column_stack([np.array(labels, np.uint8), pixels]).tobytes()


BATCHES = {
    "data_batch_10.bin": batch([3], 1),
    "data_batch_2.bin": batch([1, 2], 2),
    "test_batch.bin": batch([9, 0, 9], 3),
}


def fill(folder, batches=BATCHES, squeeze=None):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in batches.items():
        if squeeze:
            (folder / f"{name}.gz").write_bytes(squeeze(content))
        else:
            (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize("squeeze", [None, gzip.compress])
def test_any_number_of_batches_is_read_in_order(tmp_path, squeeze):
    data = cifar10(fill(tmp_path / "set", squeeze=squeeze))
    assert repr(data) == "cifar10: 3 training and 3 test images of 3 x 32 x 32, 10 classes"
    assert data.y_train.tolist() == [1, 2, 3]
    assert data.y_test.tolist() == [9, 0, 9]
    assert data.y_train.dtype == np.int64
    assert (data.classes[0], data.classes[9]) == ("airplane", "truck")
    assert data.x_train.dtype == np.float32
    record = np.frombuffer(BATCHES["data_batch_10.bin"], np.uint8)[1:]
    for channel in range(3):  # red, green, blue, each row by row
        plane = record[1024 * channel : 1024 * (channel + 1)].reshape(32, 32)
        np.testing.assert_array_equal(data.x_train[2, channel], plane / np.float32(255))
    assert cifar10(tmp_path / "set", dtype="float64").x_test.max() == 1


def test_the_search_order(tmp_path, nowhere, monkeypatch):
    fill(nowhere / "cifar10")
    assert len(cifar10().y_train) == 3
    monkeypatch.setenv("HANDGRAD_DATA", str(tmp_path))
    fill(tmp_path / "cifar10", {**BATCHES, "data_batch_3.bin": batch([7])})
    assert cifar10().y_train.tolist() == [1, 2, 7, 3]
    (tmp_path / "cifar10" / "test_batch.bin").unlink()
    assert len(cifar10().y_train) == 3


def test_the_archive_is_downloaded_once_and_unpacked(nowhere, monkeypatch):
    stream, asked = io.BytesIO(), []
    with tarfile.open(fileobj=stream, mode="w:gz") as tar:
        for name, content in {
            **BATCHES,
            "batches.meta.txt": b"",
            "../test_batch.bin.bin": b"",
        }.items():
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))

    def download(url, target, sha256):
        asked.append((url, sha256))
        target.parent.mkdir(parents=True)
        target.write_bytes(stream.getvalue())

    monkeypatch.setattr("nets.datasets.download.download", download)
    for _ in range(2):
        assert len(cifar10().y_train) == 3
    assert asked == [(f"{MODULE.URL}{MODULE.ARCHIVE}", MODULE.SHA256)]
    assert sorted(os.listdir(nowhere / "cifar10")) == sorted(BATCHES)
    assert len(MODULE.SHA256) == len(hashlib.sha256().hexdigest())


@pytest.mark.parametrize(
    "content",
    [b"", b"text", gzip.compress(b"no tar" * 999), gzip.compress(b"\0" * 20_000)[:-9]],
    ids=["empty", "text", "no tar", "cut short"],
)
def test_an_archive_that_is_damaged_is_named(nowhere, content):
    (nowhere / "cifar10").mkdir(parents=True)
    (nowhere / "cifar10" / MODULE.ARCHIVE).write_bytes(content)
    with pytest.raises(
        ValueError, match=r"binary\.tar\.gz: cannot be unpacked: .*; delete it, and"
    ):
        cifar10()


@pytest.mark.parametrize(
    ("batches", "message"),
    [
        ({}, "to hold data_batch_1.bin and test_batch.bin, each with or without .gz, but they are"),
        ({"test_batch.bin": batch([1])}, "to hold data_batch_1.bin, each with"),
        ({"data_batch_1.bin": batch([1])}, "to hold test_batch.bin, each with"),
        ({"data_batch_1": pickle.dumps({}), "test_batch": b""}, "only the pickled version, which"),
    ],
    ids=["empty", "test alone", "training alone", "pickled"],
)
def test_a_folder_that_lacks_a_batch_is_named(tmp_path, batches, message):
    with pytest.raises(FileNotFoundError, match=f"^cifar10: expected the folder .*{message}"):
        cifar10(fill(tmp_path / "set", batches))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "expected records of 3073 bytes, .* got 0 bytes"),
        (batch([1])[:-1], "expected records of 3073 bytes, .* got 3072 bytes"),
        (gzip.compress(batch([1]))[:-9], "expected a whole gzip file, got a damaged one"),
        (batch([1, 2, 10]), "expected labels from 0 to 9, got 10 at position 2; the file does not"),
        (pickle.dumps({"data": [0] * 9}), "expected records of 3073 bytes"),
    ],
    ids=["empty", "cut short", "gzip cut short", "label", "pickle"],
)
def test_a_file_that_is_damaged_or_something_else_is_named(tmp_path, content, message):
    folder = fill(tmp_path / "set", {**BATCHES, "data_batch_2.bin": content})
    path = re.escape(str(folder / "data_batch_2.bin"))
    with pytest.raises(ValueError, match=f"^{path}: {message}"):
        cifar10(folder)


@pytest.mark.parametrize("path", [3, b"set", "", "a\0b"])
def test_anything_but_a_path_is_refused(path):
    with pytest.raises(
        (TypeError, ValueError), match=r"^cifar10: expected the (path|name) of a file"
    ):
        cifar10(path)


@pytest.mark.skipif(
    not DATA or not Path(DATA, "cifar10").is_dir(),
    reason="HANDGRAD_DATA does not name a folder with the real CIFAR-10",
)
def test_the_real_cifar10(monkeypatch):
    monkeypatch.setenv("HANDGRAD_DATA", DATA)
    data = cifar10()
    assert data.y_train[:10].tolist() == [6, 9, 9, 4, 1, 1, 2, 7, 8, 3]
    assert np.bincount(data.y_test).tolist() == [1000] * 10
    assert data.x_test.shape == (10_000, 3, 32, 32)
    assert data.x_test.mean(axis=(0, 2, 3), dtype=float) == pytest.approx(
        [0.494, 0.485, 0.451], abs=1e-3
    )
