"""One submission is graded; the results are there before the first test, and after each."""

import pytest

from nets.homework import grade, read
from tests.nets.homework import zoo


def test_a_submission_that_patches_numpy_is_graded_test_by_test(built, tmp_path):
    path = tmp_path / "dense.py"
    path.write_text(zoo.HOSTILE["patches numpy"])
    seen = []
    grade(path, read(built[1]), lambda so_far: seen.append((len(so_far.scores), so_far.score)))
    counts = [count for count, _ in seen]
    assert counts == sorted(counts)
    assert set(counts) == set(range(11))
    assert seen[0] == (0, 0)
    assert seen[-1][1] == pytest.approx(zoo.POINTS["patches numpy"], abs=1e-3)
