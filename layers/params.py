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
        super().__init__(arrays or {})
        for name, array in self.items():
            if not isinstance(array, np.ndarray):
                raise TypeError(
                    f"parameter {name!r}: expected a NumPy array, got {type(array).__name__}"
                )
        self._open = not self

    def __setitem__(self, name: str, value: ArrayLike) -> None:
        self._check(name, value)
        if name in self:
            np.copyto(self[name], value, casting="same_kind")
        else:
            super().__setitem__(name, np.asarray(value))

    def __missing__(self, name: str) -> NoReturn:
        raise KeyError(f"there is no parameter {name!r} here, only {_names(self)}")

    def update(self, *others: Any, **named: Any) -> None:
        """Assign several parameters; everything is checked before the first is written."""
        values = dict(*others, **named)
        for name, value in values.items():
            self._check(name, value)
        for name, value in values.items():
            self[name] = value

    def setdefault(self, name: str, default: Any = None) -> Array:
        """Return a parameter; one that is not there yet can be added to an open dict only."""
        if name not in self:
            self[name] = default
        return self[name]

    def _check(self, name: str, value: ArrayLike) -> None:
        """Refuse what cannot be written, with a sentence that says why."""
        try:
            array = np.asarray(value)
        except ValueError:
            raise ValueError(
                f"parameter {name!r}: expected an array, got rows of different lengths"
            ) from None
        if name not in self and not self._open:
            raise KeyError(f"there is no parameter {name!r} here, only {_names(self)}")
        if array.dtype.kind not in "fiub":
            shape = f" of shape {self[name].shape}" if name in self else ""
            raise TypeError(
                f"parameter {name!r}: expected real numbers{shape}, "
                f"got {type(value).__name__} of dtype {array.dtype}"
            )
        if name not in self:
            return
        if array.shape != self[name].shape:
            raise ValueError(
                f"parameter {name!r}: expected an array of shape {self[name].shape}, "
                f"got {array.shape}"
            )
        if not np.can_cast(array.dtype, self[name].dtype, "same_kind"):
            raise TypeError(
                f"parameter {name!r}: expected {self[name].dtype}, got {array.dtype}, "
                "which would lose what it cannot hold"
            )

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


def buffers(layer: Any) -> Mapping[str, Array]:
    """Arrays that are saved, copied and cast with a layer as its params are, but never trained.

    They stand in its attribute ``buffers``: frozen word vectors, for instance. A class of somebody
    else's may use that name for something other than a dict.
    """
    found = getattr(layer, "buffers", None)
    return found if isinstance(found, Mapping) else {}


def _names(params: Mapping[str, Any]) -> str:
    return ", ".join(map(repr, params)) or "none"
