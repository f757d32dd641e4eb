"""The dict of a layer's parameters, which writes through instead of rebinding."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]
MOST = 24  # names listed in a message

# The dtypes that layers compute in, in the machine's byte order, as BLAS requires.
COMPUTED = frozenset(map(np.dtype, (np.float32, np.float64, np.longdouble)))


def as_array(owner: str, name: str, value: object) -> Array:
    """Return `value` as an array of any dtype; refuse a masked one, which would lose its mask."""
    if _is_masked(value):
        raise TypeError(
            f"{owner}: expected {name} without a mask, got a masked array; leave out "
            "what is masked, or pass .filled(number)"
        )
    try:
        return np.asarray(value)
    except Exception as error:  # another library's type may raise anything on conversion
        if isinstance(value, (list, tuple)) and isinstance(error, ValueError):
            raise ValueError(
                f"{owner}: expected {name} to be a rectangular array, got rows of different lengths"
            ) from None
        raise TypeError(
            f"{owner}: expected {name} to be an array of real numbers, "
            f"got {type(value).__name__}, which NumPy cannot read: {error}"
        ) from None


def native(expected: str, dtype: np.dtype[Any], hint: str = "") -> np.dtype[Any]:
    """Return a floating dtype in this machine's byte order; refuse float16."""
    found: np.dtype[Any] = dtype.newbyteorder("=")
    if found not in COMPUTED:
        raise TypeError(
            f"{expected} float32 or float64, got {found}, in which sums overflow at 65,504{hint}"
        )
    return found


def fitting(expected: str, array: Array, dtype: np.dtype[Any]) -> Array:
    """Return the array in another dtype; refuse it if a finite number would become infinite."""
    try:
        with np.errstate(over="raise"):
            return array.astype(dtype, copy=False)
    except FloatingPointError:
        raise ValueError(
            f"{expected} numbers that {dtype} can hold, got {np.abs(array).max():.3g}"
        ) from None


def _is_masked(value: object) -> bool:
    if isinstance(value, (list, tuple)):
        return any(map(_is_masked, value))
    return isinstance(value, np.ma.MaskedArray)


class Params(dict[str, Array]):
    """Parameters by name; assigning to a name copies into the array that is there.

    A parameter is a piece of memory shared by a layer, the net around it and an optimizer.
    ``params["W"][...] = value`` writes into that memory, and so does ``params["W"] = value``,
    after a check of the shape: no assignment breaks the sharing. A dict that starts empty accepts
    new names, which is how a layer of your own fills it.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        The parameters, which are not copied. float16 and masked arrays are refused.
    takes_new : bool
        Whether a dict that starts empty accepts new names.

    Raises
    ------
    KeyError
        On assignment to an unknown name, and on removing a parameter.
    ValueError
        On assignment of an array of another shape.
    TypeError
        On assignment of anything that is not real numbers, or is masked.

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

    def __init__(
        self, arrays: Mapping[str, Array] | None = None, *, takes_new: bool = True
    ) -> None:
        if not isinstance(arrays, Mapping | None):
            raise TypeError(
                f"expected a dict of parameters by name, got {type(arrays).__name__}; "
                "pass {} for a layer without parameters"
            )
        super().__init__(arrays or {})
        for name, array in self.items():
            if not isinstance(array, np.ndarray):
                raise TypeError(
                    f"parameter {name!r}: expected a NumPy array, got {type(array).__name__}"
                )
            # The same memory, without the operators of np.matrix.
            super().__setitem__(name, _held(name, as_array(f"parameter {name!r}", "it", array)))
        self._open = takes_new and not self

    def __setitem__(self, name: str, value: ArrayLike) -> None:
        array = self._checked(name, value)
        if name in self:
            self[name][...] = array
        else:
            super().__setitem__(name, array)

    def __missing__(self, name: str) -> NoReturn:
        raise KeyError(self._unknown(name))

    def update(self, *others: Any, **named: Any) -> None:
        """Assign several parameters; all of them are checked before the first is written."""
        try:
            values = dict(*others, **named)
        except (TypeError, ValueError):
            kinds = ", ".join(type(other).__name__ for other in others)
            raise TypeError(f"expected a dict of arrays by name, got {kinds}") from None
        checked = {name: self._checked(name, value) for name, value in values.items()}
        # Copies, so that a value read from one parameter is not one just written to another.
        here = [self[name] for name in checked if name in self]
        for name, array in checked.items():
            if name in self and any(np.may_share_memory(array, own) for own in here):
                checked[name] = array.copy()
        for name, array in checked.items():
            self[name] = array

    def setdefault(self, name: str, default: Any = None) -> Array:
        """Return a parameter; only a dict that takes new names can get one that is missing."""
        if name not in self:
            self[name] = default
        return self[name]

    def _checked(self, name: str, value: ArrayLike) -> Array:
        """Return the array to write, in the parameter's dtype; raise if it cannot be written."""
        array = as_array(f"parameter {name!r}", "it", value)
        if not isinstance(name, (str, int)):
            raise KeyError(f"expected the name of a parameter, got {type(name).__name__}")
        if name not in self and not self._open:
            raise KeyError(self._unknown(name))
        if array.dtype.kind not in "fiub":
            shape = f" of shape {self[name].shape}" if name in self else ""
            raise TypeError(
                f"parameter {name!r}: expected real numbers{shape}, "
                f"got {type(value).__name__} of dtype {array.dtype}"
            )
        return self._fitting(name, array) if name in self else _held(name, array)

    def _fitting(self, name: str, array: Array) -> Array:
        here = self[name]
        if array.shape != here.shape:
            raise ValueError(
                f"parameter {name!r}: expected an array of shape {here.shape}, got {array.shape}"
            )
        if not np.can_cast(array.dtype, here.dtype, "same_kind"):
            raise TypeError(
                f"parameter {name!r}: expected {here.dtype}, got {array.dtype}, "
                "which would lose what it cannot hold"
            )
        if not here.flags.writeable:
            raise ValueError(
                f"parameter {name!r}: its array is read-only; make the layer with a copy of it"
            )
        return fitting(f"parameter {name!r}: expected", array, here.dtype)

    def _unknown(self, name: object) -> str:
        small = {str(here).lower(): here for here in self}  # w is nearer to W than to b
        near = get_close_matches(str(name).lower(), small, 1)
        hint = f"; did you mean {small[near[0]]!r}?" if near else ""
        only = f", only {_names(self)}" if self else "; this layer has no parameters"
        return f"there is no parameter {name!r} here{only}{hint}"

    def replace(self, arrays: Mapping[str, ArrayLike]) -> None:
        """Assign all parameters at once; the names must be exactly those of the parameters."""
        if not isinstance(arrays, Mapping):
            raise TypeError(
                f"expected a dict with the parameters {_names(self)}, got {type(arrays).__name__}"
            )
        if arrays.keys() != self.keys():
            raise KeyError(f"expected the parameters {_names(self)}, got {_names(arrays)}")
        self.update(arrays)

    def __ior__(self, other: object) -> Any:  # type: ignore[misc]  # dict has more overloads
        self.update(other)
        return self

    def _refuse(self, *_: Any) -> NoReturn:
        raise KeyError(f"the parameters of a layer ({_names(self)}) cannot be removed")

    __delitem__ = _refuse
    pop = _refuse
    popitem = _refuse
    clear = _refuse

    def __reduce__(self) -> tuple[type[Params], tuple[dict[str, Array]]]:
        return type(self), (dict(self),)


def buffers(layer: object) -> Mapping[str, Array]:
    """Return the arrays that are saved, copied and cast with a layer's params, but never trained.

    They are in its attribute ``buffers``: frozen word vectors, for instance. A user's class may use
    that name for something other than a dict.
    """
    found = getattr(layer, "buffers", None)
    return found if isinstance(found, Mapping) else {}


def _held(name: str, array: Array) -> Array:
    """Return a new parameter, which must be an array that layers can compute with."""
    if array.dtype.kind not in "fiub":
        raise TypeError(f"parameter {name!r}: expected real numbers, got dtype {array.dtype}")
    if array.dtype.kind == "f":
        native(f"parameter {name!r}: expected", array.dtype, "; pass .astype(np.float32)")
    return array


def _names(params: Mapping[str, Any]) -> str:
    names = [repr(name) for name, _ in zip(params, range(MOST + 1), strict=False)]
    if len(params) > MOST:
        names[-1] = f"... ({len(params) - MOST} more)"
    return ", ".join(names) or "none"
