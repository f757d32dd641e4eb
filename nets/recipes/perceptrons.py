"""Nets of fully connected layers: from one neuron to the multilayer perceptron."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from numpy.typing import DTypeLike

from layers import Dropout, FullyConnected, ReLU
from layers.core.checks import count, generator, real
from layers.initializers import Initializer
from nets.arguments import fits
from nets.recipes.activation import Activation, maker
from nets.recipes.activation import weight_init as init_before
from nets.sequential import Sequential


def logistic_regression(
    in_features: int, out_features: int = 1, *, dtype: DTypeLike | None = None, rng: Any = None
) -> Sequential:
    """Logistic regression: one fully connected layer, which gives scores.

    The loss after it turns scores into probabilities: with one output it is `SigmoidCE`, and this
    is the binary regression, a neuron with y = sigmoid(w x + b); with C outputs it is `SoftmaxCE`,
    and this is the multinomial one, y = softmax(x W + b).

    Parameters
    ----------
    in_features : int
        How many numbers an example has.
    out_features : int
        1 for two classes, whose targets are 0 and 1 of shape (N, 1), or the number of classes.
    dtype : dtype
        Of the parameters. float64 unless given.
    rng : None, int or numpy.random.Generator
        Where the weights are drawn from.

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
    rng: Any = None,
) -> Sequential:
    """A multilayer perceptron: fully connected layers with an activation between two of them.

    It gives scores, which `SoftmaxCE`, `SigmoidCE` or `MSE` takes.

    Parameters
    ----------
    *sizes : int
        How many numbers an example has, how many units each hidden layer, and how many outputs
        there are: two sizes or more.
    activation : class or str
        Of the hidden layers: a class such as `ReLU`, its name (relu, leaky_relu, elu, gelu,
        softplus, tanh, hard_tanh, sigmoid, sign), or any callable that makes a layer.
    weight_init : str or callable, optional
        How all weights start. None: by He before ReLU and its kin, by Xavier elsewhere.
    dropout : float
        The share of hidden units that are dropped in training.
    dtype : dtype
        Of the parameters. float64 unless given.
    rng : None, int or numpy.random.Generator
        Where the weights and the dropped units are drawn from.

    Returns
    -------
    Sequential

    Raises
    ------
    ValueError
        If a size is not a positive integer, there are fewer than two, the activation's name is
        unknown, or there is no hidden layer whose units `dropout` could drop.
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
    rng: Any,
) -> list[Any]:
    """The layers of a perceptron, for a net that may have others before them."""
    if len(sizes) < 2:
        many = sizes and isinstance(sizes[0], (list, tuple))
        hint = f"; pass them one by one: {owner}(*sizes)" if many else ""
        raise ValueError(
            f"{owner}: expected two sizes or more, of the input, the hidden layers and the "
            f"output, got {sizes}{hint}"
        )
    sizes = tuple(count(owner, "each size", size) for size in sizes)
    _check_dropout(owner, dropout, len(sizes) - 2)
    make = maker(activation, owner)
    before = init_before(activation) if weight_init is None else weight_init
    layers: list[Any] = []
    *hidden, last = pairwise(sizes)
    for shape in (*hidden, last):
        fits(owner, shape)
    for fan_in, fan_out in hidden:
        layers.append(FullyConnected(fan_in, fan_out, weight_init=before, dtype=dtype, rng=rng))
        layers.append(make())
        if dropout:
            layers.append(Dropout(dropout, rng=rng))
    start = "xavier_uniform" if weight_init is None else weight_init
    return [*layers, FullyConnected(*last, weight_init=start, dtype=dtype, rng=rng)]


def _check_dropout(owner: str, dropout: Any, hidden: int) -> None:
    if not 0 <= real(owner, "dropout", dropout) < 1:
        raise ValueError(
            f"{owner}: expected dropout, a probability, from 0 to below 1, got {dropout!r}"
        )
    if dropout and not hidden:
        raise ValueError(
            f"{owner}: expected a hidden layer, because dropout={dropout!r} drops its units, "
            "got none; add one, or leave dropout out"
        )
