"""Optimizers: each sees a dict of parameters and a dict of gradients, nothing else."""

from optimizers.adam import Adam
from optimizers.adamw import AdamW
from optimizers.base import Optimizer
from optimizers.sgd import SGD

__all__ = ["SGD", "Adam", "AdamW", "Optimizer"]
