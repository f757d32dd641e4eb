"""The names that other libraries use for layers, and what they are called here."""

from __future__ import annotations

HERE = {
    **dict.fromkeys(("Dense", "Linear", "Affine", "InnerProduct"), "FullyConnected"),
    **dict.fromkeys(
        ("CrossEntropyLoss", "CrossEntropy", "SoftmaxCrossEntropy", "SoftmaxLoss", "NLLLoss"),
        "SoftmaxCE, from scores and integer labels",
    ),
    **dict.fromkeys(
        ("CategoricalCrossentropy", "SparseCategoricalCrossentropy", "SoftmaxWithLoss"),
        "SoftmaxCE, from scores and integer labels",
    ),
    "Softmax": "SoftmaxCE, softmax and loss in one layer, or the function softmax",
    **dict.fromkeys(("BCEWithLogitsLoss", "SigmoidCrossEntropy"), "SigmoidCE, from scores"),
    **dict.fromkeys(("BCELoss", "BinaryCrossentropy"), "BinaryCE, from probabilities"),
    **dict.fromkeys(("MSELoss", "MeanSquaredError", "L2Loss"), "MSE"),
    **dict.fromkeys(("HingeLoss", "SVM", "MultiMarginLoss"), "Hinge"),
    **dict.fromkeys(("Relu", "RELU"), "ReLU"),
    **dict.fromkeys(("LeakyRelu", "PReLU"), "LeakyReLU"),
    **dict.fromkeys(("Hardtanh", "TanH"), "HardTanh or Tanh"),
    **dict.fromkeys(("Conv2d", "Convolution2D", "SpatialConvolution"), "Conv2D"),
    **dict.fromkeys(("MaxPool2d", "MaxPooling2D"), "MaxPool2D"),
    **dict.fromkeys(("AvgPool2d", "AvgPool2D", "AveragePooling2D"), "AveragePool2D"),
    **dict.fromkeys(("GlobalAveragePooling2D", "GlobalAvgPool2D"), "GlobalAveragePool2D"),
    **dict.fromkeys(("BatchNorm1d", "BatchNorm2d", "BatchNormalization"), "BatchNorm"),
    **dict.fromkeys(("LayerNormalization", "Layernorm"), "LayerNorm"),
    **dict.fromkeys(("GroupNormalization", "Groupnorm"), "GroupNorm"),
    **dict.fromkeys(("SimpleRNN", "VanillaRNN", "Elman"), "RNN"),
    **dict.fromkeys(("LSTMLayer", "Lstm"), "LSTM"),
    **dict.fromkeys(("GRULayer", "Gru"), "GRU"),
    **dict.fromkeys(
        ("RNNCell", "LSTMCell", "GRUCell"),
        "RNN, LSTM or GRU, which take one step, x[:, None], with predict_from(x, *state)",
    ),
    **dict.fromkeys(
        ("MultiheadAttention", "MultiHeadSelfAttention", "SelfAttention", "Attention"),
        "MultiHeadAttention",
    ),
    **dict.fromkeys(("PositionalEmbedding", "LearnedPositionalEncoding"), "PositionEmbedding"),
    **dict.fromkeys(("SinePositionEncoding", "SinusoidalEncoding"), "PositionalEncoding"),
    **dict.fromkeys(("Sequential", "Model", "Module"), "Sequential, from nets"),
}


def missing(package: str, name: str) -> Exception:
    """Return the error for a name that is not in `layers`.

    For another library's name it is an ImportError, because ``from layers import Dense`` would
    replace the message of an AttributeError.

    Examples
    --------
    >>> print(missing("layers", "Dense"))
    layers has no Dense; here it is FullyConnected
    """
    if name in HERE:
        return ImportError(f"{package} has no {name}; here it is {HERE[name]}")
    return AttributeError(f"module {package!r} has no attribute {name!r}")
