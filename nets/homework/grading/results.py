"""Results in Gradescope's form, in plain finite numbers, written anew after each test."""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass, field, replace
from typing import Any

from nets.interop.atomic import atomic_write

VISIBILITIES = ("visible", "after_due_date", "after_published", "hidden")
NOT_RUN = "This test has not run."


@dataclass(frozen=True)
class Question:
    """A test with points.

    Attributes
    ----------
    id : str
        Its test: ``test_public.py::test_forward``.
    title : str
        What it tests, in a line.
    points : float
        What it is worth.
    visibility : str
        Who sees it: one of Gradescope's "visible", "after_due_date", "after_published", "hidden".
    parts : dict of float
        What the parts of the test weigh, as the solution has them; known once it has been built.
    """

    id: str
    title: str
    points: float
    visibility: str
    parts: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Score:
    """The points of a submission for a question, the message, and the mistakes.

    `parts` are those that the test had, and `advice` is for its author.
    """

    score: float
    output: str = ""
    mistakes: list[str] = field(default_factory=list)
    parts: dict[str, float] = field(default_factory=dict)
    advice: list[str] = field(default_factory=list)


class Results:
    """The scores so far: every question is there from the beginning, with 0 points.

    Parameters
    ----------
    questions : list of Question
        All of them, in order.
    """

    def __init__(self, questions: list[Question]) -> None:
        self.questions = questions
        self.scores: dict[str, Score] = {}
        self.output = ""
        self.seconds = 0.0

    def add(self, identity: str, score: Score) -> None:
        """Set the score of a question, clipped to 0 and its points."""
        points = {question.id: question.points for question in self.questions}[identity]
        number = float(score.score)
        number = min(max(number, 0.0), points) if math.isfinite(number) else 0.0
        self.scores[identity] = replace(score, score=round(number, 4))

    def of(self, question: Question) -> Score:
        """The score of a question: 0 until its test has run."""
        return self.scores.get(question.id, Score(0.0, NOT_RUN, ["not run"]))

    @property
    def score(self) -> float:
        """The points of all questions together."""
        return round(math.fsum(score.score for score in self.scores.values()), 4)

    @property
    def points(self) -> float:
        """The points that a perfect submission gets."""
        return round(math.fsum(question.points for question in self.questions), 4)

    def as_dict(self) -> dict[str, Any]:
        """The results as Gradescope reads them."""
        return {
            "score": self.score,
            "execution_time": round(self.seconds, 2),
            "output": self.output,
            "visibility": "visible",
            "tests": [
                self._test(number, question) for number, question in enumerate(self.questions, 1)
            ],
        }

    def _test(self, number: int, question: Question) -> dict[str, Any]:
        got = self.of(question)
        return {
            "number": str(number),
            "name": question.title,
            "score": got.score,
            "max_score": question.points,
            "status": "passed" if got.score >= question.points else "failed",
            "output": got.output,
            "visibility": question.visibility,
            "extra_data": {"id": question.id, "mistakes": got.mistakes},
        }

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the file atomically: a reader finds these results or the previous ones."""
        text = json.dumps(self.as_dict(), indent=1, allow_nan=False)
        with atomic_write(path) as file:
            file.write(text.encode())


def title_of(function: Any, name: str) -> str:
    """The title of a test: the first line of its docstring with its parameter, or its name."""
    doc = getattr(function, "__doc__", None)
    if not doc:
        return name
    _, _, parameter = name.rstrip("]").partition("[")
    title = str(doc.strip().splitlines()[0].rstrip("."))
    return f"{title} ({parameter})" if parameter else title
