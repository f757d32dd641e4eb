"""Homework: build assignments, and grade what comes back.

A submission runs in a process of its own. The tests run in another one, which
only asks it for outputs.
"""

from nets.homework.bundles.build import build
from nets.homework.grading.assignment import Assignment, read
from nets.homework.grading.grade import grade
from nets.homework.grading.results import Question, Results, Score
from nets.homework.isolation.limits import Limits

__all__ = ["Assignment", "Limits", "Question", "Results", "Score", "build", "grade", "read"]
