"""The activation of hidden layers, by class or by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from layers import ELU, GELU, HardTanh, LeakyReLU, ReLU, Sigmoid, Sign, Softplus, Tanh
from layers.core.base import LayerLike

Activation = str | Callable[[], LayerLike]

RECTIFIERS: dict[str, Callable[[], LayerLike]] = {
    "relu": ReLU,
    "leaky_relu": LeakyReLU,
    "elu": ELU,
    "gelu": GELU,
    "softplus": Softplus,
}
SQUASHING = {"tanh": Tanh, "hard_tanh": HardTanh, "sigmoid": Sigmoid, "sign": Sign}
ACTIVATIONS = RECTIFIERS | SQUASHING


def maker(activation: Activation, owner: str) -> Callable[[], LayerLike]:
    """A callable that makes a new activation for each hidden layer.

    Raises
    ------
    ValueError
        If the name is unknown.
    TypeError
        If the activation is neither a name nor a class, such as a layer.

    Examples
    --------
    >>> maker("tanh", "mlp")()
    Tanh()
    >>> maker(lambda: LeakyReLU(0.2), "mlp")()
    LeakyReLU(negative_slope=0.2)
    """
    if isinstance(activation, str):
        if activation not in ACTIVATIONS:
            raise ValueError(
                f"{owner}: expected activation to be one of {', '.join(ACTIVATIONS)}, "
                f"got {activation!r}"
            )
        return ACTIVATIONS[activation]
    if not callable(activation) or _is_layer(activation):
        raise TypeError(
            f"{owner}: expected activation to be a name or a class such as ReLU, because each "
            f"hidden layer gets its own, got {activation!r}"
        )

    def made() -> LayerLike:
        try:
            layer = activation()
        except Exception as error:
            raise TypeError(
                f"{owner}: expected activation to make a layer when called without arguments, but "
                f"{activation!r} raises {type(error).__name__}: {error}"
            ) from error
        if not _is_layer(layer):
            raise TypeError(
                f"{owner}: expected activation to make a layer, but {activation!r} makes {layer!r}"
            )
        return layer

    return made


def _is_layer(value: Any) -> bool:
    return not isinstance(value, type) and hasattr(value, "forward") and hasattr(value, "backward")


def weight_init(activation: Activation) -> str:
    """The initializer of the weights before an activation; rectifiers need larger weights."""
    named = isinstance(activation, str) and activation in RECTIFIERS
    rectifies = named or any(activation is kind for kind in RECTIFIERS.values())
    return "he_uniform" if rectifies else "xavier_uniform"
