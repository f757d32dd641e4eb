"""Layers with hand-written gradients, and the check of those gradients.

Each layer is a file of its own; `layers.core.base` holds the contract that all of them keep.
"""

from typing import TYPE_CHECKING, Any

from layers.activations.elu import ELU
from layers.activations.gelu import GELU
from layers.activations.hard_tanh import HardTanh
from layers.activations.leaky_relu import LeakyReLU
from layers.activations.relu import ReLU
from layers.activations.sigmoid import Sigmoid
from layers.activations.sign import Sign
from layers.activations.softplus import Softplus
from layers.activations.tanh import Tanh
from layers.attention.multi_head_attention import MultiHeadAttention
from layers.attention.position_embedding import PositionEmbedding
from layers.attention.positional_encoding import PositionalEncoding
from layers.convolution.average_pool2d import AveragePool2D
from layers.convolution.conv2d import Conv2D
from layers.convolution.global_average_pool2d import GlobalAveragePool2D
from layers.convolution.max_pool2d import MaxPool2D
from layers.core.base import Layer
from layers.core.foreign_classes import missing
from layers.core.frozen import Frozen
from layers.core.params import Params
from layers.gates.add import Add
from layers.gates.add_constant import AddConstant
from layers.gates.copy_gate import Copy
from layers.gates.exp import Exp
from layers.gates.log import Log
from layers.gates.max import Max
from layers.gates.multiply import Multiply
from layers.gates.multiply_constant import MultiplyConstant
from layers.gates.reciprocal import Reciprocal
from layers.gates.sin import Sin
from layers.gradcheck import assert_gradients, gradcheck
from layers.initializers import (
    he_normal,
    he_uniform,
    uniform,
    xavier_normal,
    xavier_uniform,
    zeros,
)
from layers.linear.embedding import Embedding
from layers.linear.fully_connected import FullyConnected
from layers.linear.mean_embedding import MeanEmbedding
from layers.losses.binary_ce import BinaryCE
from layers.losses.hinge import Hinge
from layers.losses.mse import MSE
from layers.losses.sigmoid_ce import SigmoidCE
from layers.losses.softmax_ce import SoftmaxCE, softmax
from layers.normalizing.batch_norm import BatchNorm
from layers.normalizing.group_norm import GroupNorm
from layers.normalizing.layer_norm import LayerNorm
from layers.recurrent.gru import GRU
from layers.recurrent.lstm import LSTM
from layers.recurrent.rnn import RNN
from layers.regularizing.dropout import Dropout
from layers.shapes.concat import Concat
from layers.shapes.flatten import Flatten
from layers.shapes.last import Last
from layers.shapes.mean import Mean

__all__ = [
    "ELU",
    "GELU",
    "GRU",
    "LSTM",
    "MSE",
    "RNN",
    "Add",
    "AddConstant",
    "AveragePool2D",
    "BatchNorm",
    "BinaryCE",
    "Concat",
    "Conv2D",
    "Copy",
    "Dropout",
    "Embedding",
    "Exp",
    "Flatten",
    "Frozen",
    "FullyConnected",
    "GlobalAveragePool2D",
    "GroupNorm",
    "HardTanh",
    "Hinge",
    "Last",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "Log",
    "Max",
    "MaxPool2D",
    "Mean",
    "MeanEmbedding",
    "MultiHeadAttention",
    "Multiply",
    "MultiplyConstant",
    "Params",
    "PositionEmbedding",
    "PositionalEncoding",
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

if not TYPE_CHECKING:  # type checkers report such names by themselves

    def __getattr__(name: str) -> Any:
        raise missing(__name__, name)
