"""What each task of `handgrad train` can be asked for, under the names of the options."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar


@dataclass(frozen=True)
class NumbersOptions:
    """Options of all tasks, and the only ones of the task on numbers.

    Raises
    ------
    ValueError
        If `data` is neither the name of bundled data for the task nor that of a file.
    """

    task: ClassVar[str] = "numbers"
    bundled: ClassVar[tuple[str, ...]] = ("digits", "mnist", "fashion-mnist")

    data: str = "digits"
    hidden: tuple[int, ...] | None = None
    activation: str = "relu"
    dropout: float = 0.0
    seed: int = 0

    @property
    def is_own_file(self) -> bool:
        """Whether `data` is a file or folder of the user."""
        return self.data not in self.bundled

    def __post_init__(self) -> None:
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
class TextOptions(NumbersOptions):
    """Options of the classification of texts."""

    task: ClassVar[str] = "text"
    bundled: ClassVar[tuple[str, ...]] = ("names",)

    data: str = "names"
    characters: bool = False
    vocabulary: int = 5000
    dim: int | None = None
    vectors: str | None = None
    frozen: bool = False


@dataclass(frozen=True)
class LanguageOptions(TextOptions):
    """Options of the language model."""

    task: ClassVar[str] = "lm"

    activation: str = "tanh"
    context: int | None = None
    temperature: float = 0.8


OPTIONS: tuple[type[NumbersOptions], ...] = (NumbersOptions, TextOptions, LanguageOptions)
