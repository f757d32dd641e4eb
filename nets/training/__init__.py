"""Training: the loop, its curves, its display, and what it does when it fails."""

from nets.training.divergence import DivergenceError
from nets.training.early_stopping import EarlyStopping
from nets.training.evaluate import evaluate
from nets.training.fit import fit
from nets.training.history import History
from nets.training.minibatches import minibatches
from nets.training.regularizers import L1, L2
from nets.training.training import Training

__all__ = [
    "L1",
    "L2",
    "DivergenceError",
    "EarlyStopping",
    "History",
    "Training",
    "evaluate",
    "fit",
    "minibatches",
]
