import gc
import sys
import weakref

import pytest

from nets.display.figure import blank, png


def test_a_png_has_200_dots_an_inch():
    image = png(blank(3, 2))
    assert image.startswith(b"\x89PNG")
    assert [int.from_bytes(image[i : i + 4], "big") for i in (16, 20)] == [600, 400]


def test_notebooks_get_a_png_of_the_size_on_the_screen():
    image, size = blank(9, 3.2)._repr_png_()
    assert image.startswith(b"\x89PNG")
    assert size == {"width": 900.0, "height": 320.0}


def test_nothing_keeps_a_figure_alive():
    figure = weakref.ref(blank(1, 1))
    gc.collect()
    assert figure() is None


def test_without_matplotlib_one_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r'^pictures need matplotlib: pip install "handgrad\[pl'):
        blank(1, 1)
