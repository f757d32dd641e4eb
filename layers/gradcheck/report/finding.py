"""A single finding of a gradient check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from layers.gradcheck.report.hints import ADVICE, HINTS, LAWS


@dataclass(frozen=True)
class Finding:
    """A mistake, and the evidence for it.

    Attributes
    ----------
    mistake : str
        A stable name: "missing-batch-mean", "mutates-input", ...
    tensor : str
        The tensor that shows it; empty if it concerns the whole layer.
    evidence : str
        The observation, with numbers.
    confidence : float
        From 0 to 1: the share of the entries that the mistake explains, divided by the number of
        mistakes that would explain them as well. 0 if no known mistake explains them.
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
    def kind(self) -> str:
        """Its class: "gradient" or "law", which fail a check, or "advice", which does not."""
        if self.mistake in ADVICE:
            return "advice"
        return "law" if self.mistake in LAWS else "gradient"

    @property
    def hint(self) -> str:
        """A question that leads to the mistake without giving the answer."""
        return HINTS.get(self.mistake, "")

    def lines(self) -> list[str]:
        """The finding in the text of a report."""
        sure = "" if self.confidence == 1 else f" (confidence {self.confidence:.2f})"
        lines = [f"{self.mistake}{sure}: {self.evidence}"]
        if self.victims:
            lines.append(f"    wrong only because of this: {', '.join(self.victims)}")
        return [*lines, f"    hint: {self.hint}"]

    def to_dict(self) -> dict[str, Any]:
        """The finding in `GradientReport.to_dict`."""
        return {
            "mistake": self.mistake,
            "kind": self.kind,
            "tensor": self.tensor,
            "layer": self.layer,
            "evidence": self.evidence,
            "hint": self.hint,
            "confidence": self.confidence,
            "victims": list(self.victims),
        }
