"""CIFAR-10: 50000 training and 10000 test photographs of 32 x 32 pixels, in ten classes."""

from __future__ import annotations

import gzip
import os
import re
import tarfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from layers.core.cast import floating_dtype
from layers.core.params import Array
from nets.datasets.data_paths import SQUEEZED, is_packed, unpacked
from nets.datasets.dataset import Dataset
from nets.datasets.published import incomplete, locate
from nets.interop.atomic import atomic_write

URL = "https://www.cs.toronto.edu/~kriz/"
ARCHIVE = "cifar-10-binary.tar.gz"
SHA256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"
CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
BATCH = re.compile(r"(data_batch_\d+|test_batch)\.bin")
IMAGE = (3, 32, 32)
RECORD = 1 + 3 * 32 * 32  # bytes: the class, then the red, the green and the blue of all pixels
LARGEST = 1 << 30  # bytes of an unpacked batch


def cifar10(
    path: str | os.PathLike[str] | None = None, *, dtype: DTypeLike = np.float32
) -> Dataset:
    """CIFAR-10: small photographs of ten classes, 50000 for training and 10000 for testing.

    The files of the binary version are looked for in ``$HANDGRAD_DATA/cifar10``, then in the
    user's cache (``~/.cache/handgrad/cifar10``, or the system's equivalent). If they are in
    neither, they are downloaded into the cache once (170 MB).

    Parameters
    ----------
    path : str or path-like, optional
        A folder with ``data_batch_1.bin`` or more of these, and ``test_batch.bin``, each with or
        without ``.gz``. If it is given, no other folder is searched.
    dtype : dtype
        A floating dtype for the images.

    Returns
    -------
    Dataset
        Images of shape (N, 3, 32, 32), red, green and blue, from 0 (dark) to 1 (bright), and
        their classes, named in ``classes``. All training batches found are used, in the order of
        their numbers.

    Raises
    ------
    FileNotFoundError
        If the folder `path` lacks a training batch or the test batch.
    ConnectionError
        If the files have to be downloaded and cannot be.
    ValueError
        If a file is damaged, or does not hold what its name promises.
    TypeError
        If `dtype` is not floating.

    Examples
    --------
    >>> from nets import datasets
    >>> datasets.cifar10()  # doctest: +SKIP
    cifar10: 50000 training and 10000 test images of 3 x 32 x 32, 10 classes

    Notes
    -----
    The Python version is not read, because it consists of pickles, which can run any code.

    Source: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
    """
    dtype = floating_dtype(dtype)  # before anything is downloaded
    *train, test = (_records(file) for file in locate("cifar10", path, _find, _fetch))
    x_train, y_train = _images(np.concatenate(train), dtype)
    return Dataset("cifar10", x_train, y_train, *_images(test, dtype), IMAGE, CLASSES)


def _find(folder: Path) -> list[Path]:
    """The training batches of a folder in the order of their numbers, and the test batch."""
    # Compressed first, so that the unpacked one, which is faster to read, replaces it.
    files = {f.name.removesuffix(".gz"): f for f in sorted(folder.glob("*.bin*"), reverse=True)}
    names = [name for name in files if BATCH.fullmatch(name)]
    train = sorted((n for n in names if n[0] == "d"), key=lambda name: (len(name), name))
    if train and "test_batch.bin" in names:
        return [files[name] for name in (*train, "test_batch.bin")]
    missing = ["data_batch_1.bin"] * (not train) + ["test_batch.bin"] * (
        "test_batch.bin" not in names
    )
    pickled = (folder / "data_batch_1").is_file()
    hint = f", only the pickled version, which is not read: the other is {URL}{ARCHIVE}"
    raise incomplete("cifar10", folder, " and ".join(missing), hint if pickled else "")


def _fetch(folder: Path) -> None:
    """Download the archive into a folder, and unpack its batches there."""
    from nets.datasets.download import download  # a tenth of what importing this library takes

    archive = folder / ARCHIVE
    if not archive.is_file():
        download(f"{URL}{ARCHIVE}", archive, SHA256)
    try:
        with tarfile.open(archive, "r:gz") as tar:
            members = {Path(member.name).name: member for member in tar if member.isfile()}
            if "test_batch.bin" not in members:
                raise EOFError("it has no test batch")
            for name in sorted(filter(BATCH.fullmatch, members)):  # the test batch comes last
                with atomic_write(folder / name) as file:
                    file.write(tar.extractfile(members[name]).read())  # type: ignore[union-attr]
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(
            f"{archive}: cannot be unpacked: {error}; delete it, and it is fetched again"
        ) from error
    archive.unlink()


def _records(path: Path) -> Array:
    """The records of a batch, (N, 3073) bytes."""
    packed = is_packed(path)
    longest = min(path.stat().st_size * (SQUEEZED if packed else 1), LARGEST)
    with unpacked(path, packed) as file:
        content = file.read(longest + 1)
    if not content or len(content) % RECORD or len(content) > LARGEST:
        raise ValueError(
            f"{path}: expected records of {RECORD} bytes, a class and an image of 3 x 32 x 32, got "
            f"{len(content)} bytes: the file is damaged or not the binary version; delete it and "
            "fetch it again"
        )
    records = np.frombuffer(content, np.uint8).reshape(-1, RECORD)
    if (wrong := records[:, 0] >= len(CLASSES)).any():
        place = int(wrong.argmax())
        raise ValueError(
            f"{path}: expected labels from 0 to 9, got {records[place, 0]} at position {place}; "
            "the file does not hold what its name promises"
        )
    return records


def _images(records: Array, dtype: DTypeLike) -> tuple[Array, Array]:
    x = np.divide(records[:, 1:], 255, dtype=dtype).reshape(-1, *IMAGE)
    return x, records[:, 0].astype(np.int64)
