"""The gradient check: `backward` against numbers that only need `forward`."""

from layers.gradcheck.checker import assert_gradients, gradcheck
from layers.gradcheck.finding import Finding
from layers.gradcheck.functions import FunctionPair
from layers.gradcheck.report import GradientReport, TensorReport

__all__ = [
    "Finding",
    "FunctionPair",
    "GradientReport",
    "TensorReport",
    "assert_gradients",
    "gradcheck",
]
