import json

import pytest

from nets.cli import main

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
def conv_forward(x, w, b, conv_param):
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
    assert "affine_forward(x, w, b), input of shape (5, 4)\ngradient check of affine: right" in out
    assert "relu_forward(x), input of shape (5, 4)\ngradient check of relu: right" in out
    assert out.endswith("\n\n2 right, 0 wrong, 0 not checked\n")


def test_a_wrong_pair_is_named_and_its_mistake_too(check):
    code, out = check(FUNCTIONS.format(reduced="mean"), "--input", "6,3", name="affine")
    assert code == 1
    assert "bias-averaged: db equals 0.1667 times the numeric gradient in all 3 entries" in out
    assert "relu" not in out


def test_normalisation_and_options_are_known_by_name(check):
    assert check(NORMALIZED)[0] == 0


def test_what_cannot_be_checked_is_told(check):
    code, out = check(UNKNOWN)
    assert code == 2
    assert (
        "conv was not checked: it wants w, b, conv_param after x, and handgrad does not know "
        "conv_param; check it in Python: gradcheck(FunctionPair(f_forward, f_backward, {...}), x)"
    ) in out
    assert (
        "half was not checked: TypeError: expected half_forward to return (out, cache), got ndarray"
    ) in out
    assert "alone" not in out
    assert "0 right, 0 wrong, 2 not checked" in out


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
    assert conv["reason"].startswith("it wants w, b, conv_param")
    assert half["right"] is None


def test_text_comes_after_what_the_file_prints(check):
    assert check(FUNCTIONS.format(reduced="sum"))[1].startswith("the file prints\n")
