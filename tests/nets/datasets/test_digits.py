import hashlib
import pickle
from dataclasses import FrozenInstanceError
from importlib.resources import files

import numpy as np
import pytest

from nets import datasets

IMAGES = "8f26b2bd9d135c256808f68f14fdabddde6d9c7f869ae419704b051f0f14b3b3"
LABELS = "8ba4f891220f5e4c9c819638d1602d74b83618f167043c6da52a2a247841ddf0"
TEST_IMAGES = "8ead37a5907fbf1a179e68e040c276a0423f9d6949fd4a6234ce0dd124245aa8"
TEST_COUNTS = [29, 38, 33, 40, 33, 39, 32, 42, 41, 33]


def checksum(array):
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


@pytest.fixture(scope="module")
def bundled():
    with files("nets.datasets").joinpath("digits.npz").open("rb") as file:
        return dict(np.load(file))


def rows(*arrays):
    return sorted(row.tobytes() for array in arrays for row in array)


def test_the_bundled_file_is_the_one_that_sources_md_describes(bundled):
    assert set(bundled) == {"images", "labels", "order"}
    assert bundled["images"].shape == (1797, 64)
    assert bundled["images"].dtype == bundled["labels"].dtype == np.uint8
    assert bundled["images"].min() == 0
    assert bundled["images"].max() == 16
    assert list(bundled["labels"][:10]) == list(range(10))
    assert list(np.bincount(bundled["labels"])) == [
        178, 182, 177, 183, 181, 182, 181, 179, 174, 180,
    ]  # fmt: skip
    assert checksum(bundled["images"]) == IMAGES
    assert checksum(bundled["labels"]) == LABELS


def test_shapes_dtypes_and_range():
    dataset = datasets.digits()
    assert dataset.x_train.shape == (1437, 64)
    assert dataset.x_test.shape == (360, 64)
    assert dataset.x_train.dtype == dataset.x_test.dtype == np.float32
    assert dataset.y_train.dtype == dataset.y_test.dtype == np.int64
    assert dataset.x_train.min() == 0
    assert dataset.x_train.max() == 1
    assert dataset.image_shape == (8, 8)
    assert dataset.classes == tuple("0123456789")


def test_the_two_parts_are_disjoint_and_together_everything(bundled):
    assert sorted(bundled["order"]) == list(range(1797))
    dataset = datasets.digits()
    assert rows(dataset.x_train * 16, dataset.x_test * 16) == rows(
        bundled["images"].astype(np.float32)
    )
    assert not set(rows(dataset.x_train)) & set(rows(dataset.x_test))  # nor is an image there twice
    both = np.concatenate([dataset.y_train, dataset.y_test])
    assert (np.bincount(both) == np.bincount(bundled["labels"])).all()


def test_an_image_keeps_its_label(bundled):
    label_of = {
        image.tobytes(): label
        for image, label in zip(bundled["images"], bundled["labels"], strict=True)
    }
    x_train, y_train, x_test, y_test = datasets.digits()
    for x, y in ((x_train, y_train), (x_test, y_test)):
        images = (x * 16).astype(np.uint8)
        assert [label_of[image.tobytes()] for image in images] == list(y)


def test_the_split_is_fixed():
    dataset = datasets.digits()
    assert checksum((dataset.x_test * 16).astype(np.uint8)) == TEST_IMAGES
    assert list(np.bincount(dataset.y_test)) == TEST_COUNTS
    assert (dataset.x_test == datasets.digits().x_test).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_floating_dtype_holds_the_values_exactly(dtype):
    x = datasets.digits(dtype=dtype).x_train
    assert x.dtype == dtype
    assert (x == datasets.digits(dtype="float64").x_train).all()


def test_images_have_one_channel_and_the_values_of_the_rows():
    rows, images = datasets.digits(), datasets.digits(images=True)
    assert (images.x_train.shape, images.x_test.shape) == ((1437, 1, 8, 8), (360, 1, 8, 8))
    assert (images.x_test.reshape(360, 64) == rows.x_test).all()
    assert repr(images) == repr(rows)


@pytest.mark.parametrize("dtype", [int, np.uint8, complex, "no such thing"])
def test_a_dtype_that_is_not_floating_is_refused(dtype):
    with pytest.raises(TypeError, match="dtype: expected a floating dtype such as 'float32', got"):
        datasets.digits(dtype=dtype)


def test_writing_into_one_copy_leaves_the_next_alone():
    dataset = datasets.digits()
    dataset.x_train[...] = 7
    dataset.y_test[...] = 7
    fresh = datasets.digits()
    assert fresh.x_train.max() == 1
    assert list(np.bincount(fresh.y_test)) == TEST_COUNTS


def test_a_dataset_unpacks_in_the_order_of_its_name():
    dataset = datasets.digits()
    x_train, y_train, x_test, y_test = dataset
    assert x_train is dataset.x_train
    assert y_train is dataset.y_train
    assert x_test is dataset.x_test
    assert y_test is dataset.y_test


def test_a_dataset_is_frozen_comparable_and_copied_by_pickle():
    dataset = datasets.digits()
    with pytest.raises(FrozenInstanceError):
        dataset.name = "other"
    assert dataset == dataset
    assert dataset != datasets.digits()
    copy = pickle.loads(pickle.dumps(dataset))
    assert (copy.x_test == dataset.x_test).all()
    assert repr(copy) == repr(dataset)


def test_repr_is_one_line():
    assert (
        repr(datasets.digits()) == "digits: 1437 training and 360 test images of 8 x 8, 10 classes"
    )


def test_repr_of_examples_that_are_not_pictures():
    x, y = np.zeros((4, 3)), np.zeros(4, int)
    dataset = datasets.Dataset("iris", x, y, x[:1], y[:1], None, ("a", "b"))
    assert repr(dataset) == "iris: 4 training and 1 test examples of 3 values, 2 classes"
