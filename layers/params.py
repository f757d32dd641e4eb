"""The dict of a layer's parameters, which writes through instead of rebinding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]


class Params(dict[str, Array]):
    """Parameters by name; assigning to a name copies into the array that is there.

    A parameter is one piece of memory that a layer, the net around it and an optimizer all
    look at. ``params["W"][...] = value`` writes into that memory, and so does
    ``params["W"] = value``, after a check of the shape: no assignment can cut the tie. A dict
    that starts empty takes new names, which is how a layer of your own fills it.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        The parameters, held as they are, not copied.

    Raises
    ------
    KeyError
        On assignment to a name that is not there, and on removing one.
    ValueError
        On assignment of an array of another shape.
    TypeError
        On assignment of something that is not real numbers.

    Examples
    --------
    >>> import numpy as np
    >>> W = np.zeros((2, 2))
    >>> params = Params({"W": W})
    >>> params["W"] = np.eye(2)
    >>> W
    array([[1., 0.],
           [0., 1.]])
    """

    __slots__ = ("_open",)

    def __init__(self, arrays: Mapping[str, Array] | None = None) -> None:
        for name, array in (arrays or {}).items():
            if not isinstance(array, np.ndarray):
                raise TypeError(
                    f"parameter {name!r}: expected a NumPy array, got {type(array).__name__}"
                )
        super().__init__(arrays or {})
        self._open = not arrays

    def __setitem__(self, name: str, value: ArrayLike) -> None:
        if name in self:
            write(self[name], value, name)
        elif self._open:
            super().__setitem__(name, np.asarray(value))
        else:
            raise KeyError(f"there is no parameter {name!r} here, only {_names(self)}")

    def update(self, *others: Any, **named: Any) -> None:
        """Assign several parameters; every shape is checked before the first is written."""
        values = dict(*others, **named)
        for name, value in values.items():
            if name in self:
                checked(self[name], value, name)
        for name, value in values.items():
            self[name] = value

    def replace(self, arrays: Mapping[str, ArrayLike]) -> None:
        """Assign all parameters at once; the names must be those that are here."""
        if arrays.keys() != self.keys():
            raise KeyError(f"expected the parameters {_names(self)}, got {_names(arrays)}")
        self.update(arrays)

    def __ior__(self, other: Any) -> Any:  # type: ignore[misc]  # dict has more overloads
        self.update(other)
        return self

    def _refuse(self, *_: Any) -> NoReturn:
        raise KeyError(f"a layer keeps its parameters ({_names(self)}): none can be removed")

    __delitem__ = _refuse
    pop = _refuse
    popitem = _refuse
    clear = _refuse

    def __reduce__(self) -> tuple[type[Params], tuple[dict[str, Array]]]:
        return type(self), (dict(self),)


def _names(params: Mapping[str, Any]) -> str:
    return ", ".join(map(repr, params)) or "none"


def checked(target: Array, value: ArrayLike, name: str) -> Array:
    """`value` as an array that can be written into `target`, or an exception that says why not."""
    array = np.asarray(value)
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"parameter {name!r}: expected real numbers of shape {target.shape}, "
            f"got {type(value).__name__} of dtype {array.dtype}"
        )
    if array.shape != target.shape:
        raise ValueError(
            f"parameter {name!r}: expected an array of shape {target.shape}, got {array.shape}"
        )
    return array


def write(target: Array, value: ArrayLike, name: str) -> None:
    """Copy `value` into the memory of the parameter `target`."""
    np.copyto(target, checked(target, value, name), casting="same_kind")
