"""Paths that are none, and files that may not be read."""

import errno
import io
import pathlib

import numpy as np
import pytest

from nets import datasets

READERS = [
    (datasets.from_file, "mine.csv"),
    (datasets.from_file, "mine.npz"),
    (datasets.labelled_text, "mine.tsv"),
    (datasets.text_file, "mine.txt"),
    (datasets.text_file, "mine.txt.gz"),
    (datasets.mnist, "train-images-idx3-ubyte"),
]


@pytest.mark.parametrize(("read", "_"), READERS)
@pytest.mark.parametrize("path", [3, b"x.csv", ["x.csv"], np.ones(3)])
def test_anything_but_a_path_is_refused(read, _, path):
    with pytest.raises(TypeError, match=r": expected the path of a file, got .+; arrays that you"):
        read(path)


@pytest.mark.parametrize(("read", "_"), READERS)
@pytest.mark.parametrize("path", ["", "a\0b"])
def test_what_no_file_can_be_called_is_refused(read, _, path):
    with pytest.raises(ValueError, match="expected the name of a file"):
        read(path)


@pytest.mark.parametrize(("read", "name"), READERS)
def test_a_file_that_may_not_be_read_is_named(fill, tmp_path, monkeypatch, read, name):
    fill(tmp_path, packed=False)
    path = tmp_path / name
    path.touch()

    def refuse(file, *_, **__):
        raise PermissionError(errno.EACCES, "Permission denied", str(file))

    for place, opener in ((io, "open"), (pathlib.Path, "read_bytes")):
        monkeypatch.setattr(place, opener, refuse)
    monkeypatch.setattr("builtins.open", refuse)
    given = tmp_path if read is datasets.mnist else path
    with pytest.raises(PermissionError, match=f"{name}': cannot be read: permission denied"):
        read(given)
