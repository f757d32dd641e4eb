"""Layers with hand-written gradients, and the check of those gradients.

Each layer is a file of its own; `layers.base` holds the contract that all of them keep.
"""

from layers.base import Layer
from layers.binary_ce import BinaryCE
from layers.dropout import Dropout
from layers.embedding import Embedding
from layers.flatten import Flatten
from layers.fully_connected import FullyConnected
from layers.gradcheck import assert_gradients, gradcheck
from layers.hinge import Hinge
from layers.initializers import (
    he_normal,
    he_uniform,
    uniform,
    xavier_normal,
    xavier_uniform,
    zeros,
)
from layers.mean import Mean
from layers.mse import MSE
from layers.params import Params
from layers.relu import ReLU
from layers.sigmoid import Sigmoid
from layers.sigmoid_ce import SigmoidCE
from layers.softmax_ce import SoftmaxCE, softmax
from layers.tanh import Tanh

__all__ = [
    "MSE",
    "BinaryCE",
    "Dropout",
    "Embedding",
    "Flatten",
    "FullyConnected",
    "Hinge",
    "Layer",
    "Mean",
    "Params",
    "ReLU",
    "Sigmoid",
    "SigmoidCE",
    "SoftmaxCE",
    "Tanh",
    "assert_gradients",
    "gradcheck",
    "he_normal",
    "he_uniform",
    "softmax",
    "uniform",
    "xavier_normal",
    "xavier_uniform",
    "zeros",
]
