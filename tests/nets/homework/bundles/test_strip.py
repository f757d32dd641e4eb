"""Holes, and markers that do not match."""

import pytest

from nets.homework.bundles.strip import strip


def test_holes_outside_of_functions_are_comments():
    text = "### BEGIN SOLUTION\nx = 1\n### END SOLUTION\ny = 2\n"
    assert strip(text) == "# YOUR CODE HERE\ny = 2\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("### BEGIN SOLUTION\n", "line 1: ### BEGIN SOLUTION without ### END SOLUTION"),
        ("### END SOLUTION\n", "line 1: ### END SOLUTION without"),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n", "line 2: .* within that of line 1"),
        ("x = 1\n", "expected a solution between"),
    ],
)
def test_markers_that_do_not_match(text, message):
    with pytest.raises(ValueError, match=message):
        strip(text)
