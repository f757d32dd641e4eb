"""The options of `handgrad train`, read into a dataclass for the task and one for the training."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from nets.cli import argument_types as types
from nets.cli.tasks import OPTIONS, NumbersOptions
from nets.cli.train import RULES, TrainingOptions, train
from nets.recipes.activation import ACTIVATIONS

DESCRIPTION = """\
Check a net's gradients, train it, measure it on the test part of the data, and write weights,
curves and pictures. A tenth of the training part is set aside and measured after every epoch, the
test part once, at the end."""
TASKS = {kind.task: kind for kind in OPTIONS}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `handgrad train`."""
    add = parser.add_argument
    add(
        "--task",
        choices=TASKS,
        help="classify numbers (images and tables) or text, or a language model (default: numbers)",
    )
    add(
        "--data",
        metavar="DATA",
        help="numbers: digits, mnist, fashion-mnist, FILE.npz, FILE.csv or FILE.tsv (default: "
        "digits); "
        "text: names, FILE.csv, FILE.tsv or a folder with a folder of .txt files for each class "
        "(default: names); lm: names or FILE.txt (default: names)",
    )
    add(
        "--hidden",
        type=types.sizes,
        metavar="128,64",
        help="units of the hidden layers; 0 for none (default: depends on the task)",
    )
    add("--activation", choices=ACTIVATIONS, help="default: relu, of a language model tanh")
    add(
        "--layers",
        type=Path,
        metavar="FILE.py",
        help="a file of yours: its classes FullyConnected, ReLU, ... take the place of those here",
    )
    add("--dropout", type=types.share, metavar="P", help="share of units dropped (default: 0)")
    add("--optimizer", choices=RULES, help="default: adam")
    add(
        "--learning-rate",
        type=types.positive_number,
        metavar="RATE",
        help="at the start, from where it falls to 0 (default: depends on the optimizer)",
    )
    add("--momentum", type=types.share, metavar="M", help="for sgd (default: 0.9)")
    count = types.positive_integer
    add("--epochs", type=count, metavar="N", help="default: 30, from 10,000 examples on: 10")
    add("--batch-size", type=count, metavar="N", help="default: 32, from 10,000 examples on: 128")
    add("--seed", type=types.seed, metavar="S", help="of all random numbers (default: 0)")
    add(
        "--out",
        type=Path,
        metavar="DIR",
        help="a new or empty folder for the results; of one with an earlier run, a fresh one "
        "beside it (default: handgrad-out)",
    )
    _add_text_arguments(parser.add_argument_group("of text and of language models"))
    parser.set_defaults(command=TrainCommand.of)


def _add_text_arguments(group: Any) -> None:
    add, count = group.add_argument, types.positive_integer
    add("--characters", action="store_true", help="characters are the tokens, not words")
    add("--vocabulary", type=count, metavar="N", help="how many tokens (default: 5000)")
    add("--context", type=count, metavar="N", help="of lm: tokens before each (default: 3 or 5)")
    add("--dim", type=count, metavar="N", help="numbers in a token's vector (default: 64 or 16)")
    add("--vectors", metavar="FILE", help="word vectors to start from, of GloVe or word2vec")
    add("--frozen", action="store_true", help="these vectors stay as they are")
    add(
        "--temperature",
        type=types.non_negative_number,
        metavar="T",
        help="of lm: how bold the sample is; 0 for the likeliest (default: 0.8)",
    )


@dataclass(frozen=True)
class TrainCommand:
    """What `handgrad train` was asked for: the options of the task, and those of the training."""

    task: NumbersOptions
    training: TrainingOptions

    @classmethod
    def of(cls, *, task: str = "numbers", **given: Any) -> TrainCommand:
        """Sort the given options.

        Raises
        ------
        ValueError
            If an option belongs to another task or optimizer, or there are no data of the name.
        """
        kind = TASKS[task]
        for name in sorted(given.keys() - _names(TrainingOptions) - _names(kind)):
            tasks = [f"--task {k.task}" for k in OPTIONS if name in _names(k)]
            raise ValueError(
                f"--{name} belongs to {' and '.join(tasks)}, and this is --task {task}"
            )
        own = {name: given.pop(name) for name in _names(kind) & given.keys()}
        return cls(kind(**own), TrainingOptions(**given))

    def run(self) -> int:
        """Train; the exit code is 0 if the gradients were right."""
        return train(self.task, self.training)


def _names(kind: type) -> set[str]:
    return {field.name for field in fields(kind)}
