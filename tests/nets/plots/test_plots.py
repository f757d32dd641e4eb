"""What holds for every picture: it is saved whole, and matplotlib is imported for it alone."""

import subprocess
import sys
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest

from layers import ReLU, SoftmaxCE
from nets import Sequential, plots
from optimizers import SGD
from tests.nets.plots.drawing import everything


def test_save_writes_a_png_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "curves.png"
    plots.save(plots.training_curves(everything(3)), path)
    assert matplotlib.image.imread(path).shape == (640, 1800, 4)
    assert list(tmp_path.iterdir()) == [path]


def test_a_figure_that_cannot_be_drawn_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "curves.png"
    path.write_bytes(b"old")
    figure = plots.training_curves(everything(3))

    def fail(*_, **__):
        raise RuntimeError("no fonts")

    monkeypatch.setattr(figure, "savefig", fail)
    with pytest.raises(RuntimeError, match="no fonts"):
        plots.save(figure, path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "picture",
    [
        lambda: plots.training_curves(everything(2)),
        lambda: plots.sample_images(np.ones((1, 12)), [0], (4, 3)),
        lambda: plots.filters(np.ones((1, 1, 2, 2))),
        lambda: everything(2).plot(),
        lambda: plots.activations(ReLU()),
        lambda: plots.loss_curves({"momentum 0": [2.0, 1.0]}),
        lambda: plots.minibatch_losses([2.0, 1.0]),
        lambda: plots.race({"SGD": SGD(0.1)}),
        lambda: Sequential(ReLU()).trace(np.ones((1, 2)), [0], SoftmaxCE()).plot(),
    ],
)
def test_without_matplotlib_one_sentence_says_what_to_install(picture, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r'^pictures need matplotlib: pip install "handgrad\[pl'):
        picture()


def test_importing_the_module_imports_neither_matplotlib_nor_pyplot():
    code = (
        "import sys; from nets import plots; from nets.training.history import History;"
        "assert 'matplotlib' not in sys.modules;"
        "h = History(); h.append(epoch=1, loss=0.5, seconds=0.5); h.plot();"
        "assert 'matplotlib' in sys.modules and 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(plots.__file__).parents[2])
