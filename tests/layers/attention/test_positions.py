"""What tells positions apart: known values, and sequences that are too long."""

import re

import numpy as np
import pytest

from layers import PositionalEncoding, PositionEmbedding


@pytest.mark.parametrize("features", [1, 4, 7])
def test_the_waves_written_out(features):
    waves = PositionalEncoding(6, features).predict(np.zeros((1, 6, features)))[0]
    for t in range(6):
        for i in range(features):
            angle = t / 10000 ** (i // 2 * 2 / features)
            assert waves[t, i] == pytest.approx(np.cos(angle) if i % 2 else np.sin(angle))


@pytest.mark.parametrize("kind", [PositionalEncoding, PositionEmbedding])
@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((2, 5, 4), "expected sequences of at least one step and at most 4, got x of shape (2, 5"),
        ((2, 0, 4), "expected sequences of at least one step and at most 4, got x of shape (2, 0"),
        ((2, 4, 5), "expected x of shape (N, T, 4), got (2, 4, 5)"),
        ((4, 4), "expected x of shape (N, T, 4), got (4, 4); one sequence is x[None]"),
    ],
)
def test_sequences_that_do_not_fit_are_refused(kind, shape, message):
    with pytest.raises(ValueError, match="^" + re.escape(f"{kind.__name__} 4 x 4: {message}")):
        kind(4, 4).forward(np.zeros(shape))
