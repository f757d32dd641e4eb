"""What `handgrad train` does: check the gradients, train, measure, and write the results."""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from layers import Dropout, FullyConnected, ReLU, Sigmoid, SoftmaxCE, Tanh, gradcheck
from nets import datasets, plots
from nets.datasets import Dataset
from nets.sequential import Sequential
from nets.training.evaluate import evaluate
from nets.training.fit import fit
from nets.training.history import History
from optimizers import SGD, Adadelta, Adafactor, Adagrad, Adam, AdamW, Optimizer, RMSProp
from optimizers.schedules import Linear

BUNDLED = {
    "digits": datasets.digits,
    "mnist": datasets.mnist,
    "fashion-mnist": datasets.fashion_mnist,
}
ACTIVATIONS = {"relu": (ReLU, "he_uniform"), "tanh": (Tanh, None), "sigmoid": (Sigmoid, None)}
RULES: dict[str, tuple[Any, float]] = {  # each with the learning rate that it starts with
    "sgd": (SGD, 0.05),
    "adagrad": (Adagrad, 0.02),
    "adadelta": (Adadelta, 1.0),
    "rmsprop": (RMSProp, 0.001),
    "adam": (Adam, 0.002),
    "adamw": (AdamW, 0.002),
    "adafactor": (Adafactor, 0.02),
}
LARGE = 10_000  # examples, from which on batches are larger and epochs fewer
CHECKED = 4  # examples that the gradient check runs on


def train(options: argparse.Namespace) -> int:
    """Run the command; the exit code is 0 if the gradients were right."""
    options.out.mkdir(parents=True, exist_ok=True)  # before the work, if it cannot be made
    data = load(options.data)
    print(data)
    mean, deviation = _scale(data, own=options.data not in BUNDLED)
    x_train, x_test = ((x - mean) / deviation for x in (data.x_train, data.x_test))
    net = build(data, options)
    print(net.summary(), end="\n\n")
    report = gradcheck(net, x_train[:CHECKED], loss=(SoftmaxCE(), data.y_train[:CHECKED]))
    print(report, end="\n\n")
    if not report:
        return 1

    net = net.astype(np.float32)
    epochs = options.epochs or (10 if len(x_train) >= LARGE else 30)
    batch_size = options.batch_size or (128 if len(x_train) >= LARGE else 32)
    steps = epochs * -(-len(x_train) // batch_size)
    began = time.perf_counter()
    history = fit(
        net,
        SoftmaxCE(),
        _optimizer(options, steps),
        x_train.astype(np.float32),
        data.y_train,
        epochs=epochs,
        batch_size=batch_size,
        validation=(x_test.astype(np.float32), data.y_test),
        rng=options.seed,
    )
    seconds = time.perf_counter() - began
    _fold(net, mean, deviation)
    print("\n".join(["", *_results(net, data, history, seconds)]), end="\n\n")
    for path in _write(options.out, net, data, history):
        print(f"wrote {path}")
    return 0


def load(name: str) -> Dataset:
    """A data set by its name, or from the user's file."""
    return BUNDLED[name]() if name in BUNDLED else datasets.from_file(name)


def build(data: Dataset, options: argparse.Namespace) -> Sequential:
    """A perceptron with the hidden layers that were asked for."""
    activation, weight_init = ACTIVATIONS[options.activation]
    sizes = [data.x_train.shape[1], *options.hidden]
    rng = np.random.default_rng(options.seed)
    layers: list[Any] = []
    for fan_in, fan_out in itertools.pairwise(sizes):
        layers += [
            FullyConnected(fan_in, fan_out, weight_init=weight_init or "xavier_uniform", rng=rng),
            activation(),
        ]
        if options.dropout:
            layers.append(Dropout(options.dropout, rng=rng))
    return Sequential(*layers, FullyConnected(sizes[-1], len(data.classes), rng=rng))


def _optimizer(options: argparse.Namespace, steps: int) -> Optimizer:
    """The optimizer, with a learning rate that falls in a straight line to 0 over the run."""
    rule, learning_rate = RULES[options.optimizer]
    rate = Linear(options.learning_rate or learning_rate, steps)
    optimizer: Optimizer = rule(rate, momentum=options.momentum) if rule is SGD else rule(rate)
    return optimizer


def _scale(data: Dataset, own: bool) -> tuple[Any, Any]:
    """What to subtract and to divide by: pictures come in [0, 1], a user's columns in any unit."""
    if not own:
        return 0.0, 1.0
    deviation = data.x_train.std(axis=0)
    return data.x_train.mean(axis=0), np.where(deviation > 0, deviation, 1.0)


def _fold(net: Sequential, mean: Any, deviation: Any) -> None:
    """Let the first layer do the scaling, so that the saved net takes the data as they are.

    ((x - mean) / deviation) W + b = x (W / deviation) + (b - (mean / deviation) W)
    """
    if np.ndim(mean):
        W, b = net.params["0.W"], net.params["0.b"]
        net.params["0.b"] = b - (mean / deviation) @ W
        net.params["0.W"] = W / deviation[:, None]


def _results(net: Sequential, data: Dataset, history: History, seconds: float) -> Iterator[str]:
    loss, accuracy = evaluate(net, SoftmaxCE(), data.x_test, data.y_test)
    right = round((accuracy or 0.0) * len(data.y_test))
    speed = len(history) * len(data.y_train) / seconds
    rows = {
        "training": f"{len(history)} epochs in {seconds:.1f} s, {speed:,.0f} examples/s",
        "training loss": f"{history.loss[-1]:.4f}",
        "test loss": f"{loss:.4f}",
        "test accuracy": f"{100 * (accuracy or 0.0):.2f} %, {right} of {len(data.y_test)}",
    }
    yield from (f"{name:14} {value}" for name, value in rows.items())


def _write(out: Path, net: Sequential, data: Dataset, history: History) -> Iterator[Path]:
    """Write weights, curves and pictures, and yield each path once it is there."""
    net.save(out / "weights.safetensors")
    yield out / "weights.safetensors"
    history.to_csv(out / "history.csv")
    yield out / "history.csv"
    try:
        plots.save(plots.training_curves(history), out / "curves.png")
        yield out / "curves.png"
        if data.image_shape:
            plots.save(_sample(net, data, data.image_shape), out / "test-images.png")
            yield out / "test-images.png"
    except ImportError as error:
        print(f"no picture of the curves: {error}")


def _sample(net: Sequential, data: Dataset, shape: tuple[int, ...]) -> Any:
    """The test images that were read wrong, and then others, each with its label."""
    predictions = net.predict(data.x_test).argmax(axis=1)
    order = np.argsort(predictions == data.y_test, kind="stable")[:30]
    names = np.array(data.classes)
    return plots.sample_images(
        data.x_test[order], names[data.y_test[order]], shape, names[predictions[order]]
    )
