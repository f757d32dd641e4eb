"""The curves of a run in a page."""

from nets.training.curves import curves
from nets.training.history import History
from tests.nets.plots.drawing import everything, history_of


def test_loss_and_accuracy_have_a_picture_each():
    page = curves(everything(5))
    assert page.count("<svg") == 2
    assert ">loss</text>" in page
    assert ">accuracy</text>" in page
    assert page.count(">validation</text>") == 2


def test_what_was_not_measured_is_not_drawn():
    page = curves(history_of(5))
    assert page.count("<svg") == 1
    assert "validation" not in page
    assert curves(History()) == ""
    assert "<svg" not in History()._repr_html_()


def test_a_penalty_has_a_picture_of_its_own():
    history = History()
    for epoch in (1, 2):
        history.append(epoch=epoch, loss=1.0, penalty=0.5, seconds=1.0)
    page = curves(history)
    assert page.count("<svg") == 2
    assert ">penalty</text>" in page
