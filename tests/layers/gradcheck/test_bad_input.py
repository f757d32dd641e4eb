"""Whatever a layer does, the check answers with a finding or a sentence."""

import io
import math
import re
import threading
import warnings

import numpy as np
import pytest

from layers import FullyConnected, SoftmaxCE, gradcheck
from layers.gradcheck import FunctionPair
from nets import Sequential
from tests.layers.gradcheck.wrong_layers import Affine, Chain, Plain, Square

X = np.random.default_rng(0).normal(size=(5, 4))


class ForwardRaises(Square):
    def forward(self, x):
        return x @ np.ones((7, 2))


class ForwardRaisesNothingToRead(Square):
    def forward(self, x):
        assert x is None


class BackwardRaises(Square):
    def backward(self, dout):
        return dout @ self.x, {}


class SecondForwardRaises(Square):
    calls = 0

    def forward(self, x):
        self.calls += 1
        if self.calls > 1:
            raise RuntimeError("only once")
        return super().forward(x)


class SecondBackwardRaises(Square):
    def backward(self, dout):
        x = self.x
        del self.x
        return 2 * x * dout, {}


class BackwardRaisesElsewhere(Square):
    """Right at the point, and breaks down beside it."""

    def backward(self, dout):
        assert self.x[0, 0] == X[0, 0]
        return 3 * self.x * dout, {}


class Grows(Square):
    calls = 0

    def forward(self, x):
        self.calls += 1
        return super().forward(x[: self.calls])


class Exits(Square):
    def forward(self, x):
        raise SystemExit(3)


class GivesNoDict(Square):
    def backward(self, dout):
        return super().backward(dout)[0], None


class Warns(Square):
    def forward(self, x):
        warnings.warn("slow", stacklevel=1)
        return super().forward(x)


class HoldsALock(Square):
    def __init__(self):
        self.lock = threading.Lock()


class ReturnsAList(Square):
    def forward(self, x):
        return super().forward(x).tolist()


class ReturnsNothing(Square):
    def forward(self, x):
        super().forward(x)


class ReturnsText(Square):
    def forward(self, x):
        super().forward(x)
        return np.full(x.shape, "y")


class ReturnsComplex(Square):
    def forward(self, x):
        return super().forward(x) + 0j


class ReturnsWhole(Square):
    def forward(self, x):
        return super().forward(x).astype(int)


class ReturnsTrueOrFalse(Plain):
    def forward(self, x):
        return bool(x.sum() > 0)

    def backward(self, dout):
        return dout, {}


class ReturnsFloat32(Square):
    def forward(self, x):
        return super().forward(x.astype(np.float32))


class ChangesShape(Square):
    """One row less in every call."""

    calls = 0

    def forward(self, x):
        self.calls += 1
        return super().forward(x)[: len(x) - self.calls]

    def backward(self, dout):
        return np.ones((5, 4)), {}


class RandomWithoutRng(Square):
    def forward(self, x):
        return super().forward(x) + np.random.default_rng().normal()


class WholeParameters(Affine):
    def __init__(self):
        super().__init__()
        self.params = {name: np.ones(array.shape, int) for name, array in self.params.items()}


class UsesMath(Plain):
    """Python's own math, which raises where NumPy warns."""

    def forward(self, x):
        self.y = np.array([math.exp(value) - math.exp(value) + value for value in x])
        return self.y

    def backward(self, dout):
        return dout, {}


FINDINGS = {
    "forward raises": (
        ForwardRaises(),
        "forward-raises",
        r"forward raises ValueError: matmul.*line",
    ),
    "forward raises without words": (
        ForwardRaisesNothingToRead(),
        "forward-raises",
        r"forward raises AssertionError \(test_bad_input.py, line \d+\)|assert",
    ),
    "forward raises in a net": (
        Chain(Affine(), ForwardRaises()),
        "forward-raises",
        r"test_bad_input.py, line",
    ),
    "forward raises in a Sequential": (
        Sequential(Affine(), ForwardRaises()),
        "forward-raises",
        r"layer 1 \(ForwardRaises\)",
    ),
    "backward raises": (
        BackwardRaises(),
        "backward-raises",
        r"^backward raises ValueError: matmul: .* \(test_bad_input.py, line \d+\)$",
    ),
    "second forward raises": (
        SecondForwardRaises(),
        "forward-raises",
        "^a second forward raises RuntimeError: only once ",
    ),
    "second backward raises": (
        SecondBackwardRaises(),
        "backward-raises",
        "^a second backward raises AttributeError: ",
    ),
    "a list": (ReturnsAList(), "wrong-output", "^forward returns a list instead of an array$"),
    "nothing": (
        ReturnsNothing(),
        "wrong-output",
        "^forward returns a NoneType instead of an array$",
    ),
    "text": (
        ReturnsText(),
        "wrong-output",
        "^forward returns numbers of dtype <U1, which cannot change by a small amount$",
    ),
    "complex numbers": (ReturnsComplex(), "wrong-output", "of dtype complex128, which"),
    "whole numbers": (ReturnsWhole(), "wrong-output", "of dtype int64, which cannot"),
    "a truth value": (ReturnsTrueOrFalse(), "wrong-output", "^forward returns a bool instead of"),
    "float32": (
        ReturnsFloat32(),
        "wrong-output",
        "^forward returns float32 for float64, so that small changes are lost in its rounding$",
    ),
    "another shape each time": (
        ChangesShape(),
        "changes-shape",
        r"^forward returns outputs of shapes \(4, 4\) and \([0-3], 4\) for the same input$",
    ),
    "a shape that grows": (
        Grows(),
        "changes-shape",
        r"^forward returns outputs of shapes \(1, 4\) and \(2, 4\) for the same input$",
    ),
    "an exit": (Exits(), "forward-raises", "^forward raises SystemExit: 3 "),
    "no dict": (
        GivesNoDict(),
        "wrong-return",
        "^backward must .*, not a pair whose second is a NoneType$",
    ),
    "random numbers from nowhere": (RandomWithoutRng(), "not-repeatable", "two different outputs"),
    "whole parameters": (WholeParameters(), "not-floating", "the parameter W is not a floating"),
}


@pytest.mark.parametrize(("layer", "mistake", "evidence"), FINDINGS.values(), ids=FINDINGS.keys())
def test_each_mistake_of_a_layer_is_a_finding(layer, mistake, evidence, capsys):
    report = gradcheck(layer, X)
    assert not report
    assert report.findings[0].mistake == mistake
    with pytest.raises(AssertionError, match=mistake):
        report.raise_if_failed()
    assert re.search(evidence, report.findings[0].evidence)
    assert capsys.readouterr() == ("", "")


def test_a_wrong_layer_that_breaks_down_beside_the_point_is_found():
    report = gradcheck(BackwardRaisesElsewhere(), X)
    assert not report
    assert [tensor.wrong for tensor in report.tensors] == [20]


def test_a_layer_without_parameters_needs_none_and_says_so():
    class NoParams:
        def forward(self, x):
            return x

        def backward(self, dout):
            return dout, {}

    with pytest.raises(TypeError, match=r"^gradcheck: expected an object with .* lacks params; "):
        gradcheck(NoParams(), X)


@pytest.mark.parametrize("params", [None, [], [X], X])
def test_params_that_are_not_a_dict_are_refused(params):
    layer = Square()
    layer.params = params
    message = "^gradcheck: expected params of Square to be a dict of arrays, got "
    with pytest.raises(TypeError, match=message + type(params).__name__):
        gradcheck(layer, X)


def test_what_the_librarys_own_layers_say_of_their_input_comes_through():
    message = r"layer 1 \(FullyConnected 3 -> 2\): expected x of shape \(..., 3\), got \(5, 4\)$"
    with pytest.raises(ValueError, match=message):
        gradcheck(Sequential(Square(), FullyConnected(3, 2)), X)
    with pytest.raises(ValueError, match=r"^SoftmaxCE: expected labels from 0 to 3"):
        gradcheck(SoftmaxCE(), X, [0, 1, 2, 3, 4])


def test_too_few_inputs_are_reported():
    report = gradcheck(Square())
    assert report.findings[0].mistake == "forward-raises"
    assert "missing 1 required positional argument: 'x'" in report.findings[0].evidence


def test_an_overflow_that_pythons_math_raises_is_found():
    report = gradcheck(UsesMath(), np.array([1.0, -2.0]))
    assert report
    assert [finding.mistake for finding in report.notes] == ["overflow"]
    assert "forward raises math range error" in report.notes[0].evidence


def test_what_a_layer_warns_of_is_not_repeated_for_each_pass(recwarn):
    assert gradcheck(Warns(), X)
    assert not recwarn.list


def test_a_layer_that_cannot_be_copied_is_reported():
    with pytest.raises(TypeError, match=r"HoldsALock raises: cannot pickle .*lock"):
        gradcheck(HoldsALock(), X)


def test_each_error_of_a_layer_is_reported_once():
    report = gradcheck(SecondForwardRaises(), X)
    assert len(report.findings) == len(set(report.findings))


MASKED = np.ma.masked_array(np.ones((4, 3)), np.eye(4, 3))


def masked_parameter():
    layer = Affine()
    layer.params["W"] = MASKED
    return layer


def without_a_verb():
    layer = Square()
    layer.forward = None
    return layer


REFUSED = {
    "a class": (lambda: gradcheck(Square, X), r"expected a layer, got the class Square; make one"),
    "a class with a property": (lambda: gradcheck(SoftmaxCE, X), r"got the class SoftmaxCE"),
    "an array": (lambda: gradcheck(X, X), r"got ndarray, which lacks params, forward, backward; "),
    "no methods": (lambda: gradcheck(without_a_verb(), X), r"forward and backward of Square to be"),
    "text": (lambda: gradcheck(Square(), "x"), r"^gradcheck: expected input 0 to be an array of"),
    "a mask": (lambda: gradcheck(Square(), MASKED), r"^gradcheck: expected input 0 without a mask"),
    "a masked parameter": (
        lambda: gradcheck(masked_parameter(), X),
        r"^gradcheck: expected the parameter W without a mask",
    ),
    "nan": (lambda: gradcheck(Square(), np.nan), r"^gradcheck: .*, got nan as input 0; nothing"),
    "a matrix of seeds": (lambda: gradcheck(Square(), X, rng=X.view(np.matrix)), r"expected rng"),
    "a pair without a function": (
        lambda: FunctionPair(np.sin, "cos"),
        r"^FunctionPair: expected ba",
    ),
    "a pair with an array": (
        lambda: FunctionPair(np.sin, np.cos, X),
        r"^FunctionPair: .*, got nda",
    ),
    "a pair with numbers for names": (lambda: FunctionPair(np.sin, np.cos, {1: X}), r"by name"),
    "a pair with a mask": (
        lambda: FunctionPair(np.sin, np.cos, {"w": MASKED}),
        r"^FunctionPair: expected w without a mask",
    ),
    **{
        f"tolerance={tolerance!r}": (
            lambda tolerance=tolerance: gradcheck(Square(), X, tolerance=tolerance),
            r"^gradcheck: expected tolerance between 0 and 1, got ",
        )
        for tolerance in ("x", math.nan, math.inf, -1, 0, 1, True, None)
    },
}


@pytest.mark.parametrize(("call", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_checked_is_refused_with_a_sentence(call, sentence):
    random = np.random.get_state()[1].tolist()  # noqa: NPY002, of the caller's
    with pytest.raises((TypeError, ValueError), match=sentence):
        call()
    assert np.random.get_state()[1].tolist() == random  # noqa: NPY002


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_a_report_can_be_printed_in_any_encoding(monkeypatch, encoding):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr("sys.stdout", stream)
    print(gradcheck(type("Schicht_λ", (Raises漢,), {})(), X))
    stream.flush()
    stream.seek(0)
    assert "gradient check of Schicht_" in stream.read()


class Raises漢(Square):
    def backward(self, dout):
        raise ValueError("größer → kleiner")
