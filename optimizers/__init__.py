"""Optimizers: each sees a dict of parameters and a dict of gradients, nothing else."""

from optimizers import schedules
from optimizers.adadelta import Adadelta
from optimizers.adafactor import Adafactor
from optimizers.adagrad import Adagrad
from optimizers.adam import Adam
from optimizers.adamw import AdamW
from optimizers.clipping import Clipped, clip_by_norm, clip_by_value
from optimizers.nesterov import look_ahead
from optimizers.optimizer import Optimizer
from optimizers.rmsprop import RMSProp
from optimizers.sgd import SGD

__all__ = [
    "SGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Clipped",
    "Optimizer",
    "RMSProp",
    "clip_by_norm",
    "clip_by_value",
    "look_ahead",
    "schedules",
]
