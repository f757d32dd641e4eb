"""The contract that every layer keeps: two verbs, `forward` and `backward`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, overload

import numpy as np
from numpy.typing import DTypeLike

from layers.casting import cast
from layers.params import Array, Params

Grads = dict[str, Array]
T = TypeVar("T")
Self = TypeVar("Self", bound="Layer")


class LayerLike(Protocol):
    """What the rest of the library asks of a layer: any class with these three will do."""

    params: Any

    def forward(self, *xs: Any) -> Any:
        """Compute the output, and keep what `backward` needs."""

    def backward(self, dout: Any) -> Any:
        """Return the gradient of the input and a dict of the parameters' gradients."""


class Cached(Generic[T]):
    """Declares what `forward` keeps for `backward`; reading it too early raises a sentence."""

    @overload
    def __get__(self, layer: None, owner: type) -> Cached[T]: ...
    @overload
    def __get__(self, layer: object, owner: type) -> T: ...
    # A non-data descriptor: the layer's own attribute, once forward has set it, is found first.
    def __get__(self, layer: Any, owner: type) -> Any:
        """Raise for a layer that has not run forward."""
        if layer is None:
            return self
        raise RuntimeError(
            f"{label(layer)}: backward was called before forward; "
            "call forward(x) first, because backward needs what it keeps"
        )


class Layer:
    """A function with hand-written gradients; subclass it to write one of your own.

    A subclass defines ``forward(x)``, which returns y and keeps on ``self`` what backward needs,
    and ``backward(dout)``, which returns ``(dx, grads)``: the gradient with respect to x, in the
    shape of x, and a fresh dict with one gradient for each entry of ``params``. Parameters, if
    there are any, are put into ``self.params``. Nothing else is asked.

    Writing none of the arrays it was given, and none that it has handed out, is the subclass's
    part. So is not accumulating: each ``backward`` answers for itself, and may be called twice.

    Attributes
    ----------
    params : dict of str to ndarray
        The parameters, live: see `Params`. ``{}`` where there are none.

    Examples
    --------
    >>> import numpy as np
    >>> class Square(Layer):
    ...     def forward(self, x):
    ...         self._x = x
    ...         return x**2
    ...
    ...     def backward(self, dout):
    ...         return 2 * self._x * dout, {}
    >>> square = Square()
    >>> square.forward(np.array([1.0, 3.0]))
    array([1., 9.])
    >>> dx, grads = square.backward(np.array([1.0, 1.0]))
    >>> dx
    array([2., 6.])
    """

    _params: Params

    def __new__(cls, *_: Any, **__: Any) -> Any:
        """Give every layer its params, whether or not its class calls ``super().__init__()``."""
        layer = super().__new__(cls)
        layer._params = Params()
        return layer

    def __init__(self) -> None:
        """Take no arguments, and refuse any, for a class without a constructor of its own."""

    def _set_params(self, arrays: Mapping[str, Array]) -> None:
        if self._params:
            self._params.replace(arrays)
        else:
            self._params = Params(arrays)

    if TYPE_CHECKING:

        @property
        def params(self) -> Params:
            """The parameters, live."""

        @params.setter
        def params(self, arrays: Mapping[str, Array]) -> None: ...
    else:  # attrgetter, because it runs in C, and every pass reads the parameters
        params = property(attrgetter("_params"), _set_params, doc="The parameters, live.")

    def forward(self, *xs: Any) -> Any:
        """Compute the output in training, and keep what `backward` needs."""
        raise NotImplementedError(f"{type(self).__name__} does not define forward(x)")

    def backward(self, dout: Any) -> Any:
        """Return ``(dx, grads)`` for the gradient `dout` of the output."""
        raise NotImplementedError(f"{type(self).__name__} does not define backward(dout)")

    def predict(self, *xs: Any) -> Any:
        """Compute the output in inference: the same y as `forward`, with nothing kept."""
        return self._twin().forward(*xs)

    def astype(self: Self, dtype: DTypeLike) -> Self:
        """A copy of this layer, independent of it, whose parameters have the given dtype.

        Parameters
        ----------
        dtype : dtype
            A floating dtype, such as ``np.float32`` for fast training.

        Examples
        --------
        >>> from layers import FullyConnected
        >>> FullyConnected(3, 2).astype("float32").params["W"].dtype
        dtype('float32')
        """
        return cast(self, dtype)

    @property
    def label(self) -> str:
        """What error messages call this layer."""
        return type(self).__name__

    def _twin(self: Self) -> Self:
        """A second object with the same parameters, on which forward leaves its cache."""
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        return twin

    def __getstate__(self) -> dict[str, Any]:
        """Copies and pickles leave out what `forward` kept: a copy has not been run yet."""
        kind = type(self)
        return {
            name: value
            for name, value in self.__dict__.items()
            if not isinstance(getattr(kind, name, None), Cached)
        }

    def __repr__(self) -> str:
        shown = [
            _shown(value) if by_position else f"{name}={_shown(value)}"
            for name, value, by_position in arguments(self)
        ]
        return f"{type(self).__name__}({', '.join(shown)})"


def arguments(layer: Any) -> Iterator[tuple[str, Any, bool]]:
    """The constructor's arguments that made a layer: name, value, whether given by position.

    An argument's value is the attribute of its name; those at their default, and those that the
    layer does not keep (such as `rng`), are left out.
    """
    # Of __init__, because some versions of Python would look at __new__ first.
    _, *parameters = inspect.signature(type(layer).__init__).parameters.values()
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        required = parameter.default is parameter.empty
        value = getattr(layer, parameter.name, ... if required else parameter.default)
        if isinstance(value, np.dtype):
            value = None if value == np.float64 else value.name
        if required or not _same(value, parameter.default):
            yield parameter.name, value, required and parameter.kind != parameter.KEYWORD_ONLY


def _same(value: Any, default: Any) -> bool:
    if isinstance(value, np.ndarray) or isinstance(default, np.ndarray):
        return value is default
    return bool(value == default)


def _shown(value: Any) -> str:
    return value.__name__ if inspect.isfunction(value) else repr(value)


def label(layer: Any) -> str:
    """What error messages call a layer, whether or not its class derives from `Layer`."""
    return layer.label if isinstance(layer, Layer) else type(layer).__name__


def predict(layer: Any, *xs: Any) -> Any:
    """Run a layer for inference; where it has no `predict`, `forward` stands in."""
    return getattr(layer, "predict", layer.forward)(*xs)
