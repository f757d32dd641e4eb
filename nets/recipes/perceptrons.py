"""Nets of fully connected layers: from one neuron to the multilayer perceptron."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from numpy.typing import DTypeLike

from layers import Dropout, FullyConnected, ReLU
from layers.core.checks import Rng, count, generator, real
from layers.initializers import Initializer
from nets.arguments import fits, items
from nets.recipes.activation import Activation, maker
from nets.recipes.activation import weight_init as init_before
from nets.sequential import Sequential


def logistic_regression(
    in_features: int, out_features: int = 1, *, dtype: DTypeLike | None = None, rng: Rng = None
) -> Sequential:
    """Logistic regression: one fully connected layer, which returns scores.

    The loss turns the scores into probabilities. With one output it is `SigmoidCE`, and this is
    binary regression, a neuron with y = sigmoid(w x + b); with C outputs it is `SoftmaxCE`, and
    this is multinomial regression, y = softmax(x W + b).

    Parameters
    ----------
    in_features : int
        The number of features of an example.
    out_features : int
        The number of classes; or 1 for two classes, with targets 0 and 1 of shape (N, 1).
    dtype : dtype
        The dtype of the parameters; float64 by default.
    rng : None, int or numpy.random.Generator
        Draws the weights.

    Returns
    -------
    Sequential

    Examples
    --------
    >>> logistic_regression(64, 10)
    Sequential(
        FullyConnected(64, 10),
    )

    Notes
    -----
    Source: CSCI 544, lecture 8, "Binary Logistic Regression" and "Multinomial Logistic
    Regression".
    """
    owner = "logistic_regression"
    sizes = count(owner, "in_features", in_features), count(owner, "out_features", out_features)
    fits(owner, sizes)
    return Sequential(FullyConnected(*sizes, dtype=dtype, rng=generator(owner, rng)))


def mlp(
    *sizes: int,
    activation: Activation = ReLU,
    weight_init: str | Initializer | None = None,
    dropout: float = 0.0,
    dtype: DTypeLike | None = None,
    rng: Rng = None,
) -> Sequential:
    """A multilayer perceptron: fully connected layers with an activation between any two.

    It returns scores, for `SoftmaxCE`, `SigmoidCE` or `MSE`.

    Parameters
    ----------
    *sizes : int
        The numbers of features, of units in each hidden layer, and of outputs: at least two.
    activation : class or str
        The activation of the hidden layers: a class such as `ReLU`, its name (relu, leaky_relu,
        elu, gelu, softplus, tanh, hard_tanh, sigmoid, sign), or a callable that makes a layer.
    weight_init : str or callable, optional
        The initializer of all weights. None: He before ReLU and similar activations, Xavier
        elsewhere.
    dropout : float
        The probability of dropping a hidden unit in training.
    dtype : dtype
        The dtype of the parameters; float64 by default.
    rng : None, int or numpy.random.Generator
        Draws the weights and the units to drop.

    Returns
    -------
    Sequential

    Raises
    ------
    ValueError
        If a size is not a positive integer, there are fewer than two, the activation's name is
        unknown, or `dropout` is given without a hidden layer.
    TypeError
        If the activation is neither a name nor a class.

    Examples
    --------
    >>> mlp(784, 128, 10, activation="tanh", dropout=0.2)
    Sequential(
        FullyConnected(784, 128),
        Tanh(),
        Dropout(0.2),
        FullyConnected(128, 10),
    )

    Notes
    -----
    Source: CSE 587, lecture 3, "Beyond two layers: multilayer neural networks"; CSCI 544, lecture
    8, "Two-layer Feedforward Network with Softmax Output".
    """
    return Sequential(
        *perceptron("mlp", sizes, activation, weight_init, dropout, dtype, generator("mlp", rng))
    )


def perceptron(
    owner: str,
    sizes: tuple[int, ...],
    activation: Activation,
    weight_init: str | Initializer | None,
    dropout: float,
    dtype: DTypeLike | None,
    rng: Rng,
) -> list[Any]:
    """The layers of a perceptron, which may be part of a larger net."""
    if len(sizes) < 2:
        is_list = sizes and isinstance(sizes[0], (list, tuple))
        hint = f"; pass them one by one: {owner}(*sizes)" if is_list else ""
        raise ValueError(
            f"{owner}: expected two sizes or more, of the input, the hidden layers and the "
            f"output, got {sizes}{hint}"
        )
    shapes = list(pairwise(count(owner, "each size", size) for size in sizes))
    if dropped(owner, dropout) and len(shapes) == 1:
        raise ValueError(
            f"{owner}: dropout={dropout!r} needs a hidden layer, because it drops hidden units; "
            "add one, or leave dropout out"
        )
    make = maker(activation, owner)
    before = init_before(activation) if weight_init is None else weight_init
    final = "xavier_uniform" if weight_init is None else weight_init
    for shape in shapes:
        fits(owner, shape)
    layers: list[Any] = []
    for shape in shapes[:-1]:
        layers.append(FullyConnected(*shape, weight_init=before, dtype=dtype, rng=rng))
        layers.append(make())
        if dropout:
            layers.append(Dropout(dropout, rng=rng))
    return [*layers, FullyConnected(*shapes[-1], weight_init=final, dtype=dtype, rng=rng)]


def dropped(owner: str, dropout: float) -> float:
    """The probability of dropping a unit, checked."""
    if not 0 <= real(owner, "dropout", dropout) < 1:
        raise ValueError(
            f"{owner}: expected dropout, a probability, from 0 to below 1, got {dropout!r}"
        )
    return dropout


def counts(owner: str, name: str, value: int | Sequence[int]) -> tuple[int, ...]:
    """Positive integers, or one of them."""
    several = isinstance(value, Iterable) and not isinstance(value, (str, Mapping))
    return tuple(count(owner, name, n) for n in (items(owner, name, value) if several else [value]))
