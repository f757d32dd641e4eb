"""IDX files to read, and an environment in which nothing real is found or fetched."""

import gzip
import urllib.request

import numpy as np
import pytest

from nets.datasets.mnist_files import FILES


def pack(values):
    """An array of unsigned bytes as the contents of an IDX file."""
    values = np.asarray(values, np.uint8)
    return (
        bytes([0, 0, 8, values.ndim]) + np.array(values.shape, ">u4").tobytes() + values.tobytes()
    )


def small_set(seed=0):
    """The contents of four files with 6 training and 3 test images, by name."""
    rng = np.random.default_rng(seed)
    arrays = [rng.integers(0, 256, (n, 28, 28)) for n in (6, 3)]
    labels = [rng.integers(0, 10, n) for n in (6, 3)]
    return dict(zip(FILES, map(pack, (arrays[0], labels[0], arrays[1], labels[1])), strict=True))


@pytest.fixture(name="pack")
def _pack():
    return pack


@pytest.fixture
def fill():
    """A function that writes a small data set into a folder, and returns its files' contents."""

    def write(folder, seed=0, packed=True):
        folder.mkdir(parents=True, exist_ok=True)
        files = small_set(seed)
        for name, content in files.items():
            if packed:
                (folder / f"{name}.gz").write_bytes(gzip.compress(content))
            else:
                (folder / name).write_bytes(content)
        return files

    return write


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    """No data folder, an empty cache (which is returned), and no proxy before 127.0.0.1."""
    monkeypatch.delenv("HANDGRAD_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(urllib.request, "_opener", None)  # it remembers the proxies
    return tmp_path / "cache" / "handgrad"
