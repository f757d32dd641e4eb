"""Homework: build assignments, and grade what comes back.

A submission runs in a process of its own, which holds nothing that judges it; the tests run here,
and reach into that process for outputs only.
"""

from nets.homework.assignment import Assignment, read
from nets.homework.build import build
from nets.homework.limits import Limits
from nets.homework.results import Question, Results, Score
from nets.homework.run import grade

__all__ = ["Assignment", "Limits", "Question", "Results", "Score", "build", "grade", "read"]
