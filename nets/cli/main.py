"""The command `handgrad`."""

from __future__ import annotations

import argparse
import ast
import math
import sys
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from nets.cli import homework as homework
from nets.cli.check_file import check
from nets.cli.environment import doctor
from nets.cli.predict import predict
from nets.cli.sentences import abandon_output, forgiving_output, sentence
from nets.cli.tasks import TASKS
from nets.cli.train import RULES, train
from nets.recipes.activation import ACTIVATIONS
from nets.training import DivergenceError

TRAIN = """\
Check a net's gradients, train it, measure it on the test part of the data, and write weights,
curves and pictures. A tenth of the training part is set aside and measured after every epoch, the
test part once, at the end."""
PREDICT = """\
Use the net of a run on the examples in a file, with or without labels: a table (.csv, .tsv) or an
archive (.npz) of numbers, or a table or lines (.txt) of texts. One line of CSV for each example has
the class and the probability of every class; with labels, the accuracy is said too."""
CHECK = """\
Check the gradients of the layers in a Python file: every class with forward and backward, and
every pair of functions f_forward(x, w, b) -> (out, cache), f_backward(dout, cache) -> (dx, dw, db).
The exit code is 0 if all are right, 1 if one is wrong, 2 if one could not be checked."""

DOCTOR = """\
Say which NumPy, BLAS, kernels and threads are in use, measure float32 products, and say what would
make training faster. Nothing is changed."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 2 for arguments or files that will not do."""
    forgiving_output()
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        code = int(options.run(options))
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except BrokenPipeError:
        abandon_output()
        return 128 + 13  # as a shell reports SIGPIPE
    except DivergenceError as error:
        return _stop(1, str(error))
    except (ValueError, TypeError, OSError, MemoryError) as error:
        return _stop(2, sentence(error))
    except KeyboardInterrupt as stop:
        return _stop(130, f"stopped; {stop if str(stop) else 'nothing was written'}")


def _stop(code: int, reason: str) -> int:
    print(f"handgrad: {reason}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="handgrad", description="Neural-network layers whose gradients are written by hand."
    )
    parser.add_argument("--version", action="version", version=f"handgrad {_version()}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _train_options(commands.add_parser("train", help="train a net", description=TRAIN))
    _predict_options(commands.add_parser("predict", help="use a net", description=PREDICT))
    _check_options(commands.add_parser("check", help="check gradients", description=CHECK))
    _doctor_options(commands.add_parser("doctor", help="what makes it fast", description=DOCTOR))
    homework.build_options(commands.add_parser("assignment", help="make homework"))
    homework.grade_options(
        commands.add_parser("grade", help="grade homework", description=homework.GRADE)
    )
    return parser


def _train_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--task",
        choices=TASKS,
        default="numbers",
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
        type=_sizes,
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
    add("--dropout", type=_share, default=0.0, metavar="P", help="share of units dropped")
    add("--optimizer", choices=RULES, default="adam", help="default: adam")
    add(
        "--learning-rate",
        type=_positive,
        metavar="RATE",
        help="at the start, from where it falls to 0 (default: depends on the optimizer)",
    )
    add("--momentum", type=_share, metavar="M", help="for sgd (default: 0.9)")
    add("--epochs", type=_count, metavar="N", help="default: 30, from 10,000 examples on: 10")
    add("--batch-size", type=_count, metavar="N", help="default: 32, from 10,000 on: 128")
    add("--seed", type=_seed, default=0, metavar="S", help="of all random numbers (default: 0)")
    add(
        "--out",
        type=Path,
        default=Path("handgrad-out"),
        metavar="DIR",
        help="a new or empty folder for the results; of one with an earlier run, a fresh one "
        "beside it (default: handgrad-out)",
    )
    _text_options(parser.add_argument_group("of text and of language models"))
    parser.set_defaults(run=train)


def _text_options(group: Any) -> None:
    add = group.add_argument
    add("--characters", action="store_true", help="characters are the tokens, and not words")
    add("--vocabulary", type=_count, metavar="N", help="how many tokens (default: 5000)")
    add("--context", type=_count, metavar="N", help="of lm: tokens before each (default: 3 or 5)")
    add("--dim", type=_count, metavar="N", help="numbers in a token's vector (default: 64 or 16)")
    add("--vectors", metavar="FILE", help="word vectors to start from, of GloVe or word2vec")
    add("--frozen", action="store_true", help="these vectors stay as they are")
    add(
        "--temperature",
        type=_not_negative,
        metavar="T",
        help="of lm: how bold the sample is; 0 for the likeliest (default: 0.8)",
    )


def _predict_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("run_folder", type=Path, metavar="RUN", help="the folder that handgrad train wrote")
    add("file", type=Path, metavar="FILE", help="the examples")
    add("--layers", type=Path, metavar="FILE.py", help="the file of yours that it trained with")
    add("--out", type=Path, metavar="FILE", help="where to write the table (default: print it)")
    parser.set_defaults(run=predict)


def _check_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("target", metavar="FILE.py[:Class]", help="the file, or one class in it")
    add(
        "--input",
        type=_shape,
        default=(5, 4),
        metavar="5,4",
        help="the shape of the input (default: 5,4)",
    )
    add(
        "--arguments",
        type=_literals,
        metavar="4,3",
        help="for the constructor, as Python would write them",
    )
    add("--json", action="store_true", help="print one JSON document instead of text")
    parser.set_defaults(run=_check)


def _check(options: argparse.Namespace) -> int:
    return check(options.target, options.input, options.arguments, options.json)


def _doctor_options(parser: argparse.ArgumentParser) -> None:
    def run(_: argparse.Namespace) -> int:
        print(doctor())
        return 0

    parser.set_defaults(run=run)


def _reader(wanted: str, read: Callable[[str], Any], fits: Callable[[Any], bool]) -> Any:
    """A converter for argparse, whose error says what was wanted."""

    def convert(text: str) -> Any:
        try:
            value = read(text)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            value = None
        if value is None or not fits(value):
            raise argparse.ArgumentTypeError(f"expected {wanted}, got {text!r}")
        return value

    return convert


def _integers(text: str) -> tuple[int, ...]:
    return () if text == "0" else tuple(int(part) for part in text.split(","))


_count = _reader("a positive integer", int, lambda n: n >= 1)
_seed = _reader("an integer of 0 or more", int, lambda n: n >= 0)
_share = _reader("a number from 0 to below 1", float, lambda p: 0 <= p < 1)
_positive = _reader("a positive number", float, lambda r: 0 < r < math.inf)
_not_negative = _reader("a number of 0 or more", float, lambda r: 0 <= r < math.inf)
_sizes = _reader("positive integers, such as 128,64", _integers, lambda s: all(n >= 1 for n in s))
_shape = _reader(
    "positive integers, such as 5,4",
    lambda text: tuple(int(part) for part in text.split(",")),
    lambda shape: all(n >= 1 for n in shape),
)
_literals = _reader(
    "Python values, such as 4,3", lambda text: ast.literal_eval(f"({text},)"), lambda _: True
)


def _version() -> str:
    try:
        return metadata.version("handgrad")
    except metadata.PackageNotFoundError:
        return "(not installed)"
