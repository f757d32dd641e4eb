"""Arguments that make no sense, and ways to spoil a call."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Rng = np.random.Generator


class Call(NamedTuple):
    """A function with its arguments, which are made for this one call."""

    function: Callable[..., Any]
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = {}  # noqa: RUF012, it is never written to

    def __str__(self) -> str:
        from tests.fuzz.judge import short

        given = [short(value, 60) for value in self.args]
        given += [f"{key}={short(value, 60)}" for key, value in self.kwargs.items()]
        name = getattr(self.function, "__qualname__", repr(self.function))
        return f"{name}({', '.join(given)})"


def call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Call:
    """A call to be made later."""
    return Call(function, args, kwargs)


class Thing:
    """An object of a class that no function has heard of."""


# What no argument can mean.
ALIEN: tuple[Callable[[], Any], ...] = (
    Thing,
    lambda: 3j,
    lambda: "senseless",
    lambda: b"bytes",
    lambda: [None],
    lambda: ["a", "b"],
    lambda: np.array("word"),
    lambda: np.array([None, 1.0], object),
    lambda: np.array([1 + 2j]),
    lambda: np.array(["2020-01-01"], "M8[D]"),
    lambda: Thing,
    lambda: slice(3),
)
# What some argument could mean, but most cannot.
ODD: tuple[Callable[[], Any], ...] = (
    lambda: None,
    lambda: ...,
    lambda: "",
    lambda: 0,
    lambda: -1,
    lambda: 3,
    lambda: 2.5,
    lambda: math.nan,
    lambda: math.inf,
    lambda: -math.inf,
    lambda: 1e300,
    lambda: 1e-320,
    lambda: 10**15,
    lambda: 10**30,
    lambda: -(10**400),
    lambda: True,
    lambda: np.float32(0.5),
    lambda: np.float16(0.5),
    lambda: np.True_,
    lambda: np.uint8(3),
    lambda: (),
    lambda: [],
    lambda: {},
    lambda: (1, "a"),
    lambda: {1, 2},
    lambda: [[1, 2], [3]],
    lambda: [[0.5, 1.0]],
    lambda: {"a": 1},
    lambda: {"a": np.ones(2)},
    lambda: np.float64(math.nan),
    lambda: np.zeros(0),
    lambda: np.zeros((0, 3)),
    lambda: np.ones(()),
    lambda: np.ones(2),
    lambda: np.ones((3, 2)),
    lambda: np.ones((2, 2, 2, 2)),
    lambda: np.full((3, 2), math.nan),
    lambda: np.full(2, -1),
    lambda: np.array([True, False]),
    lambda: len,
    lambda: print,
    lambda: np.sin,
    lambda: lambda *_: 3,
    lambda: iter([1, 2]),
)


def frame(array: Any) -> Any:
    """An array as a DataFrame, where pandas is there."""
    try:
        import pandas as pd
    except ImportError:
        return array.tolist()
    return pd.DataFrame(array) if array.ndim == 2 else pd.Series(array.ravel())


# What can be done to an array.
SPOIL: tuple[Callable[[Any], Any], ...] = (
    lambda a: np.ma.masked_array(a, np.arange(a.size).reshape(a.shape) % 2 == 0),
    lambda a: a.astype(np.float16),
    lambda a: a.astype(complex),
    lambda a: a.astype(str),
    lambda a: a.astype(object),
    lambda a: a.astype(bool),
    lambda a: a.tolist(),
    lambda a: list(a) if a.ndim else a,
    frame,
    lambda a: a[None],
    lambda a: a[..., None],
    lambda a: a.ravel()[:1],
    lambda a: a[:0] if a.ndim else a,
    lambda a: a[:-1] if a.ndim else a,
    lambda a: a[..., :-1] if a.ndim else a,
    lambda a: a.T,
    lambda a: np.full(a.shape, math.nan),
    lambda a: np.full(a.shape, math.inf),
    lambda a: -a if a.dtype != bool else a,
    lambda a: a * 1e300,
    lambda a: a + 10**6,
    lambda a: a + 0.5,
    lambda a: np.array([a, a, None], object),
)


def is_number(value: Any) -> bool:
    """Whether this is a number or a flag, which no array and no text can replace."""
    return isinstance(value, (bool, int, float, np.bool_, np.number))


def no_replacement(old: Any, new: Any, made: Callable[..., Any]) -> bool:
    """Whether a value cannot mean anything in the place of another, so that it must be refused."""
    if made in ALIEN or isinstance(new, np.ma.MaskedArray):
        return True
    if isinstance(old, (bool, np.bool_)):
        return not isinstance(new, (bool, np.bool_))
    if not is_number(old):
        return False
    if isinstance(new, float) and math.isnan(new):
        return True
    return isinstance(new, (str, dict, list, tuple)) or np.ndim(new) > 0


def spoiled(good: Call, rng: Rng) -> tuple[Call, str | int | None, bool]:
    """A call with one thing wrong, the argument that it is in, and whether it must be refused."""
    places: list[Any] = [*range(len(good.args)), *good.kwargs]
    way = rng.random()
    if way < 0.03 or not places:
        return good._replace(kwargs={**good.kwargs, "unknown": 1}), None, True
    if way < 0.06 and good.args:
        return good._replace(args=good.args[:-1]), None, False
    if way < 0.1 and len(good.args) > 1:
        i, j = sorted(rng.choice(len(good.args), 2, replace=False).tolist())
        args = list(good.args)
        args[i], args[j] = args[j], args[i]
        return good._replace(args=tuple(args)), None, False
    place = places[int(rng.integers(len(places)))]
    old = good.args[place] if isinstance(place, int) else good.kwargs[place]
    new, must = replacement(old, rng)
    if isinstance(place, int):
        return good._replace(args=(*good.args[:place], new, *good.args[place + 1 :])), place, must
    return good._replace(kwargs={**good.kwargs, place: new}), place, must


def replacement(old: Any, rng: Rng) -> tuple[Any, bool]:
    """Something in the place of an argument, and whether it must be refused."""
    if isinstance(old, np.ndarray) and rng.random() < 0.5:
        made: Callable[..., Any] = SPOIL[int(rng.integers(len(SPOIL)))]
        try:
            new = made(old)
        except (TypeError, ValueError):
            new = None
    elif rng.random() < 0.04:
        made = type
        new = type(old)
    else:
        several = ALIEN if rng.random() < 0.3 else ODD
        made = several[int(rng.integers(len(several)))]
        new = made()
    return new, no_replacement(old, new, made)
