"""The nets of the lectures, each built in one call."""

from nets.recipes.image_nets import conv_net, lenet, resnet
from nets.recipes.perceptrons import logistic_regression, mlp
from nets.recipes.sequence_nets import recurrent_language_model, transformer
from nets.recipes.text_nets import neural_language_model, text_classifier

__all__ = [
    "conv_net",
    "lenet",
    "logistic_regression",
    "mlp",
    "neural_language_model",
    "recurrent_language_model",
    "resnet",
    "text_classifier",
    "transformer",
]
