"""Learning rates that change with the clock: callables ``t -> float``, whose first t is 1.

A constant is a number. A function of one's own, such as ``lambda t: 0.1 / t``, is a schedule too;
these have a repr, can be compared and pickled, and refuse what makes no sense. They count steps:
an epoch has ``ceil(examples / batch_size)``.
"""

from optimizers.schedules.annealing import Cosine, Linear
from optimizers.schedules.decay import Exponential, InverseTime, StepDecay
from optimizers.schedules.joined import Then, Warmup

__all__ = ["Cosine", "Exponential", "InverseTime", "Linear", "StepDecay", "Then", "Warmup"]
