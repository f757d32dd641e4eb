"""Partial credit within one test, and the message for each part that was lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from layers import gradcheck
from nets.homework.grading.results import Question, Score
from nets.homework.isolation.sandbox import SubmissionError

GENERIC = "derive it again, with the shapes beside it, and compare with handgrad check"

# What the checker saw, for findings that are not about numbers; its hint follows.
SYMPTOMS = {
    "accumulates": "a second backward returns another gradient than the first. ",
    "overwrites": "an array that was handed out is written to later. ",
    "mutates-input": "an argument is changed in place. ",
    "ignores-dout": "twice the dout does not give twice the gradient. ",
    "not-repeatable": "the same call gives another result. ",
    "stale-cache": "backward answers for an earlier forward. ",
}


class Credit:
    """The parts of a test: each counts the same, and a lost one has a message.

    Attributes
    ----------
    won, lost : int
        How many parts were correct, and how many were not.
    messages : list of str
        For the student: one for each lost part.
    mistakes : list of str
        For the instructor's statistics: a stable name for each.
    """

    def __init__(self) -> None:
        self.won, self.lost = 0, 0
        self.messages: list[str] = []
        self.mistakes: list[str] = []

    def lose(self, message: str, mistake: str) -> None:
        """Count a part as lost."""
        self.lost += 1
        self.messages.append(message)
        if mistake not in self.mistakes:
            self.mistakes.append(mistake)

    @contextmanager
    def part(self, what: str) -> Iterator[None]:
        """A part of the test: lost if the block raises, and the rest of the test goes on."""
        try:
            yield
        except Exception as error:
            self.lose(f"{what}: {message_of(error)}", mistake_of(error, what))
        else:
            self.won += 1

    def gradients(self, layer: Any, *inputs: Any, **options: Any) -> None:
        """Check a layer's gradients: one part for each tensor, and one if it breaks another law.

        The student reads the checker's hints, and not what the gradient should have been.
        """
        try:
            report = gradcheck(layer, *inputs, **options)
        except Exception as error:
            self.lose(
                f"the gradients cannot be checked: {message_of(error)}", mistake_of(error, "")
            )
            return
        wrong = {tensor.name: bool(tensor.wrong) for tensor in report.tensors}
        hints: dict[str, list[str]] = {}
        for finding in report.findings:
            hint = str(getattr(finding, "hint", "") or finding.evidence)
            symptom = SYMPTOMS.get(finding.mistake, "")
            hints.setdefault(finding.tensor, []).append(symptom + hint)
            if finding.mistake not in self.mistakes:
                self.mistakes.append(finding.mistake)
        for key in layer.params:
            if key not in wrong:
                wrong[key] = True
                hints.setdefault(key, [f"backward returned none that fits the shape of {key}"])
        for name, is_wrong in wrong.items():
            told = hints.pop(name, [])
            if not is_wrong and not told:
                self.won += 1
                continue
            self.lose(
                f"the gradient of {name} is wrong: {' Also: '.join(told) or GENERIC}",
                report.findings[0].mistake if report.findings else f"wrong gradient of {name}",
            )
        for told in hints.values():  # of the whole layer, or of an array that is not a tensor
            self.lost += not self.lost  # where a tensor is lost already, it is the same mistake
            self.messages += told

    @property
    def share(self) -> float:
        """The share of the points that is due: 1 if there are no parts."""
        parts = self.won + self.lost
        return self.won / parts if parts else 1.0


def message_of(error: BaseException) -> str:
    """The message of an exception for a student: of an assertion, without its numbers."""
    text = str(error).split("\nassert ")[0].strip()
    if isinstance(error, SubmissionError):
        return text
    if isinstance(error, AssertionError):
        return text if text and not text.startswith("assert ") else "this is not so"
    return f"{type(error).__name__}: {text}"


def mistake_of(error: BaseException, what: str) -> str:
    """A name for statistics."""
    if isinstance(error, SubmissionError):
        return error.kind
    return f"not so: {what}" if isinstance(error, AssertionError) else type(error).__name__


def scored(question: Question, credit: Credit, error: BaseException | None) -> Score:
    """The score for a test: all points, the share of its correct parts, or 0."""
    if error is None:
        return Score(question.points)
    if credit.lost:
        return Score(question.points * credit.share, "\n".join(credit.messages), credit.mistakes)
    message = message_of(error)
    if message == "this is not so":
        message = f"This is not so yet: {question.title}"
    return Score(0.0, message, [mistake_of(error, question.title)])
