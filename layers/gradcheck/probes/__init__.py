"""What is checked besides the gradient: inference, large scores, softmax, shapes, dtype, layout."""

from layers.gradcheck.probes.all_probes import FindingsAndNotes, run_probes

__all__ = ["FindingsAndNotes", "run_probes"]
