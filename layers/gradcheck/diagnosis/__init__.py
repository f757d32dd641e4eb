"""What is wrong with a gradient: hypotheses, tested against the numbers."""

from layers.gradcheck.diagnosis.walk import diagnose

__all__ = ["diagnose"]
