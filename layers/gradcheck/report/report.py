"""The result of a gradient check, as text, as HTML and as data."""

from __future__ import annotations

import math
import sys
from dataclasses import asdict, dataclass, field
from typing import Any

from layers.core.params import Array
from layers.gradcheck.numeric.sampling import Sampling
from layers.gradcheck.report.finding import Finding
from layers.gradcheck.report.heatmap import heatmap
from layers.gradcheck.report.report_page import page

Row = tuple[str, str, str, str, str]
HEADER: Row = ("tensor", "shape", "compared", "worst error", "verdict")
PICTURES = 6  # of more wrong tensors, only these many are drawn


@dataclass(frozen=True)
class GradientEntry:
    """One comparison: its place, the analytic and the numeric gradient, and the relative error.

    ``error`` is relative to the larger of the two values, less the error of the numeric value.
    ``unseen`` is the largest difference that would have passed.
    """

    place: str
    analytic: float
    numeric: float
    error: float
    unseen: float = field(default=0.0, compare=False)


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
        The number of entries compared; all of them if the tensor is small.
    directions : int
        The number of directions along which it was moved as a whole if it is large.
    kinks : int
        The number of comparisons excluded because the function has no slope there.
    worst : GradientEntry or None
        The comparison with the largest error.
    wrong : int
        The number of comparisons that failed.
    victim : bool
        Whether it is wrong only because another layer of the net is.
    sampling : Sampling or None
        What may have been missed, if it is too large to compare all entries.
    analytic, numeric : array or None
        Both gradients of a wrong tensor, nan where an entry was not compared.
    """

    name: str
    shape: tuple[int, ...]
    checked: int
    directions: int
    kinks: int
    worst: GradientEntry | None
    wrong: int
    victim: bool = False
    sampling: Sampling | None = None
    analytic: Array | None = field(default=None, repr=False, compare=False)
    numeric: Array | None = field(default=None, repr=False, compare=False)

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
        return self.name, str(self.shape), checked, error, self.verdict

    @property
    def verdict(self) -> str:
        """In one word: correct, WRONG, or a victim of another layer."""
        if not self.wrong:
            return "correct"
        return "victim" if self.victim else "WRONG"

    def to_dict(self) -> dict[str, Any]:
        """The tensor in `GradientReport.to_dict`."""
        worst = self.worst and {
            "place": self.worst.place,
            "analytic": number(self.worst.analytic),
            "numeric": number(self.worst.numeric),
            "error": number(self.worst.error),
        }
        counts = ("checked", "directions", "kinks", "wrong", "verdict")
        return {
            "name": self.name,
            "shape": list(self.shape),
            **{name: getattr(self, name) for name in counts},
            "worst": worst,
            "sampling": asdict(self.sampling) if self.sampling else None,
        }

    def picture(self) -> str:
        """Both gradients and their difference as HTML; empty where there is nothing to draw."""
        if self.analytic is None or self.numeric is None or not self.analytic.size:
            return ""
        return heatmap(self.name, self.analytic, self.numeric)

    def explanation(self) -> str:
        """The worst entry, with both values."""
        assert self.worst
        return (
            f"{self.name} is wrong in {self.wrong} of "
            f"{self.checked + self.directions - self.kinks} comparisons; the worst is at "
            f"{self.worst.place}: backward returned {self.worst.analytic:.10g}, "
            f"the numeric gradient is {self.worst.numeric:.10g}"
        )


@dataclass(frozen=True)
class GradientReport:
    """The result of a gradient check: true if everything is correct.

    Attributes
    ----------
    name : str
        The name of the layer or net.
    tensors : list of TensorReport
        One for each input with a gradient and for each parameter.
    findings : list of Finding
        Wrong gradients and broken laws, the likeliest cause first.
    notes : list of Finding
        Advice, which does not affect the verdict.
    form : str
        The form of the layer, if `adapt` recognised one.
    """

    name: str
    tolerance: float
    tensors: list[TensorReport] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    form: str = ""

    def __bool__(self) -> bool:
        return not self.findings and all(self.tensors)

    def raise_if_failed(self) -> None:
        """Raise an AssertionError with the whole text unless everything is correct."""
        __tracebackhide__ = True  # pytest shows the test's own line, and the text
        if not self:
            raise AssertionError(str(self))

    def __str__(self) -> str:
        lines = [f"gradient check of {self.name}: {self.verdict}"]
        lines += [f"form: {self.form}"] if self.form else []
        if self.tensors:
            lines += _table([HEADER, *(tensor.row() for tensor in self.tensors)])
        lines += [tensor.explanation() for tensor in self.tensors if not tensor]
        lines += [line for finding in self.findings for line in finding.lines()]
        return printable("\n".join([*lines, *self._advice()]))

    @property
    def verdict(self) -> str:
        """In a word: correct, WRONG for a gradient, or LAW BROKEN where no gradient is wrong."""
        is_wrong = not all(self.tensors) or any(f.kind == "gradient" for f in self.findings)
        return "WRONG" if is_wrong else "LAW BROKEN" if self.findings else "correct"

    def _advice(self) -> list[str]:
        return [f"advice: {note.mistake}: {note.evidence}" for note in self.notes]

    def missed(self) -> str:
        """How likely sampling is to have missed an error in a large tensor; "" if it was not used.

        Examples
        --------
        >>> import numpy as np
        >>> from layers import FullyConnected, gradcheck
        >>> gradcheck(FullyConnected(3, 2, rng=0), np.ones((1, 3))).missed()
        ''
        """
        return "\n".join(t.sampling.sentence(t.name) for t in self.tensors if t.sampling)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        wrong = sorted((t for t in self.tensors if not t), key=lambda tensor: tensor.victim)
        pictures = "".join(tensor.picture() for tensor in wrong[:PICTURES])
        rows = [HEADER, *(tensor.row() for tensor in self.tensors)]
        findings = [finding.lines() for finding in self.findings]
        return page(self.name, self.verdict, rows, findings, pictures, self._advice())

    def to_dict(self) -> dict[str, Any]:
        """Everything that was found, for `json.dumps`.

        Numbers that JSON cannot represent are strings: "nan", "inf", "-inf".

        Examples
        --------
        >>> import numpy as np
        >>> from layers import ReLU, gradcheck
        >>> gradcheck(ReLU(), np.array([-1.0, 2.0])).to_dict()["right"]
        True
        """
        return {
            "name": self.name,
            "form": self.form,
            "right": bool(self),
            "tolerance": self.tolerance,
            "tensors": [tensor.to_dict() for tensor in self.tensors],
            "findings": [finding.to_dict() for finding in self.findings],
            "notes": [note.to_dict() for note in self.notes],
        }


def printable(text: str) -> str:
    """`text` with the characters that the terminal cannot show escaped."""
    encoding = getattr(sys.stdout, "encoding", None)
    if not isinstance(encoding, str):  # such as a StringIO, which takes any character
        return text
    return text.encode(encoding, "backslashreplace").decode(encoding)


def number(value: float) -> float | str:
    """A number that JSON can hold, or its name."""
    return float(value) if math.isfinite(value) else str(float(value))


def _table(rows: list[Row]) -> list[str]:
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(f"{cell:{width}}" for cell, width in zip(row, wide, strict=True)).rstrip()
        for row in rows
    ]
