import io
import json
import re
import sys
from pathlib import Path

import pytest

from nets.cli.main import main

FUNCTIONS = """
import numpy as np
print("the file prints")

def affine_forward(x, w, b):
    return x @ w + b, (x, w)

def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.{reduced}(axis=0)

def relu_forward(x):
    return np.maximum(0, x), x

def relu_backward(dout, cache):
    return dout * (cache > 0)
"""
NORMALIZED = """
def scale_forward(x, gamma, beta, bn_param):
    assert bn_param["mode"] == "train"
    return gamma * x + beta, (x, gamma)

def scale_backward(dout, cache):
    x, gamma = cache
    return dout * gamma, (dout * x).sum(axis=0), dout.sum(axis=0)
"""
UNKNOWN = """
def conv_forward(x, w, b, conv_options):
    return x, None

def conv_backward(dout, cache):
    return dout

def alone_forward(x):
    return x, None

def half_forward(x):
    return x

def half_backward(dout, cache):
    return dout
"""


@pytest.fixture
def check(tmp_path, capsys):
    def check(text, *options, name=""):
        path = tmp_path / "mine.py"
        path.write_text(text)
        code = main(["check", f"{path}:{name}" if name else str(path), *options])
        out, err = capsys.readouterr()
        assert err == ""
        return code, out

    return check


def test_pairs_of_functions_are_layers(check):
    code, out = check(FUNCTIONS.format(reduced="sum"))
    assert code == 0
    assert (
        "affine_forward(x, w, b), input of shape (5, 4)\n"
        "gradient check of affine: correct\n"
        "form: the functions affine_forward and affine_backward\n"
    ) in out
    assert "gradient check of relu: correct" in out
    assert out.endswith("\n\n2 correct, 0 wrong, 0 not checked\n")


def test_a_wrong_pair_is_named_and_its_mistake_too(check):
    code, out = check(FUNCTIONS.format(reduced="mean"), "--input", "6,3", name="affine")
    assert code == 1
    assert "bias-averaged: db equals 0.1667 times the numeric gradient in all 3 entries" in out
    assert "relu" not in out


def test_normalisation_and_options_are_known_by_name(check):
    assert check(NORMALIZED)[0] == 0


def test_what_cannot_be_checked_is_reported(check):
    code, out = check(UNKNOWN)
    assert code == 2
    assert (
        "conv was not checked: it takes w, b, conv_options beside x, and handgrad does not know "
        "conv_options; check it in Python: gradcheck(adapt(conv_forward, x, "
        "backward=conv_backward, arguments={...}), x)"
    ) in out
    assert "half was not checked: expected half_forward to return (out, cache), got ndarray" in out
    assert "alone" not in out
    assert "0 correct, 0 wrong, 2 not checked" in out


def test_json_is_all_that_is_printed(check):
    code, out = check(FUNCTIONS.format(reduced="mean") + UNKNOWN, "--json")
    assert code == 2
    document = json.loads(out)
    assert document["target"].endswith("mine.py")
    affine, conv, half, relu = document["checked"]
    assert (affine["name"], affine["right"]) == ("affine", False)
    assert affine["call"] == "affine_forward(x, w, b), input of shape (5, 4)"
    assert affine["findings"][0]["mistake"] == "bias-averaged"
    assert affine["findings"][0]["hint"]
    assert (relu["name"], relu["right"]) == ("relu", True)
    assert (conv["name"], conv["right"]) == ("conv", None)
    assert conv["reason"].startswith("it takes w, b, conv_options")
    assert half["right"] is None


def test_text_comes_after_what_the_file_prints(check):
    assert check(FUNCTIONS.format(reduced="sum"))[1].startswith("the file prints\n")


RELU = FUNCTIONS.partition("def relu")[1] + FUNCTIONS.partition("def relu")[2]
RELU = f"import numpy as np\n{RELU}"

FILES = {
    "a syntax error": ("x = (\n", r"cannot be run: SyntaxError: .*line 1"),
    "no text": ("\0", r"cannot be run: (SyntaxError|ValueError): .*null bytes"),
    "an exit": (
        "import sys\nsys.exit(3)\n",
        r"cannot be run: SystemExit: 3 \(line 2\); put .* under if __name__ == \"__main__\":$",
    ),
    "an error": ("x = 1\ny = 1 / 0", r"cannot be run: ZeroDivisionError: .* \(line 2\)$"),
    "an error without words": ("assert 0", r"cannot be run: AssertionError \(line 1\)$"),
    "a module that is missing": (
        "import torch_of_tomorrow as t\nclass Mine(t.Module): pass",
        r"ModuleNotFoundError: it needs torch_of_tomorrow, which is not installed \(line 2\)$",
    ),
    "a module beside it that is missing": ("from .none import x", r"no class with forward"),
    "nothing": ("", r"no class with forward and backward to check; there are: none$"),
}


@pytest.mark.parametrize(("text", "sentence"), FILES.values(), ids=FILES)
def test_a_file_that_cannot_be_run_is_reported(tmp_path, capsys, text, sentence):
    path = tmp_path / "mine.py"
    path.write_text(text)
    before, modules = list(sys.path), set(sys.modules)
    assert main(["check", str(path)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"handgrad: {path}: ")
    assert re.search(sentence, err.strip())
    assert sys.path == before
    assert {name for name in modules if name.partition(".")[0] in ("layers", "nets")} <= set(
        sys.modules
    )


PLACES = {
    "no file": ("none.py", "^none.py: there is no such file in /"),
    "a folder": ("folder", "^folder: no file in this folder defines a layer"),
    "a folder called .py": ("folder.py", "^folder.py: no file in this folder defines a layer"),
    "a notebook": ("book.ipynb", "^book.ipynb: cannot be run: .*is not a notebook"),
    "a class in a file that is not there": ("none.py:Affine", "^none.py: there is no such file"),
    "no class after the colon": ("relu.py:", "^relu.py:: expected FILE.py, or the name of a class"),
    "a class that is not there": ("relu.py:Tanh", "no class Tanh .* there are: relu$"),
    "what cannot be a class": ("relu.py:a-b", "no class a-b .* there are: relu$"),
    "a drive": (r"D:\none.py", r"^D:\\none.py: there is no such file"),
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("relu.py", "book.ipynb", r"C:\x\lay.py", "a:b.py", "with space.v2.py"):
        Path(name).write_text(RELU)
    for name in ("folder", "folder.py"):
        Path(name).mkdir()
    return tmp_path


@pytest.mark.parametrize(("target", "sentence"), PLACES.values(), ids=PLACES)
def test_a_target_that_is_not_a_python_file_is_reported(folder, capsys, target, sentence):
    assert main(["check", target]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert re.search(sentence, err.strip().removeprefix("handgrad: "))


@pytest.mark.parametrize("file", ["relu.py", r"C:\x\lay.py", "a:b.py", "with space.v2.py"])
@pytest.mark.parametrize("name", ["", ":relu"])
def test_a_colon_may_belong_to_the_name_of_the_file(folder, capsys, file, name):
    assert main(["check", file + name]) == 0
    assert capsys.readouterr().err == ""


def test_arguments_for_functions_are_refused(check, capsys, folder):
    assert main(["check", "relu.py", "--arguments", "3"]) == 2
    sentence = "--arguments go to the constructor of a class; relu is written as functions"
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("shape", ["9999999,9999999", ",".join(["1"] * 70)])
def test_an_input_that_no_array_can_hold_is_reported(folder, capsys, shape):
    assert main(["check", "relu.py", "--input", shape]) == 2
    assert "relu was not checked: no input of shape (" in capsys.readouterr().out


EXITS = """
class Exits:
    params = {}
    def __init__(self):
        raise SystemExit(7)
    def forward(self, x):
        return x
    def backward(self, dout):
        return dout, {}
"""


def test_a_class_that_exits_was_not_checked(check):
    code, out = check(EXITS)
    assert code == 2
    assert "Exits was not checked: Exits() raises SystemExit: 7" in out


OWN = """
import numpy as np

class Square:
    params = {}

    def forward(self, x):
        self.x = x
        return x**2

    def backward(self, dout):
        return 2 * self.x * dout, {}
"""
BESIDE = """
from layers import Square as Base
import nets, optimizers

class Mine(Base):
    assert nets.MINE == optimizers.MINE == 1
"""


@pytest.mark.parametrize("layers", ["layers.py", "layers/__init__.py"])
def test_a_file_imports_what_is_beside_it_as_where_python_runs_it(folder, capsys, layers):
    Path(layers).parent.mkdir(exist_ok=True)
    Path(layers).write_text(OWN)
    for name in ("nets.py", "optimizers.py"):
        Path(name).write_text("MINE = 1\n")
    Path("mine.py").write_text(BESIDE)
    assert main(["check", "mine.py"]) == 0
    assert "gradient check of Mine: correct" in capsys.readouterr().out
    import layers as ours

    assert hasattr(ours, "FullyConnected")


def test_a_file_called_layers_is_checked_and_may_import_this_library(folder, capsys):
    Path("layers.py").write_text(f"from layers import Layer, ReLU\n{OWN}")
    assert main(["check", "layers.py:Square"]) == 0
    Path("mine.py").write_text("from layers import gradcheck\n")
    assert main(["check", "mine.py"]) == 2
    assert "; layers beside this file hides the package of that name" in capsys.readouterr().err


PRINTS = "print('größer → kleiner')\n"


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_what_a_terminal_cannot_show_is_escaped(folder, monkeypatch, encoding):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr("sys.stdout", stream)
    Path("λ.py").write_text(PRINTS + RELU.replace("relu", "λ"), encoding="utf-8")
    assert main(["check", "λ.py"]) == 0
    stream.flush()
    stream.seek(0)
    assert "gradient check of \\u03bb: correct" in stream.read()


def test_a_folder_is_checked_file_by_file(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "sub/one.py": RELU,
        "two.py": RELU.replace("dout * (cache > 0)", "dout * (cache < 0)"),
        "broken.py": "x = (",
        "empty.py": "x = 1",
        ".hidden/three.py": RELU,
        "env/pyvenv.cfg": "",
        "env/four.py": RELU,
    }.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text)
    assert main(["check", "."]) == 2
    out = capsys.readouterr().out
    assert "broken.py: cannot be run: SyntaxError" in out
    assert f"== {Path('sub/one.py')}" in out
    assert "without a layer: empty.py" in out
    assert out.endswith("1 correct, 1 wrong, 0 not checked\n")
    assert main(["check", "sub"]) == 0


SCALE = """
class Scale:
    def __init__(self, scale, power):
        self.scale, self.power = scale, power

    def forward(self, x):
        self.x = x
        return self.scale * x

    def backward(self, dout):
        self.dscale = (dout * self.x).sum(axis=0)
        return dout * self.scale
"""


def test_arguments_may_be_arrays_given_by_shape(check):
    code, out = check(SCALE, "--arguments", "array(4), 'high'")
    assert code == 0
    assert "Scale(array (4,), 'high'), input of shape (5, 4)" in out
    assert check(SCALE)[0] == 2


def test_what_fails_besides_the_layers_is_reported(check):
    code, out = check(f"import none_such\nrate = 1 / 0\n{SCALE}", "--arguments", "array(4), 1")
    assert code == 0
    assert "left out: ZeroDivisionError: division by zero (line 2)" in out


IDENTITY = """
import threading
class Identity:
    def forward(self, x):
        return x
    def backward(self, dout):
        return dout
"""
ODD = {
    "exits": ("return dout", "raise SystemExit(5)", "SystemExit: 5"),
    "returns too much": ("return dout", "return dout, dout, dout", "returns 3 values"),
    "returns no array": ("return x", "return 'text'", "forward returns a str"),
    "is a generator": ("return x", "yield x", "cannot pickle 'generator'"),
    "gives nan": ("return x", "return x * float('nan')", "holds nan or infinity"),
    "calls itself": ("return x", "return self.forward(x)", "RecursionError"),
    "holds a lock": ("class Identity:", "class Identity:\n    lock = threading.Lock()", "correct"),
    "has slots": ("class Identity:", "class Identity:\n    __slots__ = ()", "correct"),
    "has no forward": ("def forward", "def other", "a backward pass, and no forward pass"),
    "spoils sys.path": ("import threading", "import sys\nsys.path = [1]", "correct"),
    "is functions": ("class", "def f_forward(): 1\ndef f_backward(): 1\nclass", "takes no input"),
}


@pytest.mark.parametrize(("part", "instead", "sentence"), ODD.values(), ids=ODD)
def test_odd_code_is_reported_in_a_sentence(check, part, instead, sentence):
    path = list(sys.path)
    assert sentence in check(IDENTITY.replace(part, instead))[1]
    assert sys.path == path
