"""`handgrad predict`: use the net of a run on other data."""

from __future__ import annotations

import csv
import io
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from layers.core.params import Array
from nets.cli.options import argument, option
from nets.cli.run_folder import read_json
from nets.cli.tasks import labelled_text, numbers
from nets.cli.tasks.task import predicted
from nets.cli.tasks.token_task import tokenizer
from nets.cli.user_code import with_own_layers
from nets.datasets.class_labels import same_class
from nets.datasets.new_examples import read_examples, read_texts
from nets.datasets.part import Part
from nets.interop.atomic import atomic_write
from nets.kinds import Sequential
from nets.text import Vocabulary


@dataclass(frozen=True)
class PredictCommand:
    """Use the net of a run on the examples in a file, with or without labels.

    The file is a table (.csv, .tsv) or an archive (.npz) of numbers, or a table or lines (.txt) of
    texts. One line of CSV for each example has the class and the probability of every class; with
    labels, the accuracy is printed too.
    """

    folder: Path = argument("the folder that handgrad train wrote", "RUN", type=Path)
    file: Path = argument("the examples", "FILE", type=Path)
    layers: Path | None = option(
        "the file of yours that it trained with", None, type=Path, metavar="FILE.py"
    )
    out: Path | None = option(
        "where to write the table (default: print it)", None, type=Path, metavar="FILE"
    )

    def run(self) -> int:
        """Print or write one line of CSV for each example; the exit code is 0."""
        if not self.folder.is_dir():
            raise ValueError(
                f"{self.folder}: expected the folder of a run of handgrad train, got none"
            )
        about = read_json(self.folder / "run.json", dict)
        if about.get("task") == "lm":
            raise ValueError(
                f"{self.folder}: expected a run that tells classes apart, got a language model, "
                "which has none; what it writes is in sample.txt"
            )
        classes = _classes(self.folder)
        examples, x, net = self._prepared(about, classes)
        share = _probabilities(net, x, classes, self.folder)
        truth = None if examples.labels is None else _class_ids(examples, classes, self.folder)
        table = _table(share, classes, truth)
        if self.out is None:
            sys.stdout.write(table)
        else:
            with atomic_write(self.out) as file:
                file.write(table.encode())
            print(f"wrote {self.out}")
        if truth is not None:
            correct, n = int((share.argmax(axis=1) == truth).sum()), len(truth)
            # Not into the table, which may be piped to another program.
            to = sys.stderr if self.out is None else sys.stdout
            print(f"accuracy {100 * correct / n:.2f} %, {correct} of {n}", file=to)
        return 0

    def _prepared(
        self, about: dict[str, Any], classes: list[str]
    ) -> tuple[Part, Array, Sequential]:
        """The examples, as the rows that the net takes, and the net."""
        build: Callable[..., Sequential]
        try:
            if about["task"] == "text":
                known = read_json(self.folder / "vocabulary.json", list)
                vocabulary = Vocabulary(known, padding="<pad>")
                examples = read_texts(self.file)
                split = tokenizer(about["characters"])
                x = labelled_text.padded_rows(
                    [split(text) or ["<unk>"] for text in examples.x], vocabulary, about["length"]
                )
                build = partial(labelled_text.build, vocabulary)
            else:
                width = math.prod(about["input_shape"])
                examples = read_examples(self.file, width, about["columns"])
                x = examples.x.astype(np.float32).reshape(-1, *about["input_shape"])
                build = partial(numbers.build, about["input_shape"])
            return examples, x, self._net(about, build, len(classes))
        except (KeyError, TypeError) as error:
            path = self.folder / "run.json"
            raise ValueError(f"{path}: is damaged ({error}); train again") from None

    def _net(
        self, about: dict[str, Any], build: Callable[..., Sequential], classes: int
    ) -> Sequential:
        weights = self.folder / "weights.safetensors"
        if not about["own_layers"]:
            if self.layers:
                raise ValueError(f"--layers: {self.folder} was trained with layers of handgrad")
            loaded: Sequential = Sequential.load(weights)
            return loaded
        if not self.layers:
            raise ValueError(
                f"{self.folder}: was trained with layers of yours; add --layers FILE.py"
            )
        net = with_own_layers(build(classes, **about["net"], rng=0), self.layers, 0)
        net.load_params(weights)
        return net


def _classes(run: Path) -> list[str]:
    classes: list[str] = read_json(run / "classes.json", list)
    if len(classes) < 2 or not all(isinstance(name, str) for name in classes):
        raise ValueError(f"{run / 'classes.json'}: expected the names of two classes or more")
    return classes


def _probabilities(net: Sequential, x: Array, classes: list[str], run: Path) -> Array:
    with np.errstate(over="ignore", invalid="ignore"):  # reported below, with the example
        scores = predicted(net, x)
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


def _class_ids(examples: Part, classes: list[str], run: Path) -> Array:
    """The index of the class of each label."""
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
    for index, row in enumerate(share):
        label = [] if truth is None else [classes[truth[index]]]
        shares = (f"{value:.6f}" for value in row)
        writer.writerow([index + 1, classes[int(row.argmax())], *label, *shares])
    return text.getvalue()
