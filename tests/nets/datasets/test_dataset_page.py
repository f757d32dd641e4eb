"""A data set in a notebook."""

import numpy as np
import pytest

from nets import datasets
from nets.datasets.dataset import Dataset, Texts
from nets.datasets.dataset_page import MOST
from tests.nets.display.pages import Page
from tests.nets.display.test_images import pictures


def made(classes, image_shape=None, width=4):
    x, y = np.arange(6.0 * width).reshape(6, width), np.array([0, 1, 1, 0, 1, 1])
    return Dataset("made", x, y, x[:3], y[:3], image_shape, classes)


def test_images_show_the_first_of_each_class_above_its_name():
    data = datasets.digits()
    page = data._repr_html_()
    parsed = Page(page)
    assert parsed.texts == [
        "digits",
        ": 1437 training and 360 test images of 8 x 8, 10 classes",
        *map(str, range(10)),
    ]
    for digit, image in enumerate(pictures(page)):
        first = data.x_train[np.flatnonzero(data.y_train == digit)[0]].reshape(8, 8)
        np.testing.assert_allclose(image, first, atol=0.01)
    assert len(pictures(page)) == 10


@pytest.mark.parametrize("shape", [(2, 2), (3, 2, 2)])
def test_a_class_without_examples_is_left_out(shape):
    page = made(("a", "b", "none"), shape, int(np.prod(shape)))._repr_html_()
    assert [image.shape[:2] for image in pictures(page)] == [(2, 2)] * 2


def test_other_examples_are_counted():
    page = made(("a", "b"))._repr_html_()
    assert Page(page).texts[2:] == (["class", "training", "test", "a", "2", "1", "b", "4", "2"])


def test_many_classes_are_shown_short_and_names_escaped():
    page = made(tuple(f"<b>{i}" + "x" * 999 for i in range(1000)))._repr_html_()
    assert page.count("<tr>") == MOST + 1
    assert f"… {1000 - MOST} more classes" in page
    assert "<b>0" not in page
    assert len(page) < 10_000


def test_texts_show_the_first_of_each_class():
    parsed = Page(datasets.names()._repr_html_())
    assert parsed.texts[:4] == (
        ["names", ": 4096 training and 1067 test texts, 2 classes", "class", "texts"]
    )
    assert parsed.texts[4:7] == ["female", "mary", "patricia"]
    assert parsed.texts[10:12] == ["male", "james"]


def test_long_texts_are_cut_and_escaped_and_a_class_may_have_none():
    texts = ("<b>" * 999, "short")
    y = np.array([0, 2])
    page = Texts("made", texts, y, texts, y, ("a", "none", "c"))._repr_html_()
    assert "<b><b>" not in page
    assert len(page) < 2000
    assert Page(page).texts[-3:] == ["none", "c", "short"]
