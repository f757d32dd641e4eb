"""Learning rates that change with the clock: callables ``t -> float``, where t starts at 1.

A constant rate is just a number. Any function, such as ``lambda t: 0.1 / t``, is a schedule too;
those here have a repr, can be compared and pickled, and check their arguments. They count steps:
an epoch has ``ceil(examples / batch_size)``.
"""

from optimizers.schedules.annealing import Cosine, Linear
from optimizers.schedules.decay import Exponential, InverseTime, StepDecay
from optimizers.schedules.joined import Then, Warmup

__all__ = ["Cosine", "Exponential", "InverseTime", "Linear", "StepDecay", "Then", "Warmup"]
