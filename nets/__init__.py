"""Nets of layers, and what one does with them: training, data, text, saving, pictures."""

import nets.shadowed  # noqa: F401, first of all, because it says what hides `layers`
from nets import datasets, text
from nets.cli.doctor import Diagnosis, doctor
from nets.graph.graph import Graph
from nets.recipes import logistic_regression, mlp, neural_language_model, text_classifier
from nets.sequential import Sequential
from nets.trace import Trace
from nets.training import (
    L1,
    L2,
    DivergenceError,
    EarlyStopping,
    History,
    Training,
    evaluate,
    fit,
    minibatches,
)

__all__ = [
    "L1",
    "L2",
    "Diagnosis",
    "DivergenceError",
    "EarlyStopping",
    "Graph",
    "History",
    "Sequential",
    "Trace",
    "Training",
    "datasets",
    "doctor",
    "evaluate",
    "fit",
    "logistic_regression",
    "minibatches",
    "mlp",
    "neural_language_model",
    "text",
    "text_classifier",
]
