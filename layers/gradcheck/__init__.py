"""The gradient check: `backward` against numbers that only need `forward`."""

from typing import TYPE_CHECKING

from layers.core.loaded_on_use import loaded_on_use
from layers.gradcheck.check import assert_gradients, gradcheck

if TYPE_CHECKING:
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

if not TYPE_CHECKING:
    __getattr__, __dir__ = loaded_on_use(
        __name__,
        {
            "Finding": "layers.gradcheck.report.finding",
            "adapt": "layers.gradcheck.forms.adapt",
            "FunctionPair": "layers.gradcheck.forms.function_pair",
            **dict.fromkeys(("GradientReport", "TensorReport"), "layers.gradcheck.report.report"),
        },
    )
