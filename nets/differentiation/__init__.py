"""Ways to differentiate a function, side by side: what they cost, and how accurate they are.

Every way takes a function that returns a number, and its inputs. It returns the gradient as layers
do: one array for one input, a tuple for several.
"""

from nets.differentiation.comparison import Comparison, Outcome, compare
from nets.differentiation.cost import cost_against_inputs
from nets.differentiation.dual import Dual, forward_mode
from nets.differentiation.finite_differences import (
    centred_difference,
    complex_step,
    forward_difference,
)
from nets.differentiation.pictures import error_against_h, errors_against_h
from nets.differentiation.reverse import number_of, reverse_mode
from nets.differentiation.symbolic import derivatives, symbolic

__all__ = [
    "Comparison",
    "Dual",
    "Outcome",
    "centred_difference",
    "compare",
    "complex_step",
    "cost_against_inputs",
    "derivatives",
    "error_against_h",
    "errors_against_h",
    "forward_difference",
    "forward_mode",
    "number_of",
    "reverse_mode",
    "symbolic",
]
