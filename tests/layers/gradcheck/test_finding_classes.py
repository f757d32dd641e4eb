"""Layers that draw from ``np.random`` and ``random``, which everyone shares, draw again."""

import random

import numpy as np
import pytest

from layers import gradcheck
from layers.gradcheck.report.finding import Finding
from tests.layers.gradcheck.wrong_layers import DropoutOfItsClass, Plain

X = np.random.default_rng(0).normal(size=(6, 5))


class GlobalDropout(Plain):
    """Dropout as courses write it; `backward` is for going wrong."""

    def draw(self, shape):
        return np.random.rand(*shape)  # noqa: NPY002

    def forward(self, x):
        self.mask = (self.draw(x.shape) < 0.6) / 0.6
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask, {}


class PythonDropout(GlobalDropout):
    def draw(self, shape):
        return np.array([random.random() for _ in range(np.prod(shape))]).reshape(shape)


class Unscaled(GlobalDropout):
    def backward(self, dout):
        return dout * (self.mask > 0), {}


class Redrawn(GlobalDropout):
    def backward(self, dout):
        self.forward(dout)
        return dout * self.mask, {}


@pytest.mark.parametrize("kind", [GlobalDropout, PythonDropout])
def test_dropout_from_a_global_state_is_correct_and_leaves_the_state(kind):
    np.random.seed(3)  # noqa: NPY002
    random.seed(3)
    expected = np.random.RandomState(3).rand(), random.Random(3).random()
    report = gradcheck(kind(), X)
    report.raise_if_failed()
    assert report.tensors[0].kinks == 0
    assert report.notes[0].mistake == "random-inference"
    assert (np.random.rand(), random.random()) == expected  # noqa: NPY002


@pytest.mark.parametrize(
    ("kind", "mistake"), [(Unscaled, "dropout-not-scaled"), (Redrawn, "another-mask")]
)
def test_wrong_dropout_from_a_global_state_is_named(kind, mistake):
    report = gradcheck(kind(), X)
    assert not report
    assert [finding.mistake for finding in report.findings] == [mistake]


def test_where_forward_is_noise_nothing_is_called_correct():
    report = gradcheck(DropoutOfItsClass(), X)
    assert [finding.mistake for finding in report.findings] == ["not-repeatable"]
    assert not report.tensors
    assert "correct" not in str(report)


def test_a_first_backward_that_differs_from_later_ones_is_not_a_kink():
    class LateReLU(Plain):
        ready = False

        def forward(self, x):
            self.x = x
            return np.maximum(x, 0)

        def backward(self, dout):
            was_ready, self.ready = self.ready, True
            return dout * (self.x > 0) * was_ready, {}

    report = gradcheck(LateReLU(), X)
    assert report.findings[0].mistake == "differs-by-call"
    assert report.tensors[0].wrong
    assert not report.tensors[0].kinks


def test_an_object_that_adapts_a_layer_of_another_kind_is_examined_alone():
    class Foreign:
        """Params in a list, and gradients left in attributes."""

        def __init__(self):
            self.params = [np.eye(5)]

        def forward(self, x):
            self.x = x
            return x @ self.params[0]

        def backward(self, dout):
            self.grads = [self.x.T @ dout]
            return 2 * dout @ self.params[0].T

    class Adapted(Plain):
        def __init__(self, **params):
            self.inner = Foreign()
            for name, value in params.items():
                setattr(self.inner, name, value)
            self.params = {"W": np.array(np.random.default_rng(1).normal(size=(5, 5)))}

        def forward(self, x):
            self.inner.params = [self.params["W"]]
            return self.inner.forward(x)

        def backward(self, dout):
            return self.inner.backward(dout), {"W": self.inner.grads[0]}

    report = gradcheck(Adapted(), X)
    assert [(f.mistake, f.tensor, f.layer) for f in report.findings] == [
        ("factor-two-too-many", "x", "")
    ]


def test_no_dx_of_a_first_layer_is_advice():
    class First(Plain):
        def __init__(self):
            self.params = {"W": np.ones((5, 2))}

        def forward(self, x):
            self.x = x
            return x @ self.params["W"]

        def backward(self, dout):
            return None, {"W": self.x.T @ dout}

    report = gradcheck(First(), X)
    assert report
    assert [(note.mistake, note.kind) for note in report.notes] == [("no-input-gradient", "advice")]


def test_findings_are_of_three_classes():
    kinds = [Finding(m, "", "").kind for m in ("wrong-sign", "mutates-input", "overflow")]
    assert kinds == ["gradient", "law", "advice"]
