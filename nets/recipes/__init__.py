"""The nets of the lectures, each built in one call."""

from nets.recipes.perceptrons import logistic_regression, mlp
from nets.recipes.text_nets import neural_language_model, text_classifier

__all__ = ["logistic_regression", "mlp", "neural_language_model", "text_classifier"]
