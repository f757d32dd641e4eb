"""Layers with hand-written gradients, and the check of those gradients.

Each layer is a file of its own; `layers.base` holds the contract that all of them keep.
"""

from layers.add import Add
from layers.add_constant import AddConstant
from layers.base import Layer
from layers.binary_ce import BinaryCE
from layers.concat import Concat
from layers.copy_gate import Copy
from layers.dropout import Dropout
from layers.elu import ELU
from layers.embedding import Embedding
from layers.exp import Exp
from layers.flatten import Flatten
from layers.fully_connected import FullyConnected
from layers.gelu import GELU
from layers.gradcheck import assert_gradients, gradcheck
from layers.hard_tanh import HardTanh
from layers.hinge import Hinge
from layers.initializers import (
    he_normal,
    he_uniform,
    uniform,
    xavier_normal,
    xavier_uniform,
    zeros,
)
from layers.leaky_relu import LeakyReLU
from layers.log import Log
from layers.max import Max
from layers.mean import Mean
from layers.mean_embedding import MeanEmbedding
from layers.mse import MSE
from layers.multiply import Multiply
from layers.multiply_constant import MultiplyConstant
from layers.params import Params
from layers.reciprocal import Reciprocal
from layers.relu import ReLU
from layers.sigmoid import Sigmoid
from layers.sigmoid_ce import SigmoidCE
from layers.sign import Sign
from layers.sin import Sin
from layers.softmax_ce import SoftmaxCE, softmax
from layers.softplus import Softplus
from layers.tanh import Tanh

__all__ = [
    "ELU",
    "GELU",
    "MSE",
    "Add",
    "AddConstant",
    "BinaryCE",
    "Concat",
    "Copy",
    "Dropout",
    "Embedding",
    "Exp",
    "Flatten",
    "FullyConnected",
    "HardTanh",
    "Hinge",
    "Layer",
    "LeakyReLU",
    "Log",
    "Max",
    "Mean",
    "MeanEmbedding",
    "Multiply",
    "MultiplyConstant",
    "Params",
    "ReLU",
    "Reciprocal",
    "Sigmoid",
    "SigmoidCE",
    "Sign",
    "Sin",
    "SoftmaxCE",
    "Softplus",
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
