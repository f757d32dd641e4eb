"""The gradient check: `backward` against numbers that only need `forward`."""

from layers.gradcheck.check import assert_gradients, gradcheck
from layers.gradcheck.forms.adapt import adapt
from layers.gradcheck.forms.function_pair import FunctionPair
from layers.gradcheck.report.finding import Finding
from layers.gradcheck.report.report import GradientReport, TensorReport

__all__ = [
    "Finding",
    "FunctionPair",
    "GradientReport",
    "TensorReport",
    "adapt",
    "assert_gradients",
    "gradcheck",
]
