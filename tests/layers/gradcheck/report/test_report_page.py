import re
from xml.etree import ElementTree

import numpy as np
import pytest

from layers import FullyConnected, ReLU, gradcheck
from nets import Sequential
from tests.layers.gradcheck import wrong_layers as wrong

X = np.random.default_rng(0).normal(size=(5, 4))


def html(layer, x=X):
    page = gradcheck(layer, x)._repr_html_()
    ElementTree.fromstring(page)  # every tag is closed, and every sign escaped
    return page


def test_a_correct_report_is_a_table_without_pictures():
    page = html(ReLU())
    assert "gradient check of ReLU: <strong>correct</strong>" in page
    assert "<td" in page
    assert "<svg" not in page


def test_a_wrong_tensor_has_a_picture_and_a_finding_with_its_hint():
    report = gradcheck(wrong.DWReshaped(), X)
    page = html(wrong.DWReshaped())
    assert page.count("<svg") == 3
    assert "backward: dW" in page
    assert "numeric: dW" in page
    (finding,) = report.findings
    assert f"<strong>reshaped</strong>: {finding.evidence}" in page
    assert f"<em>hint: {finding.hint}</em>" in page
    assert "<strong>WRONG</strong></td>" in page


def test_victims_are_drawn_last_and_not_more_than_a_few():
    layers = [wrong.Affine(3, 3, seed) for seed in range(6)]
    net = Sequential(wrong.Affine(), *layers, wrong.DbAveraged(3, 2), wrong.DxNegative(2, 2))
    page = html(net)
    assert page.count("<svg") == 3 * 6
    assert page.index("backward: d7.b") < page.index("backward: dx")
    assert "wrong only because of this: x, 0.W" in page


def test_what_is_written_in_names_is_escaped():
    kind = type("<b>&", (wrong.DxNegative,), {})
    page = html(kind())
    assert "&lt;b&gt;&amp;" in page
    assert "<b>" not in page


def test_there_is_no_script_and_no_colour_but_that_of_the_tiles():
    page = html(wrong.DWReshaped())
    assert "<script" not in page
    assert not re.search(r"\bon\w+=", page)
    assert "color:" not in re.sub(r"<svg.*?</svg>", "", page)


def test_a_note_is_shown():
    class Doubling(wrong.Square):
        def forward(self, x):
            return super().forward(x.astype(np.float64))

    assert "<p>advice: float32-lost: from float32 parameters" in html(Doubling())


def test_a_report_of_a_layer_that_raises_has_no_table():
    class Broken(wrong.Square):
        def forward(self, x):
            raise KeyError("<x>")

    page = html(Broken())
    assert "<table" not in page
    assert "forward raises KeyError: &#x27;&lt;x&gt;&#x27;" in page


@pytest.mark.parametrize("layer", [wrong.DbNan(), wrong.OnlyDx(), wrong.DbNotSummed()])
def test_a_gradient_that_cannot_be_compared_is_not_drawn(layer):
    assert "<svg" not in html(layer)


def test_a_large_tensor_is_drawn_too():
    def without_one_unit(g):
        g = g.copy()
        g[:, 17] = 0
        return g

    layer = wrong.Tampered(FullyConnected(60, 40, rng=0), "W", without_one_unit)
    page = html(layer, np.random.default_rng(1).normal(size=(6, 60)))
    assert "columns 7 to 26" in page
    assert "all of them in W[:, 17]" in page
