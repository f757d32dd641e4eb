"""Arguments by the names of other libraries."""

import inspect

import numpy as np
import pytest

from layers import FullyConnected, SoftmaxCE
from nets import EarlyStopping, evaluate, fit, minibatches
from optimizers import SGD

X, Y = np.ones((4, 2)), np.zeros(4, int)
PARTS = FullyConnected(2, 3, rng=0), SoftmaxCE(), SGD(0.1), X, Y


def train(**options):
    return fit(*PARTS, epochs=1, progress=False, **options)


@pytest.mark.parametrize(
    ("call", "options", "sentence"),
    [
        (train, {"validation_data": (X, Y)}, r"validation_data; pass validation=\(x, y\)\."),
        (train, {"validation_split": 0.1}, "hold some examples out and pass validation"),
        (train, {"lr": 0.1}, r"lr; the learning rate belongs to the optimizer, such as SGD"),
        (train, {"learning_rate": 0.1}, "the learning rate belongs to the optimizer"),
        (train, {"verbose": 0}, "pass progress=True or progress=False"),
        (train, {"metrics": ["accuracy"]}, "the accuracy is measured anyway"),
        (train, {"transform": abs}, "pass augment=, a function of a batch, such as RandomFlip"),
        (train, {"batchsize": 4}, "batchsize; did you mean batch_size"),
        (train, {"callback": print}, "callback; did you mean callbacks"),
        (train, {"foo": 1}, r"foo. It takes net, loss, .*, rng$"),
        (
            lambda **o: evaluate(*PARTS[:2], X, Y, **o),
            {"verbose": 0},
            "verbose. It takes net, loss, x, y",
        ),
        (lambda **o: minibatches(X, Y, **o), {"seed": 0}, "pass rng=0, for instance"),
        (lambda **o: minibatches(X, Y, **o), {"lr": 0}, "lr. It takes x, y, batch_size"),
        (lambda **o: EarlyStopping(3, **o), {"mode": "min"}, "^EarlyStopping: there is no arg"),
        (lambda **o: EarlyStopping(3, **o), {"delta": 0.1}, "did you mean min_delta"),
    ],
)
def test_an_argument_of_another_name_is_answered_with_the_name_here(call, options, sentence):
    with pytest.raises(TypeError, match=sentence):
        call(**options)


@pytest.mark.parametrize("function", [fit, evaluate, minibatches, EarlyStopping])
def test_the_signature_is_that_of_the_function(function):
    kinds = {parameter.kind for parameter in inspect.signature(function).parameters.values()}
    assert not kinds & {inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL}
