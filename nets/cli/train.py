"""What `handgrad train` does: check the gradients, train, measure, and write the results."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from layers import SoftmaxCE, gradcheck
from nets import plots
from nets.cli.json_file import write_json
from nets.cli.run_folder import fresh_folder
from nets.cli.students_layers import with_own_layers
from nets.cli.tasks import TASKS, Task
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


def train(options: argparse.Namespace) -> int:
    """Run the command; the exit code is 0 if the gradients were right."""
    _refuse_options_of_others(options)
    _refuse_options_without_effect(options)
    out = fresh_folder(options.out)  # before the work, if it cannot be made
    task = TASKS[options.task](options)
    if options.layers:
        task.net = with_own_layers(task.net, options.layers, options.seed)
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
        rng=options.seed,
    )
    seconds = time.perf_counter() - began
    net = task.finish(net)
    sample = task.sample(net)
    print("\n".join(["", *_results(net, task, history, seconds), "", sample]).rstrip(), end="\n\n")
    written: list[str] = []
    try:
        for path in _write(net, task, options, history, sample, out):
            written.append(path.name)
            print(f"wrote {path}")
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"only {', '.join(written)} written to {out}") from None
    return 0


def _refuse_options_of_others(options: argparse.Namespace) -> None:
    """Say so where an option would be without effect, because it belongs to another task."""
    for name in sorted({name for task in TASKS.values() for name in task.options}):
        given = getattr(options, name)
        if given is not None and given is not False and name not in TASKS[options.task].options:
            tasks = " and ".join(f"--task {t}" for t, kind in TASKS.items() if name in kind.options)
            raise ValueError(f"--{name} belongs to {tasks}, and this is --task {options.task}")


def _refuse_options_without_effect(options: argparse.Namespace) -> None:
    if options.momentum is not None and options.optimizer != "sgd":
        raise ValueError(
            f"--momentum belongs to --optimizer sgd, and this is --optimizer {options.optimizer}"
        )


def _single(x: Any) -> Any:
    """Numbers in float32, in which the net is trained; ids as they are."""
    return x.astype(np.float32) if x.dtype.kind == "f" else x


def _optimizer(options: argparse.Namespace, steps: int) -> Optimizer:
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
    options: argparse.Namespace,
    history: History,
    sample: str,
    out: Path,
) -> Iterator[Path]:
    """Write weights, curves and pictures, and yield each path once it is there."""
    net.save(out / "weights.safetensors")
    yield out / "weights.safetensors"
    about = {"task": options.task, "own_layers": options.layers is not None, **task.about()}
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
