"""`handgrad train`: check the gradients, train, measure, and write the results."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from layers import SoftmaxCE, gradcheck
from nets import plots
from nets.cli.options import add_options
from nets.cli.run_folder import fresh_folder, write_json
from nets.cli.tasks import TASKS, Task
from nets.cli.train_options import OPTIONS, RULES, LanguageOptions, NumbersOptions, TrainOptions
from nets.cli.user_code import with_own_layers
from nets.interop.atomic import atomic_write
from nets.sequential import Sequential
from nets.training.fit import fit
from nets.training.history import History
from optimizers import SGD, Optimizer
from optimizers.schedules import Linear

MOMENTUM = 0.9  # of sgd
DESCRIPTION = """\
Check a net's gradients, train it, measure it on the test part of the data, and write weights,
curves and pictures. A tenth of the training part is set aside and measured after every epoch, the
test part once, at the end."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `handgrad train`: those of all tasks, then those of texts."""
    parser.add_argument(
        "--task",
        choices=TASKS,
        help="classify numbers (images and tables) or text, or a language model (default: numbers)",
    )
    shared = [field.name for field in fields(NumbersOptions)]
    add_options(parser, fields(NumbersOptions))
    group = parser.add_argument_group("of text and of language models")
    add_options(group, (field for field in fields(LanguageOptions) if field.name not in shared))
    parser.set_defaults(command=TrainCommand.of)


@dataclass(frozen=True)
class TrainCommand:
    """Check a net's gradients, train it, and measure it on the test part of the data.

    Attributes
    ----------
    options : TrainOptions
        What was asked for: those of the task.
    """

    options: TrainOptions

    @classmethod
    def of(cls, *, task: str = "numbers", **given: Any) -> TrainCommand:
        """The options that were given, as those of the task.

        Raises
        ------
        ValueError
            If an option belongs to another task or optimizer, or there are no data of the name.
        """
        known = {kind.task: {field.name for field in fields(kind)} for kind in OPTIONS}
        for name in sorted(given.keys() - known[task]):
            tasks = [f"--task {other}" for other in known if name in known[other]]
            raise ValueError(
                f"--{name} belongs to {' and '.join(tasks)}, and this is --task {task}"
            )
        return cls(next(kind for kind in OPTIONS if kind.task == task)(**given))

    def run(self) -> int:
        """Train; the exit code is 0 if the gradients were correct."""
        options = self.options
        out = fresh_folder(options.out)  # before the work, if it cannot be made
        task: Task = TASKS[options.task](options)
        x, y = task.x_train, task.y_train
        nets = [task.net] if task.miniature is None else [task.net, task.miniature]
        if options.layers:
            nets = list(with_own_layers(Sequential(*nets), options.layers, options.seed))
        task.net, checked = nets[0], nets[-1]
        print(task.net.summary(x.shape[1:]), end="\n\n")
        if checked is not task.net:
            print("on a small net of these layers, as a check of the whole one takes minutes:")
        few = task.few()
        report = gradcheck(checked, few, loss=(SoftmaxCE(), y[: len(few)]))
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
            augment=task.augment,
            validation=(_single(task.x_validation), task.y_validation) if validated else None,
            rng=options.seed,
        )
        seconds = time.perf_counter() - began
        net = task.finish(net)
        sample = task.sample(net)
        print(
            "\n".join(["", *_results(net, task, history, seconds), "", sample]).rstrip(), end="\n\n"
        )
        about = {"task": options.task, "own_layers": options.layers is not None, **task.about()}
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


def _optimizer(options: TrainOptions, steps: int) -> Optimizer:
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
        for figure, name in task.pictures(net):
            plots.save(figure, out / name)
            yield out / name
    except ImportError as error:
        print(f"no picture of the curves: {error}")
