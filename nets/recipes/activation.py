"""The activations of hidden layers, by class or by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
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
ACTIVATIONS = {
    **RECTIFIERS,
    "tanh": Tanh,
    "hard_tanh": HardTanh,
    "sigmoid": Sigmoid,
    "sign": Sign,
}


def maker(activation: Activation, owner: str) -> Callable[[], LayerLike]:
    """What makes the activation of a layer, each time a new one.

    Raises
    ------
    ValueError
        For an unknown name.
    TypeError
        For something that is neither a name nor a class, such as a layer that is made already.

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
    known = any(activation is kind for kind in ACTIVATIONS.values())
    return activation if known else partial(_made, activation, owner)


def _made(activation: Callable[[], LayerLike], owner: str) -> LayerLike:
    """A layer from a callable, which may take arguments or make something else."""
    try:
        layer = activation()
    except Exception as error:
        raise TypeError(
            f"{owner}: expected activation to make a layer when it is called without arguments, "
            f"got {activation!r}, which says: {error}"
        ) from error
    if not _is_layer(layer):
        raise TypeError(
            f"{owner}: expected activation to make a layer, got {activation!r}, which makes "
            f"{layer!r}"
        )
    return layer


def _is_layer(value: Any) -> bool:
    return not isinstance(value, type) and hasattr(value, "forward") and hasattr(value, "backward")


def weight_init(activation: Activation) -> str:
    """How the weights before an activation start: a rectifier wants larger ones."""
    rectifies = activation in (*RECTIFIERS, *RECTIFIERS.values())
    return "he_uniform" if rectifies else "xavier_uniform"
