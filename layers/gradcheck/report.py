"""What a gradient check found, for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass, field

from layers.gradcheck.hints import HINTS

Row = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Entry:
    """One comparison: where, what backward said, what the differences said, how far apart.

    ``error`` is relative to the larger of the two values, less what the numeric value may be off.
    """

    place: str
    analytic: float
    numeric: float
    error: float


@dataclass(frozen=True)
class TensorReport:
    """The comparisons for one tensor.

    Attributes
    ----------
    name : str
        "x" ("x0", "x1", ... for several inputs), or a key of ``params``.
    shape : tuple of int
        Its shape.
    checked : int
        How many of its entries were compared; all of them, where the tensor is small.
    directions : int
        Along how many directions it was moved as a whole, where it is large.
    kinks : int
        How many comparisons were set aside, because the function has no slope there.
    worst : Entry or None
        The comparison with the largest error.
    wrong : int
        How many comparisons failed.
    """

    name: str
    shape: tuple[int, ...]
    checked: int
    directions: int
    kinks: int
    worst: Entry | None
    wrong: int

    def __bool__(self) -> bool:
        return not self.wrong

    def row(self) -> Row:
        """The tensor as a row of the table."""
        checked = f"{self.checked} entries"
        if self.directions:
            checked += f", {self.directions} directions"
        if self.kinks:
            checked += f", {self.kinks} at kinks"
        error = f"{self.worst.error:.1e}" if self.worst else ""
        return self.name, str(self.shape), checked, error, "WRONG" if self.wrong else "right"

    def explanation(self) -> str:
        """What is wrong, with both values."""
        assert self.worst
        return (
            f"{self.name} is wrong in {self.wrong} of "
            f"{self.checked + self.directions - self.kinks} comparisons; the worst is at "
            f"{self.worst.place}: backward says {self.worst.analytic:.10g}, "
            f"numerically it is {self.worst.numeric:.10g}"
        )


@dataclass(frozen=True)
class Finding:
    """A mistake, and what it was recognised by.

    Attributes
    ----------
    mistake : str
        A stable name: "missing-batch-mean", "mutates-input", ...
    tensor : str
        Where it shows; empty where it concerns the whole layer.
    evidence : str
        What was seen, in a sentence with its numbers.
    confidence : float
        From 0 to 1: the share of the entries that the mistake explains, divided by the number of
        mistakes that would explain them as well. 0 where nothing known explains them.
    layer : str
        In a net: the layer that is wrong, "layer 2 (FullyConnected 5 -> 2)".
    victims : tuple of str
        In a net: the tensors that are wrong only because of this.
    """

    mistake: str
    tensor: str
    evidence: str
    confidence: float = 1.0
    layer: str = ""
    victims: tuple[str, ...] = ()

    @property
    def hint(self) -> str:
        """One sentence that leads to the mistake, and leaves the finding of it to the reader."""
        return HINTS.get(self.mistake, "")


@dataclass(frozen=True)
class GradientReport:
    """The verdict of a gradient check: true if everything is right.

    Attributes
    ----------
    name : str
        What was checked.
    tensors : list of TensorReport
        One for each input with a gradient and for each parameter.
    findings : list of Finding
        Mistakes, the likeliest cause first.
    notes : list of Finding
        What is no mistake of the gradient, and worth knowing. Notes do not count for the verdict.
    """

    name: str
    tolerance: float
    tensors: list[TensorReport] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)

    def __bool__(self) -> bool:
        return not self.findings and all(self.tensors)

    def raise_if_failed(self) -> None:
        """Raise an AssertionError with the whole text unless everything is right."""
        if not self:
            raise AssertionError(str(self))

    def __str__(self) -> str:
        verdict = "right" if self else "WRONG"
        lines = [f"gradient check of {self.name}: {verdict}"]
        if self.tensors:
            header: Row = ("tensor", "shape", "compared", "worst error", "verdict")
            lines += _table([header, *(tensor.row() for tensor in self.tensors)])
        lines += [tensor.explanation() for tensor in self.tensors if not tensor]
        lines += [f"{finding.mistake}: {finding.evidence}" for finding in self.findings]
        lines += [f"note: {note.mistake}: {note.evidence}" for note in self.notes]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)


def _table(rows: list[Row]) -> list[str]:
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(f"{cell:{width}}" for cell, width in zip(row, wide, strict=True)).rstrip()
        for row in rows
    ]
