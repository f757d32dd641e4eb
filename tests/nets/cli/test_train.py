"""The main job, on real images."""

import os
import re
from pathlib import Path

import pytest

from nets.cli.main import main

DATA = Path(os.environ.get("HANDGRAD_DATA", "nowhere"))


@pytest.mark.slow
@pytest.mark.skipif(
    not (DATA / "mnist").is_dir(),
    reason="HANDGRAD_DATA does not name a folder with the real MNIST",
)
def test_mnist_is_read_to_98_percent(tmp_path, capsys):
    options = ["--data", "mnist", "--hidden", "512,512", "--epochs", "4", "--out", str(tmp_path)]
    assert main(["train", *options]) == 0
    out = capsys.readouterr().out
    assert "gradient check of Sequential of 5 layers: correct" in out
    assert float(re.search(r"test accuracy +([\d.]+) %", out)[1]) >= 98
