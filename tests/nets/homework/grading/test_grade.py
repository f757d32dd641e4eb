"""One submission is graded; the results are there before the first test, and after each."""

import pytest

from nets.homework import grade, read
from tests.nets.homework import zoo


def test_results_grow_test_by_test(built, tmp_path):
    path = tmp_path / "dense.py"
    path.write_text(zoo.HOSTILE["os exit in relu"])
    seen = []
    grade(path, read(built[1]), lambda so_far: seen.append((len(so_far.scores), so_far.score)))
    counts = [count for count, _ in seen]
    assert counts == sorted(counts)
    assert set(counts) == set(range(11))
    assert (seen[0], seen[-1]) == ((0, 0), (10, 14.0))


def test_a_patched_numpy_changes_the_submission_only(built, tmp_path):
    path = tmp_path / "dense.py"
    path.write_text(zoo.HOSTILE["patches numpy"])
    score = grade(path, read(built[1])).score
    assert score == pytest.approx(zoo.POINTS["patches numpy"], abs=1e-3)
