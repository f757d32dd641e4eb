"""The options of `handgrad train`: one dataclass for each task."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from nets.cli import argument_types as types
from nets.cli.options import option
from nets.recipes.activation import ACTIVATIONS
from optimizers import SGD, Adadelta, Adafactor, Adagrad, Adam, AdamW, RMSProp

RULES: dict[str, tuple[Any, float]] = {  # each with the learning rate that it starts with
    "sgd": (SGD, 0.05),
    "adagrad": (Adagrad, 0.02),
    "adadelta": (Adadelta, 1.0),
    "rmsprop": (RMSProp, 0.001),
    "adam": (Adam, 0.002),
    "adamw": (AdamW, 0.002),
    "adafactor": (Adafactor, 0.02),
}
DATA = (
    "numbers: digits, mnist, fashion-mnist, cifar10, FILE.npz, FILE.csv or FILE.tsv "
    "(default: digits); "
    "text: names, FILE.csv, FILE.tsv or a folder with a folder of .txt files for each class "
    "(default: names); lm: names or FILE.txt (default: names)"
)
NETS = ("mlp", "conv", "lenet", "resnet")
NET = "a perceptron, or for images a convolutional net, LeNet or a residual net (default: mlp)"
ACTIVATION = "default: relu, of a language model tanh"
LAYERS = "a file of yours: its classes FullyConnected, ReLU, ... take the place of those here"
RATE = "at the start, from where it falls to 0 (default: depends on the optimizer)"
OUT = (
    "a new or empty folder for the results; of one with an earlier run, a fresh one beside it "
    "(default: handgrad-out)"
)


def _count(help: str, default: int | None = None) -> Any:
    return option(help, default, type=types.positive_integer, metavar="N")


@dataclass(frozen=True)
class TrainOptions:
    """Options of all tasks.

    Raises
    ------
    ValueError
        If `data` is neither the name of bundled data for the task nor that of a file, or
        `momentum` is given to an optimizer that has none.
    """

    task: ClassVar[str]
    bundled: ClassVar[tuple[str, ...]]

    data: str = option(DATA, "digits", metavar="DATA")
    hidden: tuple[int, ...] | None = option(
        "units of the hidden layers; 0 for none (default: depends on the task)",
        None,
        type=types.sizes,
        metavar="128,64",
    )
    activation: str = option(ACTIVATION, "relu", choices=ACTIVATIONS)
    layers: Path | None = option(LAYERS, None, type=Path, metavar="FILE.py")
    dropout: float = option(
        "share of units dropped (default: 0)", 0.0, type=types.share, metavar="P"
    )
    optimizer: str = option("default: adam", "adam", choices=RULES)
    learning_rate: float | None = option(RATE, None, type=types.positive_number, metavar="RATE")
    momentum: float | None = option("for sgd (default: 0.9)", None, type=types.share, metavar="M")
    epochs: int | None = _count("default: 30, from 10,000 examples on: 10; of lenet: 5")
    batch_size: int | None = _count("default: 32, from 10,000 examples on: 128; of lenet: 64")
    seed: int = option("of all random numbers (default: 0)", 0, type=types.seed, metavar="S")
    out: Path = option(OUT, Path("handgrad-out"), type=Path, metavar="DIR")

    @property
    def is_own_file(self) -> bool:
        """Whether `data` is a file or folder of the user."""
        return self.data not in self.bundled

    def __post_init__(self) -> None:
        if self.momentum is not None and self.optimizer != "sgd":
            raise ValueError(
                f"--momentum belongs to --optimizer sgd, and this is --optimizer {self.optimizer}"
            )
        if not self.is_own_file or (self.data and Path(self.data).exists()):
            return
        others = [kind.task for kind in OPTIONS if self.data in kind.bundled]
        if others:
            raise ValueError(
                f"--data {self.data}: these data belong to --task {' and --task '.join(others)}"
            )
        raise ValueError(
            f"--data {self.data or repr(self.data)}: there is no such file or folder, and the data "
            f"that come with handgrad for --task {self.task} are: {', '.join(self.bundled)}"
        )


@dataclass(frozen=True)
class NumbersOptions(TrainOptions):
    """Options of the classification of images and tables.

    Raises
    ------
    ValueError
        If an option belongs to another net.
    """

    task: ClassVar[str] = "numbers"
    bundled: ClassVar[tuple[str, ...]] = ("digits", "mnist", "fashion-mnist", "cifar10")

    net: str = option(NET, "mlp", choices=NETS)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.hidden is not None and self.net != "mlp":
            raise ValueError(f"--hidden belongs to --net mlp, and this is --net {self.net}")
        if self.dropout and self.net not in ("mlp", "conv"):
            raise ValueError(
                f"--dropout belongs to --net mlp and --net conv, and this is --net {self.net}"
            )


@dataclass(frozen=True)
class TextOptions(TrainOptions):
    """Options of the classification of texts."""

    task: ClassVar[str] = "text"
    bundled: ClassVar[tuple[str, ...]] = ("names",)

    data: str = option(DATA, "names", metavar="DATA")
    characters: bool = option("characters are the tokens, not words", False)
    vocabulary: int = _count("how many tokens (default: 5000)", 5000)
    dim: int | None = _count("numbers in a token's vector (default: 64 or 16)")
    vectors: str | None = option(
        "word vectors to start from, of GloVe or word2vec", None, metavar="FILE"
    )
    frozen: bool = option("these vectors stay as they are", False)


@dataclass(frozen=True)
class LanguageOptions(TextOptions):
    """Options of the language model."""

    task: ClassVar[str] = "lm"

    activation: str = option(ACTIVATION, "tanh", choices=ACTIVATIONS)
    context: int | None = _count("of lm: tokens before each (default: 3 or 5)")
    temperature: float = option(
        "of lm: how bold the sample is; 0 for the likeliest (default: 0.8)",
        0.8,
        type=types.non_negative_number,
        metavar="T",
    )


OPTIONS: tuple[type[TrainOptions], ...] = (NumbersOptions, TextOptions, LanguageOptions)
