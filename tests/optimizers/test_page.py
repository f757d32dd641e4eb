"""An optimizer in a notebook: the rule with its numbers, and its state."""

import html

import numpy as np
import pytest

from optimizers import SGD, Adadelta, Adafactor, Adagrad, Adam, AdamW, Clipped, Optimizer, RMSProp
from optimizers.page import LOOK, MOST, lines
from tests.optimizers.table import ROWS


@pytest.mark.parametrize(
    ("optimizer", "rule"),
    [
        (SGD(0.1), ["theta <- theta - 0.1 * g"]),
        (SGD(0.1, 0.9), ["v <- 0.9 * v + g", "theta <- theta - 0.1 * v"]),
        (
            SGD(0.1, 0.9, nesterov=True, weight_decay=0.01),
            ["g <- g + 0.01 * theta", "v <- 0.9 * v + g", "theta <- theta - 0.1 * (g + 0.9 * v)"],
        ),
        (Adagrad(0.1), ["G <- G + g**2", "theta <- theta - 0.1 * g / (sqrt(G) + 1e-10)"]),
        (
            Adadelta(1.0, 0.9),
            [
                "v <- 0.9 * v + 0.1 * g**2",
                "delta = sqrt(u + 1e-06) / sqrt(v + 1e-06) * g",
                "u <- 0.9 * u + 0.1 * delta**2",
                "theta <- theta - 1 * delta",
            ],
        ),
        (
            RMSProp(0.1),
            ["v <- 0.99 * v + 0.01 * g**2", "theta <- theta - 0.1 * g / (sqrt(v) + 1e-08)"],
        ),
        (
            RMSProp(0.1, momentum=0.5, centered=True),
            [
                "v <- 0.99 * v + 0.01 * g**2",
                "m <- 0.99 * m + 0.01 * g",
                "velocity <- 0.5 * velocity + g / (sqrt(v - m**2) + 1e-08)",
                "theta <- theta - 0.1 * velocity",
            ],
        ),
        (
            Adam(0.1),
            [
                "m <- 0.9 * m + 0.1 * g",
                "v <- 0.999 * v + 0.001 * g**2",
                "m_hat = m / (1 - 0.9**t),  v_hat = v / (1 - 0.999**t)",
                "theta <- theta - 0.1 * m_hat / (sqrt(v_hat) + 1e-08)",
            ],
        ),
    ],
)
def test_the_rule_has_its_numbers(optimizer, rule):
    assert optimizer.rule() == rule


def test_the_decay_of_adamw_stands_outside():
    plain = Adam(0.1).rule()
    assert AdamW(0.1, weight_decay=0).rule() == plain
    assert AdamW(0.1, weight_decay=0.5).rule() == ["theta <- theta - 0.1 * 0.5 * theta", *plain]
    assert Adam(0.1, weight_decay=0.5).rule() == ["g <- g + 0.5 * theta", *plain]


def test_adafactor_says_what_is_not_set():
    rule = Adafactor(weight_decay=0.5).rule()
    assert "step = g / max(sqrt(v), eps)" in rule
    assert "theta <- theta - 0.01 * 0.5 * theta" in rule
    assert "step = g / max(sqrt(v), 0.5)" in Adafactor(epsilon1=0.5).rule()
    assert len(Adafactor().rule()) == len(rule) - 1


@pytest.mark.parametrize("row", [row for row in ROWS if row.rule is not Adafactor], ids=str)
def test_the_rule_computes_what_a_step_does(row):
    """The lines are Python but for <-, so they can be run beside the optimizer."""
    optimizer = row.ours()
    params, rng = {"theta": np.array([1.0, -2.0])}, np.random.default_rng(0)
    names = {"theta": params["theta"].copy(), "sqrt": np.sqrt}
    names.update(dict.fromkeys(("v", "m", "u", "G", "velocity"), 0.0))
    for t in range(1, 4):
        g = rng.standard_normal(2)
        optimizer.step(params, {"theta": g})
        names.update(g=g, t=t, learning_rate=getattr(optimizer, "learning_rate", None))
        if callable(names["learning_rate"]):
            names["learning_rate"] = names["learning_rate"](t)
        for line in optimizer.rule():
            exec(line.replace("<-", "=").replace(",  ", "; "), names)
    np.testing.assert_allclose(names["theta"], params["theta"], rtol=1e-4)


def test_a_page_shows_the_clock_and_the_norms_of_the_state():
    optimizer, params = Adam(0.1), {"0.W": np.ones((2, 2)), "b": np.ones(1)}
    assert list(lines(optimizer))[-1] == "after 0 steps"
    optimizer.step(params, {"0.W": np.ones((2, 2)), "b": np.ones(1)})
    page = optimizer._repr_html_()
    assert page.startswith(f'<pre style="{LOOK}"><b>Adam(learning_rate=0.1, beta1=0.9,')
    assert "\nafter 1 step\n  0.W  m (2, 2) ‖0.2‖\n  0.W  v (2, 2) ‖0.002‖\n  b    m (1,)" in page
    assert html.escape("m <- 0.9 * m") in page


def test_a_schedule_shows_its_next_value():
    assert "  theta <- theta - learning_rate * g" in lines(SGD(lambda t: 0.1 / t))
    optimizer = SGD(lambda t: 0.1 / t)
    assert "  learning_rate = 0.1 at step 1" in lines(optimizer)
    optimizer.t = 1
    assert "  learning_rate = 0.05 at step 2" in lines(optimizer)
    optimizer.learning_rate = lambda t: 1 / 0
    assert "  learning_rate = ? at step 2" in lines(optimizer)


def test_many_parameters_are_shown_short_and_names_are_escaped():
    keys = [f"<b>{i}" + "x" * 999 for i in range(100)]
    params = {key: np.ones(1) for key in keys}
    optimizer = SGD(0.1, 0.9)
    optimizer.step(params, params)
    page = optimizer._repr_html_()
    assert f"… {100 - MOST} more" in page
    assert "<b>0" not in page
    assert len(page) < 5000


def test_clipping_stands_above_the_rule():
    page = Clipped(SGD(0.1), norm=5.0)._repr_html_()
    assert page.startswith("<div>Gradients are clipped to norm 5, then:</div><pre style=")
    assert "clipped to values 2, then" in Clipped(SGD(0.1), value=2.0)._repr_html_()


def test_a_rule_of_ones_own_and_a_foreign_optimizer_need_none():
    class Own(Optimizer):
        def __init__(self, learning_rate=0.1):
            super().__init__(learning_rate)

    assert Own().rule() == []
    assert "Own(learning_rate=0.1)" in Own()._repr_html_()

    class Foreign:
        def step(self, params, grads):
            pass

    assert Clipped(Foreign(), norm=1.0)._repr_html_().endswith("then:</div>")
