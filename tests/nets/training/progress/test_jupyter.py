import math

import pytest

from nets.training.progress.displays import MOST
from nets.training.progress.jupyter import Notebook, bar_html, curve_html
from nets.training.progress.pace import Moment, Plan
from tests.nets.training.doubles import PLAN, ROW, figures, play


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


def test_the_curve_of_the_loss_grows_below_the_bar(shell, clock):
    display = Notebook(PLAN, clock)
    display.epoch_end({**ROW, "epoch": 1, "loss": 1.0})
    display.close()
    assert "<svg" not in shell.shown[-1][2]  # a single point is no curve
    display = Notebook(PLAN, clock)
    play(display, clock)
    display.close()
    page = shell.shown[-1][2]
    assert page.count("<svg") == 1
    assert ">loss</text>" in page
    assert ">validation</text>" not in page


def test_epochs_that_are_done_replace_what_was_seen_of_them(shell, clock):
    display = Notebook(PLAN, clock)
    play(display, clock, epochs=2)
    display.close()
    points = [moment.figures["loss"] for moment in display._done + display._looks]
    assert points == [1.0, 0.5]


def test_within_the_first_epoch_the_curve_is_of_steps(shell, clock):
    display = Notebook(Plan(1, 100, 100), clock)
    for step in range(1, 60):
        clock.now += 1
        display.update(1, step, figures(1 / step))
    assert "<svg" in shell.shown[-1][2]
    assert ">0</text>" in shell.shown[-1][2]
    assert len(display._looks) == 59


def test_validation_has_a_curve_that_changes_between_epochs_only():
    moments = [Moment(e, 10, {"loss": 1 / e, "validation_loss": 2 / e}) for e in (1, 2)]
    page = curve_html(PLAN, moments)
    assert ">validation</text>" in page
    more = [*moments, Moment(3, 5, {"loss": 0.4, "validation_loss": 1.0})]
    dashed = [piece for piece in curve_html(PLAN, more).split("<path") if "dash" in piece]
    assert dashed[0].count("L") == 1


def test_a_loss_that_is_not_finite_has_no_curve():
    assert curve_html(PLAN, [Moment(e, 10, {"loss": math.nan}) for e in (1, 2)]) == ""


def test_a_long_run_keeps_so_many_points(shell, clock):
    display = Notebook(Plan(10**6, 1, 1), clock)
    for epoch in range(1, 5 * MOST):
        display.epoch_end({**ROW, "epoch": epoch})
    assert MOST / 2 <= len(display._done) <= MOST
    assert display._done[0].epoch == 1


def test_a_notebook_that_no_longer_listens_does_not_end_the_run(shell, clock, monkeypatch):
    tries = []

    def fail(*_, **__):
        tries.append(1)
        raise OSError("the connection is closed")

    monkeypatch.setattr(shell.module.display, "display", fail)
    display = Notebook(PLAN, clock)
    play(display, clock)
    display.close("done")
    assert len(tries) == 1
