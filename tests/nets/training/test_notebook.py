import pytest

from nets.training.notebook import Notebook, bar_html
from nets.training.pace import Moment, Plan
from tests.nets.training.doubles import PLAN, figures, play


def test_notebook_makes_one_display_and_updates_it(shell, clock):
    display = Notebook(PLAN, clock)
    play(display, clock)
    display.close()
    kinds = [kind for kind, _, _ in shell.shown]
    assert kinds == ["display"] + ["update"] * (len(kinds) - 1)
    assert {number for _, number, _ in shell.shown} == {0}
    assert len(kinds) > 10
    last = shell.shown[-1][2]
    assert "width:100%" in last
    assert "epoch 4/4 · 100% · loss 0.2500 · 400/s · in 0:10" in last


def test_notebook_is_updated_at_most_every_tenth_of_a_second(shell, clock):
    display = Notebook(PLAN, clock)
    for _ in range(1000):
        clock.now += 0.001
        display.update(1, 1, figures(0.5))
    assert 8 <= len(shell.shown) <= 11


def test_notebook_prints_nothing(shell, clock, capfd):
    display = Notebook(PLAN, clock)
    play(display, clock)
    display.close("done")
    assert capfd.readouterr() == ("", "")


def test_html_is_escaped_and_has_no_colour_of_text(shell, clock):
    display = Notebook(PLAN, clock)
    display.close("<script>alert(1)</script> & more")
    (_, _, html), *rest = shell.shown
    assert not rest
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in html
    assert ";color" not in html


def test_real_ipython_is_used_as_it_is_meant_to_be(clock, capsys):
    pytest.importorskip("IPython")
    display = Notebook(PLAN, clock)
    play(display, clock, epochs=1)
    assert "HTML object" in capsys.readouterr().out


@pytest.mark.parametrize("plan", [Plan(1, 0, 0), Plan(0, 0, 0), Plan(0, 10, 0)])
def test_an_empty_plan_can_be_drawn(plan):
    for moment in (Moment(), Moment(1, 0, {"loss": 0.5})):
        assert "epoch" in bar_html(plan, moment, 1.0, True)
