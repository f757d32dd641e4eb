"""What layers require of their arguments, and the error messages.

Each function returns the argument as an array that the layer can compute with, and never
changes it. The common case, a valid array, costs a few comparisons.
"""

from __future__ import annotations

import inspect
import math
import sys
from contextlib import suppress
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import ArrayLike

from layers.core.params import COMPUTED, Array, as_array, fitting, native

SEEDS = (
    int,
    np.integer,
    np.random.Generator,
    np.random.RandomState,
    np.random.BitGenerator,
    np.random.SeedSequence,
)
Rng = int | np.integer[Any] | np.random.Generator | None  # what layers take as `rng`


def label(owner: object) -> str:
    """The name in error messages of a layer of any class, or of a function given by its name."""
    if isinstance(owner, str):
        return owner
    found = getattr(owner, "label", None)  # a user's class may use this name for something else
    return found if isinstance(found, str) else type(owner).__name__


def numbers(owner: object, name: str, value: ArrayLike | None) -> Array:
    """Return `value` as an array of real numbers; refuse strings, objects, complex and masks."""
    if value is None:
        raise TypeError(f"{label(owner)}: expected {name} to be an array of numbers, got None")
    array = value if type(value) is np.ndarray else as_array(label(owner), name, value)
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"{label(owner)}: expected {name} to be an array of real numbers, "
            f"got {type(value).__name__} of dtype {array.dtype}{_remedy(value, array)}"
        )
    return array


def _remedy(value: object, array: Array) -> str:
    if array.dtype != object:
        return ""
    if hasattr(value, "toarray"):
        return "; pass .toarray(), because a sparse matrix is not an array"
    return "; convert it with np.array(..., dtype=float)" if array.ndim else ""


def computed(owner: object, name: str, dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the dtype in which to compute with numbers of `dtype`: float64 for integers.

    float16 is refused, because its sums overflow at 65,504.
    """
    if dtype.kind != "f":
        return np.dtype(np.float64)
    hint = f"; pass {name}.astype(np.float32)"
    return native(f"{label(owner)}: expected {name} in", dtype, hint)


def floating(owner: object, name: str, x: ArrayLike, dtype: np.dtype[Any] | None = None) -> Array:
    """Return `x` as a floating array of `dtype`, or of its own dtype if that is None.

    Integers become float64 if no dtype is given, and float16 is refused.
    """
    if type(x) is np.ndarray and x.dtype in COMPUTED:
        array = x
    else:
        array = numbers(owner, name, x)
        if dtype is None:
            dtype = computed(owner, name, array.dtype)
    return array if dtype is None or array.dtype == dtype else array.astype(dtype)


def upstream(owner: object, dout: ArrayLike, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """Return `dout` in the dtype of the output; it must also have the output's shape."""
    if type(dout) is np.ndarray and dout.dtype == dtype:
        array = dout
    else:
        array = numbers(owner, "dout", dout)
        computed(owner, "dout", array.dtype)
        array = fitting(f"{label(owner)}: expected dout of", array, dtype)
    if array.shape != shape:
        raise ValueError(
            f"{label(owner)}: expected dout of shape {shape}, the shape of the output, "
            f"got {array.shape}"
        )
    return array


def factor(owner: object, dout: ArrayLike, dtype: np.dtype[Any]) -> float:
    """Return `dout` of a loss as a Python float; inf becomes nan, because 0 * inf is undefined."""
    if type(dout) is float and -1e38 < dout < 1e38:  # within the range of every dtype
        return dout
    array = numbers(owner, "dout", dout)
    if array.ndim:
        raise ValueError(
            f"{label(owner)}: expected dout to be a number, because a loss is one, "
            f"got an array of shape {array.shape}"
        )
    fitting(f"{label(owner)}: expected dout of", array, dtype)
    return float(array) if np.isfinite(array) else math.nan


def not_empty(owner: object, name: str, x: Array) -> None:
    """Refuse an empty batch, which has no mean."""
    if not x.size:
        raise ValueError(
            f"{label(owner)}: expected at least one example, got {name} of shape {x.shape}; "
            "the mean of an empty batch is undefined"
        )


def allowed(owner: object, expected: str, x: Array, fits: Array, hint: str = "") -> None:
    """Refuse an array with an entry that is not allowed, and name the first one."""
    if not fits.all():
        place = tuple(int(i) for i in np.argwhere(~fits)[0])
        where = f" at {list(place)}" if place else ""
        raise ValueError(f"{label(owner)}: expected {expected}, got {x[place]}{where}{hint}")


def labels(owner: object, y: ArrayLike, shape: tuple[int, ...], classes: int) -> Array:
    """Return class labels: integers of the given shape, from 0 to `classes` - 1."""
    array = numbers(owner, "labels", y)
    if array.shape == shape and array.dtype.kind in "iu" and all_below(array, classes):
        return array.astype(np.intp, copy=False)  # uint64 plus int64 would give float64
    one = ("an example", "example") if len(shape) == 1 else ("each", "row of scores")
    if array.shape == (*shape, classes) and classes > 1:
        raise ValueError(
            f"{label(owner)}: expected labels of shape {shape}, one integer {one[0]}, got "
            f"{array.shape}, which looks like one-hot rows; pass labels.argmax(axis={len(shape)})"
        )
    if array.shape != shape:
        raise ValueError(
            f"{label(owner)}: expected labels of shape {shape}, one for each {one[1]}, "
            f"got {array.shape}{_as_a_row(array, shape, 'labels')}"
        )
    if array.dtype.kind not in "iu":
        raise TypeError(
            f"{label(owner)}: expected integer labels, got dtype {array.dtype}; "
            "pass labels.astype(int) if they are classes"
        )
    worst = np.argwhere((array < 0) | (array >= classes))[0].tolist()
    raise ValueError(
        f"{label(owner)}: expected labels from 0 to {classes - 1}, because there are "
        f"{classes} classes, got {array[tuple(worst)]} at position "
        f"{worst[0] if len(worst) == 1 else worst}"
    )


def all_below(array: Array, limit: int) -> bool:
    """Whether all integers are in [0, limit)."""
    if not array.size:
        return True
    # argmin and argmax take half the time of min and max.
    return bool(array.item(array.argmin()) >= 0 and array.item(array.argmax()) < limit)


def weights(
    owner: object, sample_weight: ArrayLike, shape: tuple[int, ...], dtype: np.dtype[Any]
) -> Array:
    """Return the weights of examples, or of labels of any shape, scaled to sum to 1."""
    array = floating(owner, "sample_weight", sample_weight, np.result_type(dtype, np.float64))
    if array.shape != shape:
        each = "example" if len(shape) == 1 else "label"
        raise ValueError(
            f"{label(owner)}: expected sample_weight of shape {shape}, one for each {each}, "
            f"got {array.shape}{_as_a_row(array, shape, 'sample_weight')}"
        )
    largest = array.max(initial=0)
    if not (array >= 0).all() or not 0 < largest < np.inf:
        raise ValueError(
            f"{label(owner)}: expected sample_weight to be at least 0, finite and not all 0, "
            f"got values from {array.min()} to {array.max()}"
        )
    parts = array / largest  # their sum cannot overflow
    shares: Array = (parts / parts.sum()).astype(dtype)
    return shares


def counted(weight: object, values: Array) -> Array:
    """Return `values` with 0 in place of those of weight 0, as the losses use them.

    These then affect neither the loss nor its gradient, even if they are nan or infinite.
    """
    if not isinstance(weight, np.ndarray) or weight.all():
        return values
    return np.where(weight == 0, values.dtype.type(0), values)


def _as_a_row(array: Array, shape: tuple[int, ...], name: str) -> str:
    ravelled = array.ndim > 1 and (array.size,) == shape
    return f"; pass np.ravel({name})" if ravelled else ""


def sequences(
    owner: object,
    x: ArrayLike,
    features: int | None = None,
    dtype: np.dtype[Any] | None = None,
    longest: int = sys.maxsize,
) -> Array:
    """Return sequences (N, T, D) of at least one step, and at most `longest`, as floats."""
    array = floating(owner, "x", x, dtype)
    if array.ndim != 3 or features not in (None, array.shape[2]):
        hint = "; one sequence is x[None], and one step is x[:, None]" if array.ndim == 2 else ""
        raise ValueError(
            f"{label(owner)}: expected x of shape (N, T, {features or 'D'}), "
            f"got {array.shape}{hint}"
        )
    if not 1 <= array.shape[1] <= longest:
        most = "" if longest == sys.maxsize else f" and at most {longest}"
        raise ValueError(
            f"{label(owner)}: expected sequences of at least one step{most}, "
            f"got x of shape {array.shape}"
        )
    return array


def lengths(owner: object, value: ArrayLike, n: int, steps: int) -> Array:
    """Return how many steps of each of `n` sequences count: integers from 1 to `steps`."""
    array = numbers(owner, "lengths", value)
    if array.shape != (n,):
        raise ValueError(
            f"{label(owner)}: expected lengths of shape ({n},), one for each sequence, "
            f"got {array.shape}"
        )
    if array.dtype.kind not in "iu":
        raise TypeError(f"{label(owner)}: expected integer lengths, got dtype {array.dtype}")
    fits = (array >= 1) & (array <= steps)
    allowed(owner, f"lengths from 1 to {steps}, the number of steps", array, fits)
    return array.astype(np.intp, copy=False)


def brief(value: object, longest: int = 60) -> str:
    """Describe an argument in a few words: a large array by its shape.

    Examples
    --------
    >>> brief("abc"), brief(np.zeros((5, 4))), brief(np.mean)
    ("'abc'", 'an array of shape (5, 4)', 'mean')
    """
    if isinstance(value, np.ndarray) and value.size > 9:
        return f"an array of shape {value.shape}"
    if isinstance(value, type) or inspect.isroutine(value):
        return str(getattr(value, "__name__", type(value).__name__))
    try:
        text = " ".join(repr(value).split())
    except Exception:  # a repr that raises, or an integer too long to print
        return f"a value of type {type(value).__name__}"
    fits = len(text) <= longest or isinstance(value, int)
    return text if fits else f"{text[: longest - 3]}... ({type(value).__name__})"


def unlike(owner: object, name: str, kind: str, value: object, hint: str = "") -> str:
    """Return the sentence that an argument is not what it should be."""
    return f"{label(owner)}: expected {name} to be {kind}, got {brief(value)}{hint}"


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def count(owner: object, name: str, value: object, other: str = "") -> int:
    """Return a positive integer that fits an index; `other` names what else is allowed."""
    if not _is_whole(value) or not 1 <= value <= sys.maxsize:
        raise ValueError(unlike(owner, name, f"a positive integer{other}", value))
    return int(value)


def whole(owner: object, name: str, value: object) -> int:
    """Return an integer of either sign."""
    if not _is_whole(value):
        raise TypeError(unlike(owner, name, "an integer", value))
    return int(value)


def real(owner: object, name: str, value: object) -> float:
    """Return a finite number."""
    try:
        number = (
            float(value) if _is_whole(value) or isinstance(value, (float, np.floating)) else np.nan
        )
    except OverflowError:  # an int too large for a float
        number = np.nan
    if not np.isfinite(number):
        raise ValueError(unlike(owner, name, "a finite number", value))
    return number


def flag(owner: object, name: str, value: object) -> bool:
    """Return True or False; refuse values that are merely truthy or falsy."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(unlike(owner, name, "True or False", value))
    return bool(value)


def generator(owner: object, rng: object) -> np.random.Generator:
    """Return the generator to use: `rng` itself, or a new one made from a seed or from None."""
    if rng is None or (isinstance(rng, SEEDS) and not isinstance(rng, bool)):
        with suppress(TypeError, ValueError):  # for a negative seed
            return np.random.default_rng(rng)
    seed = "None, a seed (a non-negative integer) or a numpy.random.Generator"
    raise TypeError(unlike(owner, "rng", seed, rng))
