"""Tiny data, tiny nets and no pictures, but for tests marked slow."""

from dataclasses import replace

import pytest

from nets import datasets, plots
from nets.cli.main import main
from nets.cli.tasks import numbers
from nets.cli.tasks.token_task import DIM


def first(data, n):
    """The first n training and n // 5 test examples of a data set."""
    test = n // 5
    return replace(
        data,
        x_train=data.x_train[:n],
        y_train=data.y_train[:n],
        x_test=data.x_test[:test],
        y_test=data.y_test[:test],
    )


@pytest.fixture(autouse=True)
def tiny(request, monkeypatch):
    if request.node.get_closest_marker("slow"):
        return
    digits, names = first(datasets.digits(), 300), first(datasets.names(), 300)
    monkeypatch.setitem(numbers.BUNDLED, "digits", lambda: digits)
    monkeypatch.setattr(datasets, "names", lambda: names)
    monkeypatch.setattr(numbers, "HIDDEN", (16,))
    monkeypatch.setitem(DIM, True, 4)
    monkeypatch.setattr(plots, "training_curves", lambda history: history)
    monkeypatch.setattr(plots, "sample_images", lambda *images: images)
    monkeypatch.setattr(plots, "filters", lambda W: W)
    monkeypatch.setattr(plots, "save", lambda figure, path: path.write_bytes(b"a picture"))


@pytest.fixture
def run(capsys):
    """Run the command: exit code, standard output and standard error."""

    def call(*arguments):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stop:  # argparse leaves in this way
            code = stop.code
        return code, *capsys.readouterr()

    return call
