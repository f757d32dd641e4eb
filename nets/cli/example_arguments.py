"""Inputs, sizes and arrays for an unknown layer, by the names of its arguments.

What kind of input a layer takes is found out by trying. A scene is one kind: a batch in rows or in
columns, images, sequences, or a single example; it gives every argument the shape that fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from layers.gradcheck.forms.argument_roles import PREDICTIONS, TARGETS, plain
from nets.cli.argument_tables import (
    ARRAYS,
    CHANNELS_IN,
    CHANNELS_OUT,
    OPTIONS,
    SIZE_IN,
    SIZE_OUT,
    shapes_of,
    words,
)

MOST = 200  # combinations of arguments that are tried in a scene
OUT = 3  # how many units a layer that asks for a number gets


@dataclass(frozen=True)
class Scene:
    """One kind of input, and the sizes of the arrays that go with it.

    Attributes
    ----------
    name : str
        What messages call it.
    shape : tuple of int
        The shape of x.
    axes : str
        A letter for each axis of x: N examples, D features, C channels, T steps, others space.
    integers : bool
        Whether x holds token ids.
    """

    name: str
    shape: tuple[int, ...]
    axes: str
    integers: bool = False

    def size(self, letter: str) -> int:
        """How long an axis of this letter is."""
        m = OUT
        known = {
            "M": m,
            "Q": 4 * m,
            "R": 3 * m,
            "F": 4,
            "K": 3,
            "V": 6,
            "1": 1,
            "D": 4,
            "C": 1,
            "N": 1,
        }
        known |= dict(zip(self.axes, self.shape, strict=True))
        return known["D"] + m if letter == "P" else known[letter]

    def values(self, name: str) -> tuple[Any, ...]:
        """What an argument of this name may be."""
        if plain(name) in ("mask", "masks"):
            return (np.ones(self.shape[:-1], int),)
        if plain(name) in OPTIONS:
            return OPTIONS[plain(name)]
        return tuple(self.array(letters) for letters in self._fitting(shapes_of(name)))

    def constructed(self, name: str) -> tuple[Any, ...]:
        """What an argument of a constructor may be: a size, before anything else."""
        word = plain(name)
        if len(name) == 1 and name.isupper() and word not in ("d", "m", "h", "n", "v"):
            return self.values(name)
        sizes = {
            **words(SIZE_IN, self.size("D")),
            **words(SIZE_OUT, OUT),
            **words(CHANNELS_IN, self.size("C")),
            **words(CHANNELS_OUT, self.size("F")),
            **words("inputshape xdim inputdims shape inshape", self.shape[1:], self.shape),
            **words("sizes layerdims layers layersizes dims", [self.size("D"), 5, OUT]),
        }
        if "C" in self.axes and word in ("numfeatures", "features", "dim", "nfeatures"):
            return (self.size("C"),)
        return sizes.get(word, ()) or self.values(name)

    def array(self, letters: str) -> Any:
        """An array of random numbers, of the shape that these letters give."""
        shape = tuple(self.size(letter) for letter in letters)
        array = np.random.default_rng(len(letters) + sum(shape)).normal(size=shape)
        return array if letters else float(array)

    def inputs(self, names: Sequence[str], several: bool) -> Iterator[list[Any]]:
        """Inputs to try for the arguments of these names."""
        rng = np.random.default_rng(0)
        kinds = [self._kinds(name, rng, several) for name in names]
        for chosen in product(*kinds):
            yield [np.array(value) for value in chosen]

    def _kinds(self, name: str, rng: np.random.Generator, several: bool) -> list[Any]:
        if plain(name) in ARRAYS and plain(name)[0] in "hacp" and several:
            return [self.array(letters) for letters in self._fitting(ARRAYS[plain(name)])]
        if several and plain(name) in TARGETS:
            return list(self._targets(rng))
        if self.integers:
            return [rng.integers(0, 4, self.shape)]
        x = rng.normal(size=self.shape)
        is_share = several and plain(name) in PREDICTIONS
        return [_shares(x, self.axes.find("D"))] if is_share else [x]

    def _targets(self, rng: np.random.Generator) -> Iterator[Any]:
        """Integer labels, one-hot ones, 0 and 1 for each prediction, and a column of labels."""
        axis = self.axes.find("D")
        if axis < 0:
            yield rng.normal(size=self.shape)
            return
        others = self.shape[:axis] + self.shape[axis + 1 :]
        labels = rng.integers(0, self.shape[axis], others)
        yield labels
        yield np.moveaxis(np.eye(self.shape[axis])[labels], -1, axis)
        yield rng.integers(0, 2, self.shape)
        yield np.moveaxis(np.eye(OUT)[labels % OUT], -1, axis)
        yield labels % OUT
        yield np.expand_dims(labels, axis)

    def _fitting(self, shapes: Sequence[str]) -> Iterator[str]:
        """The shapes whose letters this scene has."""
        images = "C" in self.axes or "K" in self.axes
        for letters in shapes:
            if set(letters) & set("CKF") and not images:
                continue
            yield letters


def _shares(x: Any, axis: int) -> Any:
    p = np.exp(x)
    return p / p.sum(axis=axis if axis >= 0 else None, keepdims=True)


SCENES = (
    Scene("rows", (5, 4), "ND"),
    Scene("columns", (5, 4), "DN"),
    Scene("images, channels first", (2, 3, 6, 6), "NCYX"),
    Scene("images, channels last", (2, 6, 6, 3), "NYXC"),
    Scene("sequences, channels first", (2, 3, 8), "NCX"),
    Scene("sequences", (2, 5, 4), "NTD"),
    Scene("sequences in columns", (4, 2, 5), "DNT"),
    Scene("token ids", (2, 5), "NT", integers=True),
    Scene("one example in a row", (1, 4), "ND"),
    Scene("one example in a column", (4, 1), "DN"),
    Scene("one example", (4,), "D"),
    Scene("one image", (3, 6, 6), "CYX"),
    Scene("one image, channels last", (6, 6, 3), "YXC"),
    Scene("one grey image", (6, 6), "YX"),
)


def scenes(shape: tuple[int, ...] | None, images: bool) -> Iterator[Scene]:
    """The scenes to try; those of a given shape, if there is one, or images first."""
    if shape is None:
        yield from sorted(SCENES, key=lambda scene: images and "X" not in scene.axes)
        return
    same = [scene for scene in SCENES if len(scene.shape) == len(shape)]
    for scene in same or [Scene("input", shape, "NTABYXC"[: len(shape) - 1] + "D")]:
        yield Scene(scene.name, shape, scene.axes, scene.integers)
