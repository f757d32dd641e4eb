"""What is checked besides the gradient: inference, large scores, softmax, shapes, dtype, layout."""

from layers.gradcheck.probes.all_probes import run_probes

__all__ = ["run_probes"]
