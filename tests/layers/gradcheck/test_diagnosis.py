"""What a finding says, for the mistakes whose evidence is a pattern and no number."""

import numpy as np
import pytest

from layers import Dropout, FullyConnected, gradcheck
from layers.gradcheck.diagnosis.families import state_and_sharing
from tests.layers.gradcheck.wrong_layers import Plain
from tests.layers.gradcheck.zoo import courses
from tests.layers.gradcheck.zoo.courses import NORM, Norm, right_ones, specimens
from tests.layers.gradcheck.zoo.specimen import mutant, tampered

FOUND = {specimen.name: specimen for specimen in specimens()}


@pytest.mark.parametrize(
    ("name", "evidence"),
    [
        (
            "Norm-path-missing-x-both",
            "dx lacks what flows through the mean and the variance of its column in all 30 entries",
        ),
        (
            "LayerNorm-path-missing-x-variance",
            "dx lacks what flows through the variance of its row in all 30 entries",
        ),
        ("LayerNorm-wrong-axis-x-means", "dx follows columns, and y depends on rows in all"),
        ("Norm2-path-missing-x-", "dx lacks what flows through the norm of its row in all 24"),
        ("NotTransposed-weight-not-transposed-x-", "dx is correct if backward gets W.T for W, in"),
        ("Convolution-weight-reversed-x-", "dx is correct if backward gets W with axis 0 reversed"),
        (
            "Attention-transposed-x2-",
            "dx2 is correct if backward finds p.T for p, in all 15 entries",
        ),
        ("FusedWithoutSlope-derivative-missing-x-", "is correct if dout is multiplied by 1 - y**2"),
        ("Exponential-derivative-one-sided-x-", "dout times 1 where x > 0, and times y elsewhere"),
        ("Attention-constant-factor-x0-", "1.732 is the square root of the width of the input"),
        (
            "CrossEntropyInPlace-cache-changed-x-",
            "because backward changes p, which forward cached",
        ),
        ("TwiceTheSame-cache-overwritten-dense-", "layer dense (Bare): it is used 2 times, and"),
    ],
)
def test_the_evidence_says_what_is_missing(name, evidence):
    assert evidence in FOUND[name].report().findings[0].evidence


@pytest.mark.parametrize("seed", range(1))
def test_correct_layers_of_courses_pass(seed):
    for layer, inputs in right_ones(np.random.default_rng(seed)):
        report = gradcheck(layer, *inputs, rng=seed)
        assert report, report
        assert not report.findings


def test_of_two_groups_that_are_too_small_nothing_is_claimed():
    kind = NORM["path-missing", "both"](Norm)
    report = gradcheck(kind(), np.random.default_rng(0).normal(size=(3, 5)))
    assert report.findings[0].mistake == "jacobian-diagonal-only"


def test_in_a_shared_graph_only_what_lies_below_the_wrong_layer_is_a_victim():
    report = FOUND["Graph-factor-two-too-many-bent.x-shared True, loss False"].report()
    (finding,) = report.findings
    assert finding.layer.startswith("layer bent ")
    assert finding.victims == ("x", "first.W", "first.b")
    assert [t.verdict for t in report.tensors if t.name[:3] == "out"] == ["correct", "correct"]


def test_a_random_layer_that_is_used_twice_is_not_said_to_forget():
    class Twice(Plain):
        """Drops twice, and doubles a gradient."""

        def __init__(self):
            self.drop = Dropout(0.5, rng=0)

        def forward(self, x):
            return self.drop.forward(self.drop.forward(x))

        def backward(self, dout):
            return self.drop.backward(dout)[0], {}

    report = gradcheck(Twice(), np.random.default_rng(0).normal(size=(5, 4)))
    assert not report
    assert "cache-overwritten" not in [finding.mistake for finding in report.findings]


def test_a_large_wrong_layer_is_explained_in_few_passes(monkeypatch):
    passes = 0
    forward = FullyConnected.forward

    def counted(self, x):
        nonlocal passes
        passes += 1
        return forward(self, x)

    monkeypatch.setattr(FullyConnected, "forward", counted)
    kind = mutant(FullyConnected, tampered("W", lambda layer, dout, g: g / len(dout)))
    report = gradcheck(kind(784, 512, rng=0), np.random.default_rng(0).normal(size=(8, 784)))
    assert report.findings[0].mistake == "averaged-twice"
    assert report.tensors[1].sampling is None
    assert passes < 3000


def test_reading_the_shape_of_a_parameter_does_not_count_as_use(monkeypatch):
    measured = []
    monkeypatch.setattr(state_and_sharing, "output_slopes", lambda *args: measured.append(args))
    kind = mutant(FullyConnected, courses.bias(lambda dout: 3 * dout[:1].sum(axis=0)))
    gradcheck(kind(4, 3, rng=0), np.random.default_rng(0).normal(size=(5, 4)))
    assert not measured


def test_only_a_sequence_has_a_state_of_another_step():
    class OutputForInput(FullyConnected):
        def forward(self, x):
            self.out = super().forward(x)
            return self.out

        def backward(self, dout):
            dx, grads = super().backward(dout)
            return dx, {**grads, "W": self.out.T @ dout}

    x = np.random.default_rng(0).normal(size=(3, 4))
    report = gradcheck(OutputForInput(4, 4, rng=0), x)
    assert [finding.mistake for finding in report.findings] == ["unexplained"]
