"""The walks of optimizers on surfaces, and their picture."""

import copy
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_hex

from nets import plots
from nets.plots import SADDLE, VALLEY, race, walks
from optimizers import SGD, Adagrad, Adam, RMSProp

RULES = {
    "SGD": SGD(1.8),
    "momentum": SGD(0.3, momentum=0.9),
    "Nesterov": SGD(0.3, momentum=0.9, nesterov=True),
    "Adagrad": Adagrad(1.0),
    "RMSProp": RMSProp(0.2, alpha=0.9),
    "Adam": Adam(0.5),
}


def height_of(way, surface):
    return surface.height(*way[-1])


# Surfaces.


@pytest.mark.parametrize("surface", [VALLEY, SADDLE])
@pytest.mark.parametrize("place", [(-9.0, 2.5), (0.5, -1.5), (3.0, 0.0)])
def test_the_slope_is_that_of_the_height(surface, place):
    h, (x, y) = 1e-5, place
    slopes = (
        (surface.height(x + h, y) - surface.height(x - h, y)) / (2 * h),
        (surface.height(x, y + h) - surface.height(x, y - h)) / (2 * h),
    )
    assert surface.slope(x, y) == pytest.approx(slopes, abs=1e-9)


def test_the_valley_has_a_bottom_and_the_saddle_a_flat_place_between_up_and_down():
    assert VALLEY.height(0.0, 0.0) == VALLEY.lowest == 0
    assert VALLEY.slope(0.0, 0.0) == SADDLE.slope(0.0, 0.0) == (0, 0)
    assert SADDLE.height(1.0, 0.0) > SADDLE.height(0.0, 0.0) > SADDLE.height(0.0, 1.0)


# Walks.


def test_a_walk_is_the_steps_of_the_optimizer():
    way = walks({"Adam": Adam(0.5)}, VALLEY, steps=7)["Adam"]
    optimizer, params = Adam(0.5), {"theta": np.array(VALLEY.start)}
    assert way.shape == (8, 2)
    for place in way:
        assert params["theta"].tolist() == place.tolist()
        optimizer.step(params, {"theta": np.array(VALLEY.slope(*params["theta"]))})


def test_racers_stay_as_they_are():
    optimizer = Adam(0.5)
    before = copy.deepcopy(optimizer.state_dict())
    race({"Adam": optimizer}, steps=3)
    assert optimizer.state_dict() == before


def test_a_walk_ends_before_the_numbers_do():
    way = walks({"SGD": SGD(1e200)}, VALLEY, steps=50)["SGD"]
    assert len(way) < 10
    assert np.isfinite(way).all()
    race({"SGD": SGD(1e200)}, VALLEY)


def test_in_the_valley_all_get_near_the_bottom():
    for way in walks(RULES, VALLEY, 60).values():
        assert height_of(way, VALLEY) < 0.01 < VALLEY.height(*VALLEY.start)


def test_in_the_valley_momentum_damps_what_plain_descent_swings():
    """At a rate that suits the length of the valley, plain descent jumps from side to side."""
    ways = walks(RULES, VALLEY, 10)
    assert (np.diff(np.sign(ways["SGD"][:, 1])) != 0).all()
    assert (np.diff(np.sign(ways["Nesterov"][:, 1])) != 0).sum() < 4
    assert (ways["Adagrad"][:, 1] > 0).all()


def test_on_the_saddle_plain_descent_gets_stuck_and_the_others_get_away():
    ways = walks({**RULES, "SGD": SGD(0.3)}, SADDLE, 60)
    stuck = [name for name, way in ways.items() if height_of(way, SADDLE) > -1]
    assert stuck == ["SGD"]
    assert np.abs(SADDLE.slope(*ways["SGD"][-1])).max() < 0.2


def test_momentum_of_99_percent_swings_and_arrives_where_none_crawls():
    ways = walks({"0": SGD(0.02), "0.99": SGD(0.02, momentum=0.99)}, VALLEY, 400)
    assert (np.diff(np.sign(ways["0.99"][:, 1])) != 0).sum() > 10
    assert (ways["0"] * np.sign(VALLEY.start) > 0).all()
    assert 10 * height_of(ways["0.99"], VALLEY) < height_of(ways["0"], VALLEY)


# Pictures.


def test_ways_are_left_and_heights_right_in_one_colour_each():
    figure = race(RULES, VALLEY, steps=20)
    left, right = figure.axes
    ways = walks(RULES, VALLEY, steps=20)
    assert [line.get_label() for line in right.lines] == list(RULES)
    for index, (line, way) in enumerate(zip(right.lines, ways.values(), strict=True)):
        path, end = left.lines[2 * index : 2 * index + 2]
        np.testing.assert_array_equal(path.get_xydata(), way)
        np.testing.assert_array_equal(end.get_xydata(), way[-1:])
        np.testing.assert_allclose(line.get_ydata(), VALLEY.height(*way.T))
        assert path.get_color() == end.get_color() == line.get_color()
    assert len({to_hex(line.get_color()) for line in right.lines}) == len(RULES)
    assert left.lines[-1].get_xydata().tolist() == [list(VALLEY.start)]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == list(RULES)


def test_heights_above_a_bottom_are_shown_by_powers_of_ten():
    right = race(RULES, VALLEY).axes[1]
    assert (right.get_yscale(), right.get_ylabel()) == ("log", "height above the bottom")


def test_where_there_is_no_bottom_the_heights_are_those_that_are_seen():
    left, right = race(RULES, SADDLE).axes
    assert (right.get_yscale(), right.get_ylabel()) == ("linear", "height")
    assert right.get_ylim() == pytest.approx((-5, 5), abs=0.01)
    assert (left.get_xlim(), left.get_ylim()) == (SADDLE.x, SADDLE.y)


def test_a_surface_may_be_user_defined():
    bowl = replace(
        VALLEY, height=lambda x, y: x**2 + y**2 + 3, slope=lambda x, y: (2 * x, 2 * y), lowest=3.0
    )
    left, right = race({"SGD": SGD(0.1)}, bowl).axes
    assert right.lines[0].get_ydata()[-1] < 1e-3
    assert len(left.lines) == 3


def test_more_racers_than_colours_can_race():
    race({str(rate): SGD(rate / 10) for rate in range(1, 12)}, steps=2)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"optimizers": {}}, "race: expected optimizers by name, got {}"),
        ({"optimizers": [SGD()]}, r"race: expected optimizers by name, got \[SGD"),
        ({"steps": 0}, "race: expected steps to be a positive integer, got 0"),
    ],
)
def test_what_cannot_race_is_refused(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        plots.race(**{"optimizers": RULES, **given})
