"""The contract that every layer keeps: two verbs, `forward` and `backward`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TypeVar

from numpy.typing import DTypeLike

from layers.core.cache import Cached
from layers.core.cast import cast
from layers.core.checks import label
from layers.core.describe import shown
from layers.core.fixed import Fixed, FixedParam, is_ours
from layers.core.notebook import layer_page
from layers.core.params import Array, Params
from layers.core.shared_copy import shared_copy

Grads = dict[str, Array]
T = TypeVar("T")
Self = TypeVar("Self", bound="Layer")


class LayerLike(Protocol):
    """What the rest of the library requires of a layer: any class with these three members."""

    params: Any

    def forward(self, *xs: Any) -> Any:
        """Compute the output, and keep what `backward` needs."""

    def backward(self, dout: Any) -> Any:
        """Return the gradient of the input and a dict of the parameters' gradients."""


class LossLike(Protocol):
    """What training requires of a loss: it takes scores and targets, and returns a number."""

    def forward(self, *xs: Any) -> Any:
        """Compute the loss, and keep what `backward` needs."""

    def backward(self) -> Any:
        """Return the gradient of the scores and a dict of gradients, which is empty."""


class _Constructor:
    """Make help show the arguments of a class's ``__init__`` instead of those of ``__new__``."""

    def __get__(self, layer: Any, owner: type) -> inspect.Signature:
        signature = inspect.signature(owner.__init__)  # type: ignore[misc]  # that of a class
        return signature.replace(parameters=list(signature.parameters.values())[1:])


class _Label:
    """The name of a layer in error messages: its class, whatever else its `label` may hold."""

    def __get__(self, layer: Any, owner: type) -> str:
        return owner.__name__


class Layer:
    """A function with hand-written gradients; subclass it to write one of your own.

    A subclass defines ``forward(x)``, which returns y and keeps on ``self`` what backward needs,
    and ``backward(dout)``, which returns ``(dx, grads)``: the gradient with respect to x, in the
    shape of x, and a fresh dict with one gradient for each entry of ``params``. Parameters, if
    there are any, go into ``self.params``. Nothing else is required.

    A subclass never writes into an array that it was given or has returned, and does not
    accumulate: ``backward`` may be called twice and returns the same gradients. The caller must not
    change x and y before ``backward``, because layers keep the arrays themselves, not copies.

    Attributes
    ----------
    params : dict of str to ndarray
        The parameters, live: see `Params`. ``{}`` for a layer without any.
    buffers : dict of str to ndarray
        The arrays that are not trained, such as running statistics, live too. They are saved,
        copied and cast with the parameters, and only ``forward`` may write into them.

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
    _buffers: Params
    __signature__ = _Constructor()

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Give every layer its dicts, whether or not its class calls ``super().__init__()``."""
        if args or kwargs:  # copying and unpickling pass no arguments
            _require_arguments(cls, args, kwargs)
        layer = super().__new__(cls)
        layer._params, layer._buffers = Params(), Params()
        return layer

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if is_ours(cls) and "__init__" in vars(cls):
            code = cls.__init__.__code__
            for name in code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]:
                if name != "rng" and not hasattr(cls, name):
                    setattr(cls, name, Fixed(name))

    def __init__(self) -> None:
        """Take no arguments, and refuse any, for a class that defines no constructor."""

    def _set_params(self, arrays: Mapping[str, Array]) -> None:
        if self._params:
            self._params.replace(arrays)
        else:
            self._params = self._first("params", arrays)

    def _set_buffers(self, arrays: Mapping[str, Array]) -> None:
        if self._buffers:
            self._buffers.replace(arrays)
        else:
            self._buffers = self._first("buffers", arrays)

    def _first(self, where: str, arrays: Mapping[str, Array]) -> Params:
        found, kind = Params(arrays), type(self)
        for name in found:
            if is_ours(kind) and not hasattr(kind, name):
                setattr(kind, name, FixedParam(name, where))
        return found

    if TYPE_CHECKING:

        @property
        def params(self) -> Params:
            """The parameters, live."""

        @params.setter
        def params(self, arrays: Mapping[str, Array]) -> None: ...

        @property
        def buffers(self) -> Params:
            """The arrays that are not trained, live."""

        @buffers.setter
        def buffers(self, arrays: Mapping[str, Array]) -> None: ...

        @property
        def label(self) -> str:
            """The name of this layer in error messages."""
    else:
        label = _Label()
        # attrgetter, because it runs in C, and every pass reads the parameters
        params = property(attrgetter("_params"), _set_params, doc="The parameters, live.")
        buffers = property(attrgetter("_buffers"), _set_buffers, doc="What is not trained, live.")

    def forward(self, *xs: Any) -> Any:
        """Compute the output in training, and keep what `backward` needs."""
        raise NotImplementedError(f"{type(self).__name__} does not define forward(x)")

    def backward(self, dout: Any) -> Any:
        """Return ``(dx, grads)`` for the gradient `dout` of the output."""
        raise NotImplementedError(f"{type(self).__name__} does not define backward(dout)")

    def __call__(self, *_: Any, **__: Any) -> NoReturn:
        """Raise an error that says which of the two passes to call instead."""
        raise TypeError(
            f"{label(self)}: a layer is not called like a function; call forward(x) in training, "
            "which keeps what backward needs, or predict(x) in inference"
        )

    def predict(self, *xs: Any) -> Any:
        """Compute the output in inference: the same y as `forward`, without caching anything."""
        return shared_copy(self, shares_buffers=is_ours(type(self))).forward(*xs)

    @classmethod
    def param_shapes(cls, *_: Any, **__: Any) -> dict[str, tuple[int, ...]]:
        """Return the shapes of the params and buffers of a layer made with these arguments.

        A layer that has any overrides this method, with the arguments of its constructor; ``load``
        compares the shapes with a file before it makes the layer and allocates their memory.

        Examples
        --------
        >>> from layers import FullyConnected
        >>> FullyConnected.param_shapes(3, 2)
        {'W': (3, 2), 'b': (2,)}
        """
        return {}

    def astype(self: Self, dtype: DTypeLike) -> Self:
        """Return an independent copy of this layer with parameters of the given dtype.

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

    def __getstate__(self) -> dict[str, Any]:
        """Leave what `forward` cached out of copies and pickles: a copy has not been run yet."""
        kind = type(self)
        return {
            name: value
            for name, value in self.__dict__.items()
            if not isinstance(getattr(kind, name, None), Cached)
        }

    def __repr__(self) -> str:
        return shown(self)

    def _repr_html_(self) -> str:
        return layer_page(self)


def _require_arguments(kind: type[Layer], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Refuse arguments that the constructor does not take, and say which ones it does."""
    signature = inspect.signature(kind)
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        bare = [p.replace(annotation=p.empty) for p in signature.parameters.values()]
        takes = inspect.Signature(bare)
        unknown = [
            f"an unknown argument {name}" for name in kwargs if name not in signature.parameters
        ]
        problem = unknown[0] if unknown else error
        hint = "; arrays are for forward" if args and not bare else ""
        raise TypeError(
            f"{kind.__name__}: expected {kind.__name__}{takes}, got {problem}{hint}"
        ) from None


def predict(layer: Any, *xs: Any) -> Any:
    """Run a layer for inference: its `predict`, or else `forward` of a copy."""
    if hasattr(layer, "predict"):
        return layer.predict(*xs)
    return shared_copy(layer, shares_buffers=False).forward(*xs)


def without_dx(layer: Any, dout: Any) -> Any:
    """Run a layer backward where only the gradients of its parameters are needed."""
    if _can_skip_dx(getattr(layer.backward, "__func__", layer.backward)):
        return layer.backward(dout, input_gradient=False)
    return layer.backward(dout)


@lru_cache(maxsize=256)
def _can_skip_dx(backward: Callable[..., Any]) -> bool:
    return "input_gradient" in inspect.signature(backward).parameters
