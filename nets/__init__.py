"""Nets of layers, and tools for them: training, data, text, saving, pictures.

Each name is loaded when it is first used, so that ``import nets`` takes no time.
"""

from typing import TYPE_CHECKING

import nets.shadowed  # noqa: F401, first, because it reports what hides `layers`
from layers.core.loaded_on_use import loaded_on_use

if TYPE_CHECKING:
    from nets import datasets, text
    from nets.cli.doctor import Diagnosis, doctor
    from nets.kinds import Graph, Residual, Sequential
    from nets.recipes import (
        conv_net,
        lenet,
        logistic_regression,
        mlp,
        neural_language_model,
        recurrent_language_model,
        resnet,
        text_classifier,
        transformer,
    )
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
    "Residual",
    "Sequential",
    "Trace",
    "Training",
    "conv_net",
    "datasets",
    "doctor",
    "evaluate",
    "fit",
    "lenet",
    "logistic_regression",
    "minibatches",
    "mlp",
    "neural_language_model",
    "recurrent_language_model",
    "resnet",
    "text",
    "text_classifier",
    "transformer",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = loaded_on_use(
        __name__,
        {
            **dict.fromkeys(("Graph", "Residual", "Sequential"), "nets.kinds"),
            "Trace": "nets.trace",
            **dict.fromkeys(("Diagnosis", "doctor"), "nets.cli.doctor"),
            **dict.fromkeys(
                (
                    *("logistic_regression", "mlp", "neural_language_model", "text_classifier"),
                    *("conv_net", "lenet", "resnet"),
                    *("recurrent_language_model", "transformer"),
                ),
                "nets.recipes",
            ),
            **dict.fromkeys(
                ("L1", "L2", "DivergenceError", "EarlyStopping", "History", "Training"),
                "nets.training",
            ),
            **dict.fromkeys(("evaluate", "fit", "minibatches"), "nets.training"),
        },
    )
