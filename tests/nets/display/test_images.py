"""Images inside a page."""

import base64
import io
import re

import numpy as np
import pytest
from matplotlib.image import imread

from nets.display.images import LARGEST, png, tiles


def pictures(page):
    """The pixels of all images of a page, from 0 to 1."""
    files = re.findall(r'base64,([^"]*)"', page)
    return [imread(io.BytesIO(base64.b64decode(file))) for file in files]


@pytest.mark.parametrize("shape", [(1, 1), (8, 8), (3, 5), (4, 6, 3)])
def test_a_png_reads_back(shape):
    pixels = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    np.testing.assert_allclose(255 * imread(io.BytesIO(png(pixels))), pixels, atol=1e-3)


def test_images_have_one_scale_and_their_labels():
    page = tiles([(np.array([[0.0, 1.0]]), "dark"), (np.array([[2.0, 4.0]]), "bright")])
    first, second = pictures(page)
    np.testing.assert_allclose(first, [[0, 0.25]], atol=0.01)
    np.testing.assert_allclose(second, [[0.5, 1]], atol=0.01)
    assert ">dark<" in page
    assert ">bright<" in page


def test_a_large_image_is_thinned():
    (image,) = pictures(tiles([(np.arange(1000.0 * 500).reshape(1000, 500), "x")]))
    assert max(image.shape) <= LARGEST
    assert image.shape[0] == pytest.approx(2 * image.shape[1], abs=1)


def test_level_images_and_what_is_not_finite_are_black():
    for image in pictures(tiles([(np.full((2, 2), 7.0), "x")])):
        assert not image.any()
    pictures(tiles([(np.array([[np.nan, 1.0]]), "x")]))
    assert pictures(tiles([])) == []


def test_labels_are_escaped_and_cut():
    page = tiles([(np.ones((2, 2)), '"><script>' + "x" * 1000)])
    assert "<script" not in page
    assert len(page) < 1000
