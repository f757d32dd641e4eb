"""`handgrad train`: check the gradients, train, measure, and write the results."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from layers import SoftmaxCE, gradcheck
from nets import plots
from nets.cli.run_folder import fresh_folder, write_json
from nets.cli.tasks import TASKS, NumbersOptions, Task
from nets.cli.user_code import with_own_layers
from nets.interop.atomic import atomic_write
from nets.sequential import Sequential
from nets.training.fit import fit
from nets.training.history import History
from optimizers import SGD, Adadelta, Adafactor, Adagrad, Adam, AdamW, Optimizer, RMSProp
from optimizers.schedules import Linear

RULES: dict[str, tuple[Any, float]] = {  # each with the learning rate that it starts with
    "sgd": (SGD, 0.05),
    "adagrad": (Adagrad, 0.02),
    "adadelta": (Adadelta, 1.0),
    "rmsprop": (RMSProp, 0.001),
    "adam": (Adam, 0.002),
    "adamw": (AdamW, 0.002),
    "adafactor": (Adafactor, 0.02),
}
MOMENTUM = 0.9  # of sgd
CHECKED = 4  # examples that the gradient check runs on


@dataclass(frozen=True)
class TrainingOptions:
    """How to train, whatever the task, under the names of the command's options.

    Raises
    ------
    ValueError
        If `momentum` is given to an optimizer that has none.
    """

    layers: Path | None = None
    optimizer: str = "adam"
    learning_rate: float | None = None
    momentum: float | None = None
    epochs: int | None = None
    batch_size: int | None = None
    out: Path = Path("handgrad-out")

    def __post_init__(self) -> None:
        if self.momentum is not None and self.optimizer != "sgd":
            raise ValueError(
                f"--momentum belongs to --optimizer sgd, and this is --optimizer {self.optimizer}"
            )


def train(asked: NumbersOptions, options: TrainingOptions) -> int:
    """Run the command; the exit code is 0 if the gradients were right."""
    out = fresh_folder(options.out)  # before the work, if it cannot be made
    task: Task = TASKS[type(asked)](asked)
    if options.layers:
        task.net = with_own_layers(task.net, options.layers, asked.seed)
    x, y = task.x_train, task.y_train
    print(task.net.summary(x.shape[1:]), end="\n\n")
    report = gradcheck(task.net, x[:CHECKED], loss=(SoftmaxCE(), y[:CHECKED]))
    print(report, end="\n\n")
    if not report:
        return 1

    validated = len(task.y_validation)
    net = task.net.astype(np.float32)
    epochs = options.epochs or task.epochs
    batch_size = options.batch_size or task.batch_size
    began = time.perf_counter()
    history = fit(
        net,
        SoftmaxCE(),
        _optimizer(options, steps=epochs * -(-len(x) // batch_size)),
        _single(x),
        y,
        epochs=epochs,
        batch_size=batch_size,
        validation=(_single(task.x_validation), task.y_validation) if validated else None,
        rng=asked.seed,
    )
    seconds = time.perf_counter() - began
    net = task.finish(net)
    sample = task.sample(net)
    print("\n".join(["", *_results(net, task, history, seconds), "", sample]).rstrip(), end="\n\n")
    about = {"task": asked.task, "own_layers": options.layers is not None, **task.about()}
    written: list[str] = []
    try:
        for path in _write(net, task, about, history, sample, out):
            written.append(path.name)
            print(f"wrote {path}")
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"only {', '.join(written)} written to {out}") from None
    return 0


def _single(x: Any) -> Any:
    """Numbers in float32, in which the net is trained; ids as they are."""
    return x.astype(np.float32) if x.dtype.kind == "f" else x


def _optimizer(options: TrainingOptions, steps: int) -> Optimizer:
    """The optimizer, with a learning rate that falls in a straight line to 0 over the run."""
    rule, learning_rate = RULES[options.optimizer]
    momentum = MOMENTUM if options.momentum is None else options.momentum
    rate = Linear(options.learning_rate or learning_rate, steps)
    optimizer: Optimizer = rule(rate, momentum=momentum) if rule is SGD else rule(rate)
    return optimizer


def _results(net: Sequential, task: Task, history: History, seconds: float) -> Iterator[str]:
    speed = len(history) * len(task.y_train) / seconds
    epochs = f"{len(history)} epoch{'s' * (len(history) != 1)}"
    rows = {
        "training": f"{epochs} in {seconds:.1f} s, {speed:,.0f} examples/s",
        "training loss": f"{history.loss[-1]:.4f}",
        **task.results(net),
    }
    wide = max(map(len, rows))
    yield from (f"{name:{wide}} {value}" for name, value in rows.items())


def _write(
    net: Sequential,
    task: Task,
    about: dict[str, Any],
    history: History,
    sample: str,
    out: Path,
) -> Iterator[Path]:
    """Write weights, curves and pictures, and yield each path once it is there."""
    net.save(out / "weights.safetensors")
    yield out / "weights.safetensors"
    yield write_json(out / "run.json", about)
    if task.classes:
        yield write_json(out / "classes.json", task.classes)
    yield from task.write(net, out)
    history.to_csv(out / "history.csv")
    yield out / "history.csv"
    if sample:
        with atomic_write(out / "sample.txt") as file:
            file.write(f"{sample}\n".encode())
        yield out / "sample.txt"
    try:
        plots.save(plots.training_curves(history), out / "curves.png")
        yield out / "curves.png"
        if picture := task.picture(net):
            figure, name = picture
            plots.save(figure, out / name)
            yield out / name
    except ImportError as error:
        print(f"no picture of the curves: {error}")
