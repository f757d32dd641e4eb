"""What an assignment may forbid, and what its solved file keeps in use."""

import subprocess
import sys

import pytest

from nets.homework.isolation.forbidden import imported_by, resolve

TRIED = """
import sys
from nets.homework.isolation.forbidden import withhold

files = withhold({forbidden}, {allowed})
import layers, optimizers
for name in {names}:
    package, name = name.split(".")
    try:
        getattr(globals()[package], name)()
    except PermissionError:
        print(name)
print(*files, file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("forbidden", "allowed", "names", "refused"),
    [
        (["layers.ReLU"], [], "layers.ReLU layers.Tanh layers.MSE optimizers.SGD", "ReLU Tanh MSE"),
        (
            ["layers.ReLU"],
            ["layers.MSE"],
            "layers.Tanh layers.MSE layers.SigmoidCE",
            "Tanh SigmoidCE",
        ),
        (["optimizers.Adam"], [], "optimizers.AdamW layers.ReLU", "AdamW"),
        (["optimizers.Adam"], ["optimizers.SGD"], "optimizers.SGD optimizers.RMSProp", "RMSProp"),
    ],
)
def test_the_kind_of_what_is_forbidden_is_withheld(forbidden, allowed, names, refused):
    code = TRIED.format(forbidden=forbidden, allowed=allowed, names=names.split())
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split() == refused.split()
    assert f"{refused.split()[0].lower()}.py" in said.stderr


@pytest.mark.parametrize("name", ["layers.Relu", "layers.nowhere.ReLU", "numpy.dot", "ReLU"])
def test_names_that_do_not_exist_are_refused(name):
    with pytest.raises(ValueError, match=f"there is no {name}"):
        resolve(name)


def test_what_a_file_imports():
    text = "import numpy as np\nfrom layers import ReLU\nfrom nets import Nothing\nnp.dot\n"
    assert imported_by(text) == ["layers.ReLU"]
