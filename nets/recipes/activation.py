"""The activations of hidden layers, by class or by name."""

from __future__ import annotations

from collections.abc import Callable

from layers import ELU, GELU, HardTanh, LeakyReLU, ReLU, Sigmoid, Sign, Softplus, Tanh
from layers.base import LayerLike

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
    if not callable(activation):
        raise TypeError(
            f"{owner}: expected activation to be a name or a class such as ReLU, because each "
            f"hidden layer gets its own, got {activation!r}"
        )
    return activation


def weight_init(activation: Activation) -> str:
    """How the weights before an activation start: a rectifier wants larger ones."""
    rectifies = activation in RECTIFIERS or activation in RECTIFIERS.values()
    return "he_uniform" if rectifies else "xavier_uniform"
