"""What `handgrad train` does: check the gradients, train, measure, and write the results."""

from __future__ import annotations

import argparse
import inspect
import itertools
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from layers import Dropout, FullyConnected, ReLU, Sigmoid, SoftmaxCE, Tanh, gradcheck
from nets import datasets, plots
from nets.datasets import Dataset
from nets.loading import load_module
from nets.sequential import Sequential
from nets.training.evaluate import evaluate
from nets.training.fit import fit
from nets.training.history import History
from optimizers import SGD, Adam, AdamW, Optimizer
from optimizers.schedules import Linear

BUNDLED = {
    "digits": datasets.digits,
    "mnist": datasets.mnist,
    "fashion-mnist": datasets.fashion_mnist,
}
ACTIVATIONS = {"relu": (ReLU, "he_uniform"), "tanh": (Tanh, None), "sigmoid": (Sigmoid, None)}
RATES = {"sgd": 0.05, "adam": 0.002, "adamw": 0.002}
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
    own = own_layers(options.layers) if options.layers else {}
    activation = own.get(activation.__name__, activation)
    sizes = [data.x_train.shape[1], *options.hidden]
    rng = np.random.default_rng(options.seed)
    layers: list[Any] = []
    for fan_in, fan_out in itertools.pairwise(sizes):
        layers += [_dense(own, fan_in, fan_out, rng, weight_init), activation()]
        if options.dropout:
            layers.append(own.get("Dropout", Dropout)(options.dropout, rng=rng))
    return Sequential(*layers, _dense(own, sizes[-1], len(data.classes), rng))


def _dense(own: dict[str, Any], fan_in: int, fan_out: int, rng: Any, init: Any = None) -> Any:
    """A fully connected layer: a class of the user's own takes the two sizes, and rng or not."""
    kind = own.get("FullyConnected")
    if kind is None:
        init = init or "xavier_uniform"
        return FullyConnected(fan_in, fan_out, weight_init=init, rng=rng)
    takes_rng = "rng" in inspect.signature(kind).parameters
    return kind(fan_in, fan_out, **({"rng": rng} if takes_rng else {}))


def own_layers(path: Path) -> dict[str, Any]:
    """The classes in a user's file that take the place of layers of the same name here."""
    module = load_module(path)
    names = ("FullyConnected", "Dropout", *(kind.__name__ for kind, _ in ACTIVATIONS.values()))
    found = {name: getattr(module, name) for name in names if hasattr(module, name)}
    if not found:
        raise ValueError(f"{path}: expected a class with one of the names {', '.join(names)}")
    print(f"from {path}: {', '.join(found)}")
    return found


def _optimizer(options: argparse.Namespace, steps: int) -> Optimizer:
    """The optimizer, with a learning rate that falls in a straight line to 0 over the run."""
    rate = Linear(options.learning_rate or RATES[options.optimizer], steps)
    if options.optimizer == "sgd":
        return SGD(rate, momentum=options.momentum)
    return {"adam": Adam, "adamw": AdamW}[options.optimizer](rate)


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
