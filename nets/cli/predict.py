"""What `handgrad predict` does: use the net of a run on other data."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from layers.core.params import Array
from nets.cli.json_file import read_json
from nets.cli.students_layers import with_own_layers
from nets.cli.tasks import labelled_text, numbers
from nets.datasets.class_labels import same_class
from nets.datasets.new_examples import Examples, read_examples, read_texts
from nets.interop.atomic import atomic_write
from nets.sequential import Sequential
from nets.text import Vocabulary

BATCH = 1000  # examples at once


def predict(options: argparse.Namespace) -> int:
    """Run the command: print or write one line of CSV for each example."""
    run: Path = options.run_folder
    if not run.is_dir():
        raise ValueError(f"{run}: expected the folder of a run of handgrad train, got none")
    about = read_json(run / "run.json", dict)
    if about.get("task") == "lm":
        raise ValueError(
            f"{run}: expected a run that tells classes apart, got a language model, which has "
            "none; what it writes is in sample.txt"
        )
    classes = _classes(run)
    examples, x, net = _prepared(options, about, classes)
    share = _probabilities(net, x, classes, run)
    truth = None if examples.labels is None else _numbers(examples, classes, run)
    table = _table(share, classes, truth)
    if options.out is None:
        sys.stdout.write(table)
    else:
        with atomic_write(options.out) as file:
            file.write(table.encode())
        print(f"wrote {options.out}")
    if truth is not None:
        right, n = int((share.argmax(axis=1) == truth).sum()), len(truth)
        # Beside the table, which may go on to another program.
        to = sys.stderr if options.out is None else sys.stdout
        print(f"accuracy {100 * right / n:.2f} %, {right} of {n}", file=to)
    return 0


def _classes(run: Path) -> list[str]:
    classes: list[str] = read_json(run / "classes.json", list)
    if len(classes) < 2 or not all(isinstance(name, str) for name in classes):
        raise ValueError(f"{run / 'classes.json'}: expected the names of two classes or more")
    return classes


def _prepared(
    options: argparse.Namespace, about: dict[str, Any], classes: list[str]
) -> tuple[Examples, Array, Sequential]:
    """The examples, as the rows that the net takes, and the net."""
    run: Path = options.run_folder
    build: Callable[..., Sequential]
    try:
        if about["task"] == "text":
            known = read_json(run / "vocabulary.json", list)
            vocabulary = Vocabulary(known, padding="<pad>")
            examples = read_texts(options.file)
            cut_up = labelled_text.tokens_of(about["characters"])
            x = labelled_text.padded_rows(
                [cut_up(text) or ["<unk>"] for text in examples.x], vocabulary, about["length"]
            )
            build = partial(labelled_text.build, vocabulary)
        else:
            examples = read_examples(options.file, about["width"], about["columns"])
            x = examples.x.astype(np.float32)
            build = partial(numbers.build, about["width"])
        return examples, x, _net(options, about, build, len(classes))
    except (KeyError, TypeError) as error:
        raise ValueError(f"{run / 'run.json'}: is damaged ({error}); train again") from None


def _net(
    options: argparse.Namespace,
    about: dict[str, Any],
    build: Callable[..., Sequential],
    classes: int,
) -> Sequential:
    weights = options.run_folder / "weights.safetensors"
    if not about["own_layers"]:
        net: Sequential
        if options.layers:
            raise ValueError(f"--layers: {options.run_folder} was trained with layers of handgrad")
        net = Sequential.load(weights)
        return net
    if not options.layers:
        raise ValueError(
            f"{options.run_folder}: was trained with layers of yours; add --layers FILE.py"
        )
    net = with_own_layers(build(classes, **about["net"], rng=0), options.layers, 0)
    net.load_params(weights)
    return net


def _probabilities(net: Sequential, x: Array, classes: list[str], run: Path) -> Array:
    with np.errstate(over="ignore", invalid="ignore"):  # said below, for the example
        scores = np.concatenate([net.predict(x[i : i + BATCH]) for i in range(0, len(x), BATCH)])
    if scores.shape != (len(x), len(classes)):
        raise ValueError(
            f"{run}: expected a net with a score for each of {len(classes)} classes, got scores "
            f"of shape {scores.shape}; the files do not belong together"
        )
    finite = np.isfinite(scores).all(axis=1)
    if not finite.all():
        raise ValueError(
            f"{run}: the net has no finite score for example {int(finite.argmin()) + 1}; are its "
            "numbers in the unit of those that the net was trained on?"
        )
    likely = np.exp(scores.astype(np.float64) - scores.max(axis=1, keepdims=True))
    share: Array = likely / likely.sum(axis=1, keepdims=True)
    return share


def _numbers(examples: Examples, classes: list[str], run: Path) -> Array:
    """The class of each label."""
    number = {same_class(name): index for index, name in enumerate(classes)}
    for index, label in enumerate(examples.labels or ()):
        if same_class(label) not in number:
            raise ValueError(
                f"{examples.place(index)}: the label {label!r} is not a class of {run}, which "
                f"are {', '.join(classes[:10])}{', ...' * (len(classes) > 10)}; correct it, or "
                "delete the column of labels"
            )
    return np.array([number[same_class(label)] for label in examples.labels or ()])


def _table(share: Array, classes: list[str], truth: Array | None) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    labels = [] if truth is None else ["label"]
    writer.writerow(["example", "prediction", *labels, *(f"p({name})" for name in classes)])
    writer.writerows(_lines(share, classes, truth))
    return text.getvalue()


def _lines(share: Array, classes: list[str], truth: Array | None) -> Iterator[list[Any]]:
    for index, row in enumerate(share):
        label = [] if truth is None else [classes[truth[index]]]
        shares = [f"{value:.6f}" for value in row]
        yield [index + 1, classes[int(row.argmax())], *label, *shares]
