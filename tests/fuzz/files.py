"""Damaged files of every kind that the library reads: each is read, or refused with a sentence."""

from __future__ import annotations

import gzip
import struct
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import nets
from nets import datasets, interop, text
from nets.datasets.idx import read_idx
from tests.fuzz.judge import Fault, fault, run

SECONDS, MEGABYTES = 2.0, 100
Reader = Callable[[Path], Any]


def net_file(path: Path) -> None:
    """A net, as `save` writes it."""
    nets.mlp(3, 4, 2, activation="tanh", dropout=0.5, rng=0).save(path)


def idx_gz(path: Path) -> None:
    """Images as those of MNIST are stored."""
    head = struct.pack(">HBB3I", 0, 8, 3, 2, 4, 4)
    path.write_bytes(gzip.compress(head + bytes(range(32)), mtime=0))


def idx(path: Path) -> None:
    """The same, not compressed."""
    path.write_bytes(struct.pack(">HBBI", 0, 8, 1, 6) + bytes(range(6)))


def npz(path: Path) -> None:
    """Examples and labels, as NumPy saves them."""
    rng = np.random.default_rng(0)
    np.savez(path, x=rng.normal(size=(20, 3)), y=np.arange(20) % 2)


def npz_compressed(path: Path) -> None:
    """The same, compressed."""
    np.savez_compressed(path, x=np.ones((20, 3)), y=np.arange(20) % 2)


def csv(path: Path) -> None:
    """A table of numbers and a label."""
    path.write_text("a,b,label\n" + "".join(f"{i},{i * 0.5},{'xy'[i % 2]}\n" for i in range(20)))


def tsv(path: Path) -> None:
    """Labelled texts."""
    path.write_text("".join(f"a text of {i} words\t{'ab'[i % 2]}\n" for i in range(20)))


def cifar_batch(path: Path) -> None:
    """A training batch of CIFAR-10 with two images, and the same as the test batch."""
    records = np.zeros((2, 3073), np.uint8).tobytes()
    path.write_bytes(gzip.compress(records, mtime=0))
    path.with_name("test_batch.bin").write_bytes(records)


def vectors(path: Path) -> None:
    """Word vectors."""
    path.write_text("3 2\nking 0.5 0.25\nqueen 0.5 1e-3\nmänner -1 2\n", encoding="utf-8")


def vectors_gz(path: Path) -> None:
    """The same, compressed."""
    vectors(path)
    path.write_bytes(gzip.compress(path.read_bytes(), mtime=0))


FILES: dict[str, tuple[Callable[[Path], None], Reader]] = {
    "net.safetensors": (net_file, nets.Sequential.load),
    "params.safetensors": (
        net_file,
        lambda path: nets.mlp(3, 4, 2, dropout=0.5, rng=1).load_params(path),
    ),
    "tensors.safetensors": (net_file, interop.read_tensors),
    "images.idx.gz": (idx_gz, read_idx),
    "labels.idx": (idx, read_idx),
    "data_batch_1.bin.gz": (cifar_batch, lambda path: datasets.cifar10(path.parent)),
    "data.npz": (npz, datasets.from_file),
    "packed.npz": (npz_compressed, datasets.from_file),
    "data.csv": (csv, datasets.from_file),
    "texts.tsv": (tsv, datasets.labelled_text),
    "text.txt": (tsv, datasets.text_file),
    "vectors.txt": (vectors, text.read_vectors),
    "vectors.txt.gz": (vectors_gz, text.read_vectors),
}


def damaged(whole: bytes, rng: np.random.Generator) -> bytes:
    """Bytes flipped, cut off, put in, taken out, repeated or replaced by numbers that are huge."""
    raw, place = bytearray(whole), int(rng.integers(len(whole)))
    way = int(rng.integers(7))
    if way == 0:
        for i in rng.integers(len(raw), size=int(rng.integers(1, 4))):
            raw[i] ^= 1 << int(rng.integers(8))
    elif way == 1:
        del raw[place:]
    elif way == 2:
        raw[place:place] = rng.bytes(int(rng.integers(1, 9)))
    elif way == 3:
        del raw[place : place + int(rng.integers(1, 20))]
    elif way == 4:
        raw[place : place + 4] = b"\xff\xff\xff\x7f"
    elif way == 5:
        raw[place:place] = rng.choice([b"\n", b",", b"\t", b'"', b"nan", b"\r\n", b"\0", b"1e999"])
    else:
        end = place + int(rng.integers(1, 50))
        raw[place:place] = raw[place:end] * int(rng.integers(1, 20))
    return bytes(raw)


def case(name: str, seed: int, index: int) -> tuple[Fault | None, str]:
    """Damage a file, read it, and judge what happens, how long it took and how much memory."""
    write, read = FILES[name]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        write(path)
        path.write_bytes(damaged(path.read_bytes(), np.random.default_rng([seed, index])))
        tracemalloc.start()
        began = time.perf_counter()
        outcome = run(read, (path,), {}, seconds=5 * SECONDS)
        took, peak = time.perf_counter() - began, tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
    found = fault(outcome)
    if found is None and (took > SECONDS or peak > MEGABYTES):
        found = Fault("wrong", name, f"took {took:.1f} s and {peak:.0f} MB")
    return found, f"reading a damaged {name}"
