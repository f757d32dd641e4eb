import gzip
import importlib
import os
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from nets.datasets import fashion_mnist, mnist, mnist_files, published
from nets.datasets.idx import read_idx
from nets.datasets.mnist_files import FASHION_MNIST, FILES, MNIST

DATA = os.environ.get("HANDGRAD_DATA")

pytestmark = pytest.mark.usefixtures("nowhere")


@pytest.fixture
def downloads(monkeypatch):
    """Stands in for the network: it notes what is fetched, and writes what it is told to."""

    class Network:
        def __init__(self):
            self.content, self.urls = {}, []

        def __call__(self, url, target, sha256):
            self.urls.append((url, sha256))
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(gzip.compress(self.content[target.name.removesuffix(".gz")]))

    network = Network()
    monkeypatch.setattr("nets.datasets.download.download", network)
    return network


def labels_of(files):
    """The training labels in the contents of four files."""
    return list(files[FILES[1]][8:])


# What comes out


@pytest.mark.parametrize("packed", [True, False])
def test_images_and_labels(tmp_path, fill, packed):
    files = fill(tmp_path / "set", packed=packed)
    dataset = mnist(tmp_path / "set")
    pixels = np.frombuffer(files[FILES[0]], np.uint8, offset=16).reshape(6, 784)
    assert dataset.x_train.shape == (6, 784)
    assert dataset.x_test.shape == (3, 784)
    assert dataset.x_train.dtype == np.float32
    np.testing.assert_array_equal(dataset.x_train, pixels.astype(np.float32) / np.float32(255))
    assert dataset.y_train.tolist() == labels_of(files)
    assert dataset.y_train.dtype == dataset.y_test.dtype == np.int64
    assert dataset.y_test.shape == (3,)
    assert dataset.image_shape == (28, 28)
    assert repr(dataset) == "mnist: 6 training and 3 test images of 28 x 28, 10 classes"


def test_images_have_one_channel_and_the_values_of_the_rows(tmp_path, fill):
    fill(tmp_path)
    for load in (mnist, fashion_mnist):
        rows, images = load(tmp_path), load(tmp_path, images=True)
        assert (images.x_train.shape, images.x_test.shape) == ((6, 1, 28, 28), (3, 1, 28, 28))
        assert (images.x_test.reshape(3, 784) == rows.x_test).all()
        assert repr(images) == repr(rows)
        assert images._repr_html_() == rows._repr_html_()
    with pytest.raises(TypeError, match="mnist: expected images to be True or False, got 1"):
        mnist(tmp_path, images=1)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_dtype(tmp_path, fill, dtype):
    fill(tmp_path)
    dataset = mnist(tmp_path, dtype=dtype)
    assert dataset.x_train.dtype == dataset.x_test.dtype == dtype
    assert dataset.x_train.min() == 0
    assert dataset.x_train.max() == 1


def test_a_dtype_that_is_not_floating_is_refused_before_anything_is_fetched(downloads):
    with pytest.raises(TypeError, match="expected a floating dtype"):
        mnist(dtype=int)
    assert not downloads.urls


def test_fashion_mnist_names_its_classes(tmp_path, fill):
    fill(tmp_path)
    dataset = fashion_mnist(tmp_path)
    assert dataset.classes[0] == "T-shirt/top"
    assert dataset.classes[9] == "Ankle boot"
    assert len(set(dataset.classes)) == 10
    assert repr(dataset).startswith("fashion-mnist: 6 training")


# Where it is looked for


def test_the_search_order(monkeypatch, tmp_path, nowhere, fill, downloads):
    downloads.content = fill(tmp_path / "server", seed=1)
    assert mnist().y_train.tolist() == labels_of(downloads.content)  # downloaded into the cache

    cached = fill(nowhere / "mnist", seed=2)
    assert mnist().y_train.tolist() == labels_of(cached)

    shared = fill(tmp_path / "data" / "mnist", seed=3)
    monkeypatch.setenv("HANDGRAD_DATA", str(tmp_path / "data"))
    assert mnist().y_train.tolist() == labels_of(shared)

    given = fill(tmp_path / "given", seed=4)
    assert mnist(tmp_path / "given").y_train.tolist() == labels_of(given)
    assert mnist(path=str(tmp_path / "given")).y_train.tolist() == labels_of(given)
    assert len(downloads.urls) == 4


def test_each_data_set_has_its_own_folder(monkeypatch, tmp_path, nowhere, fill, downloads):
    shared = fill(tmp_path / "data" / "mnist", seed=1)
    cached = fill(nowhere / "fashion-mnist", seed=2)
    monkeypatch.setenv("HANDGRAD_DATA", str(tmp_path / "data"))
    assert mnist().y_train.tolist() == labels_of(shared)
    assert fashion_mnist().y_train.tolist() == labels_of(cached)
    assert not downloads.urls


@pytest.mark.parametrize(
    ("load", "source"), [(mnist, MNIST), (fashion_mnist, FASHION_MNIST)], ids=["mnist", "fashion"]
)
def test_the_download_happens_once(tmp_path, nowhere, fill, downloads, load, source):
    downloads.content = fill(tmp_path / "server")
    load()
    load()
    expected = [(f"{source.url}{name}.gz", s) for name, s in zip(FILES, source.sha256, strict=True)]
    assert downloads.urls == expected
    assert sorted(os.listdir(nowhere / source.name)) == sorted(f"{name}.gz" for name in FILES)


def test_only_what_the_cache_lacks_is_downloaded(tmp_path, nowhere, fill, downloads):
    downloads.content = fill(nowhere / "mnist")
    (nowhere / "mnist" / f"{FILES[2]}.gz").unlink()
    mnist()
    assert [url for url, _ in downloads.urls] == [f"{MNIST.url}{FILES[2]}.gz"]


def test_a_data_folder_that_lacks_a_file_is_passed_over(monkeypatch, tmp_path, nowhere, fill):
    fill(tmp_path / "data" / "mnist", seed=1)
    (tmp_path / "data" / "mnist" / f"{FILES[3]}.gz").unlink()
    monkeypatch.setenv("HANDGRAD_DATA", str(tmp_path / "data"))
    cached = fill(nowhere / "mnist", seed=2)
    assert mnist().y_train.tolist() == labels_of(cached)


def test_an_unpacked_file_comes_before_a_compressed_one(tmp_path, fill):
    fill(tmp_path, seed=1)
    unpacked = fill(tmp_path, seed=2, packed=False)
    assert mnist(tmp_path).y_train.tolist() == labels_of(unpacked)


def test_a_tilde_is_the_home_folder(monkeypatch, tmp_path, fill):
    fill(tmp_path / "set")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert len(mnist("~/set").x_train) == 6


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {}, "home/.cache/handgrad/mnist"),
        ("darwin", {}, "home/Library/Caches/handgrad/mnist"),
        ("win32", {}, "home/AppData/Local/handgrad/mnist"),
        ("win32", {"LOCALAPPDATA": "local"}, "local/handgrad/mnist"),
        ("linux", {"XDG_CACHE_HOME": "xdg"}, "xdg/handgrad/mnist"),
        ("linux", {"XDG_CACHE_HOME": ""}, "home/.cache/handgrad/mnist"),
    ],
)
def test_the_cache_of_each_system(monkeypatch, platform, variables, expected):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: Path("home"))
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert published.cache_folder("mnist") == Path(expected)


# What goes wrong


def test_a_given_folder_that_lacks_files(tmp_path, nowhere, fill, downloads):
    fill(nowhere / "mnist")  # no other place is looked at
    fill(tmp_path / "set")
    for name in FILES[:2]:
        (tmp_path / "set" / f"{name}.gz").unlink()
    sentence = (
        f"mnist: expected the folder '{tmp_path / 'set'}' to hold {FILES[0]}, {FILES[1]}, each "
        "with or without .gz, but they are not there; put the files there, or leave out path="
    )
    with pytest.raises(FileNotFoundError, match=re.escape(sentence)):
        mnist(tmp_path / "set")
    assert not downloads.urls


def test_a_given_folder_that_does_not_exist(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no-such' to hold .* there is no such folder"):
        fashion_mnist(tmp_path / "no-such")


WRONG = [
    (FILES[0], np.zeros((6, 28, 27)), "expected images of shape (N, 28, 28), got (6, 28, 27);"),
    (FILES[2], np.zeros((3, 784)), "expected images of shape (N, 28, 28), got (3, 784);"),
    (FILES[1], np.zeros((6, 10)), "expected labels of shape (N,), got (6, 10);"),
    (FILES[3], [3, 1, 10], "expected labels from 0 to 9, got 10 at position 2;"),
    (FILES[1], [3] * 5, f"expected one label for each of the 6 images in {FILES[0]}, got 5;"),
    (FILES[3], [3] * 4, f"expected one label for each of the 3 images in {FILES[2]}, got 4;"),
]


@pytest.mark.parametrize(("name", "values", "sentence"), WRONG)
def test_a_wrong_file_is_named(tmp_path, fill, pack, name, values, sentence):
    fill(tmp_path, packed=False)
    (tmp_path / name).write_bytes(pack(values))
    with pytest.raises(ValueError, match=re.escape(f"{tmp_path / name}: {sentence}")):
        mnist(tmp_path)


def test_images_and_labels_that_changed_places(tmp_path, fill):
    fill(tmp_path, packed=False)
    images, labels = tmp_path / FILES[0], tmp_path / FILES[1]
    images.rename(tmp_path / "swap")
    labels.rename(images)
    (tmp_path / "swap").rename(labels)
    with pytest.raises(
        ValueError, match=f"{FILES[0]}: expected images .* does not hold what its name"
    ):
        mnist(tmp_path)


def test_a_damaged_file_is_named(tmp_path, fill):
    fill(tmp_path)
    path = tmp_path / f"{FILES[3]}.gz"
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(ValueError, match=f"{FILES[3]}.gz: expected a whole gzip file"):
        mnist(tmp_path)


def test_the_functions_are_what_the_package_exports():
    module = importlib.import_module("nets.datasets.mnist")
    assert module.mnist is mnist
    assert module.fashion_mnist is fashion_mnist


# The real thing


@pytest.mark.skipif(not DATA, reason="HANDGRAD_DATA does not name a folder with the real MNIST")
def test_the_real_mnist(monkeypatch):
    monkeypatch.setenv("HANDGRAD_DATA", DATA)
    dataset = mnist()
    assert repr(dataset) == "mnist: 60000 training and 10000 test images of 28 x 28, 10 classes"
    assert dataset.x_train.shape == (60000, 784)
    assert dataset.x_test.shape == (10000, 784)
    assert list(np.bincount(dataset.y_train)) == [
        5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ]  # fmt: skip
    assert list(np.bincount(dataset.y_test)) == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip
    assert dataset.y_train[:5].tolist() == [5, 0, 4, 1, 9]
    assert dataset.x_train.min() == 0
    assert dataset.x_train.max() == 1
    assert dataset.x_train.mean(dtype=np.float64) == pytest.approx(0.1306604762738429)
    file = mnist_files.find(MNIST, Path(DATA, "mnist"))[2]
    assert (dataset.x_test == read_idx(file).reshape(-1, 784) / np.float32(255)).all()
