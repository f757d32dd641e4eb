"""Partial credit within one test, and the message for each part that was lost."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

import numpy as np

from layers import gradcheck
from nets.homework.grading.results import Question, Score
from nets.homework.isolation.remote import Remote
from nets.homework.isolation.sandbox import SubmissionError

EXACT = 1e-12  # relative error of a derived gradient; that of finite differences is larger
LAW = "law"  # the name of the part that a broken law loses
UNTESTED = "some parts of this test have not run"
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
    """The parts of a test: a lost one has a message.

    Attributes
    ----------
    won, lost : int
        How many parts were correct, and how many were not.
    messages : list of str
        For the student: one for each lost part.
    mistakes : list of str
        For the instructor's statistics: a stable name for each.
    parts, earned : dict of float
        What each kind of part weighs, and how much of that was correct.
    finished : bool
        Whether the test ran to its end.
    advice : list of str
        For the author of the test.
    """

    def __init__(self) -> None:
        self.won, self.lost = 0, 0
        self.messages: list[str] = []
        self.mistakes: list[str] = []
        self.parts: defaultdict[str, float] = defaultdict(float)
        self.earned: defaultdict[str, float] = defaultdict(float)
        self.finished = True
        self.advice: list[str] = []

    def win(self, name: str, weight: float = 1) -> None:
        """Count a part as correct."""
        self.won += 1
        self.parts[name] += weight
        self.earned[name] += weight

    def lose(self, message: str, mistake: str, name: str = "part", weight: float = 1) -> None:
        """Count a part as lost."""
        self.lost += 1
        self.parts[name] += weight
        if message:
            self.messages.append(message)
        if mistake not in self.mistakes:
            self.mistakes.append(mistake)

    @contextmanager
    def part(self, what: str, weight: float = 1) -> Iterator[None]:
        """A part of the test: lost if the block raises, and the rest of the test goes on."""
        try:
            yield
        except Exception as error:
            self.lose(f"{what}: {message_of(error)}", mistake_of(error, what), weight=weight)
        else:
            self.win("part", weight)

    def gradients(self, layer: Any, *inputs: Any, reference: Any = None, **options: Any) -> None:
        """Check a layer's gradients: one part for each tensor, and one if it breaks another law.

        The student reads the checker's hints, and not what the gradient should have been.

        Parameters
        ----------
        layer : layer
            The student's.
        *inputs : array_like
            What its forward takes.
        reference : layer, optional
            One that computes the same, and is given the student's parameters. Where the output of
            forward differs from its output, no gradient counts. Only its parameters count.
        **options
            Of `layers.gradcheck`.
        """
        try:
            self._advise(layer)
            fault = against(reference, layer, inputs) if reference is not None else ""
            with lending(layer):  # whether inputs are changed is one of the laws
                report = gradcheck(layer, *inputs, **options)
        except Exception as error:
            self.lose(
                f"the gradients cannot be checked: {message_of(error)}", mistake_of(error, "")
            )
            return
        wrong = {tensor.name: bool(tensor.wrong) for tensor in report.tensors}
        if fault:
            for number, name in enumerate(wrong or ["x"]):
                self.lose("" if number else fault, "forward", f"gradient of {name}")
            return
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
                self.win(f"gradient of {name}")
                continue
            self.lose(
                f"the gradient of {name} is wrong: {' Also: '.join(told) or GENERIC}",
                report.findings[0].mistake if report.findings else f"wrong gradient of {name}",
                f"gradient of {name}",
            )
        for told in hints.values():  # of the whole layer, or of an array that is not a tensor
            if self.lost:  # where a tensor is lost already, it is the same mistake
                self.messages += told
            else:
                self.lose("\n".join(told), self.mistakes[0], LAW)

    def _advise(self, layer: Any) -> None:
        """Tell the author what hides mistakes."""
        for key, array in getattr(layer, "params", {}).items():
            if np.size(array) and (np.all(array == 0) or np.all(array == 1)):
                self.advice.append(
                    f"the parameter {key} is {np.ravel(array)[0]:g} everywhere, which hides "
                    "mistakes: fill it with other numbers"
                )

    def share(self, declared: Mapping[str, float] = MappingProxyType({})) -> float:
        """The share of the points that is due: 1 if there are no parts.

        Parameters
        ----------
        declared : mapping, optional
            The parts that the solution has. Only these count, and all of them do, even if the test
            has not come to them.
        """
        due = declared or self.parts
        got = sum(min(self.earned[name], weight) for name, weight in due.items())
        whole = sum(due.values())
        whole += sum(self.parts[name] - self.earned[name] for name in self.parts if name not in due)
        if not self.finished and got == whole:
            whole += 1
        return float(got / whole) if whole else 1.0


def against(reference: Any, layer: Any, inputs: Sequence[Any]) -> str:
    """What is wrong with a layer beside a reference with the same parameters; "" if nothing is."""
    ours, layer, inputs = copy.deepcopy((reference, layer, inputs))  # which leaves no traces
    for key, array in ours.params.items():
        theirs = layer.params.get(key)
        if np.shape(theirs) != array.shape:
            return f"params has to have {key}, of shape {array.shape}"
        array[...] = theirs
    y, expected = layer.forward(*inputs), ours.forward(*inputs)
    if not _close(y, expected, 1e-6):
        return "the output of forward is wrong, and then its gradients do not count"
    dout = np.random.default_rng(0).normal(size=np.shape(y))
    (dx, grads), (right, gradients) = layer.backward(dout), ours.backward(dout)
    pairs = [(dx, right), *((grads[key], gradients[key]) for key in gradients if key in grads)]
    pairs = [pair for pair in pairs if pair[1] is not None]
    if any(_close(one, other, 1e-6) and not _exact(one, other) for one, other in pairs):
        return "the gradient is correct to a few digits only, as finite differences are: derive it"
    return ""


@contextmanager
def lending(layer: Any) -> Iterator[None]:
    """Let a submission's layer write to the arrays that it is called with."""
    sandbox = layer.__dict__["_sandbox"] if isinstance(layer, Remote) else None
    if sandbox:
        sandbox.lending = True
    try:
        yield
    finally:
        if sandbox:
            sandbox.lending = False


def _close(one: Any, other: Any, tolerance: float) -> bool:
    if isinstance(other, tuple):
        return all(_close(*pair, tolerance) for pair in zip(one, other, strict=True))
    if np.shape(one) != np.shape(other):
        return False
    scale = float(np.max(np.abs(other), initial=0.0))
    return bool(np.allclose(one, other, rtol=0, atol=tolerance * scale))


def _exact(one: Any, other: Any) -> bool:
    """Whether a gradient differs by rounding alone, in the precision in which it was computed."""
    single = np.array_equal(np.asarray(one, np.float32), one)
    return single or _close(one, other, EXACT)


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
    parts, advice = dict(credit.parts), credit.advice
    if error is None and credit.share(question.parts) == 1:
        return Score(question.points, parts=parts, advice=advice)
    messages, mistakes = list(credit.messages), list(credit.mistakes)
    if error is not None and not (credit.lost and credit.finished):
        message = message_of(error)
        if message == "this is not so":
            message = f"This is not so yet: {question.title}"
        messages.append(message)
        mistakes.append(mistake_of(error, question.title))
    share = credit.share(question.parts) if credit.parts else 0.0
    return Score(question.points * share, "\n".join(messages) or UNTESTED, mistakes, parts, advice)
