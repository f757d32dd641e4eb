"""What is checked beside the gradient: inference, large scores, softmax, shapes, precision."""

from layers.gradcheck.probes.run import Noticed, notice

__all__ = ["Noticed", "notice"]
