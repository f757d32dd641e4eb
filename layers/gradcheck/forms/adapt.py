"""Turning a layer in any of the forms used in courses into one that follows the contract."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from inspect import isclass, isroutine
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core.checks import label
from layers.core.params import as_array
from layers.gradcheck.forms.argument_roles import CACHES, name_of, names_of, plain
from layers.gradcheck.forms.function_pair import FunctionPair
from layers.gradcheck.forms.loss_and_gradient import LossAndGradient
from layers.gradcheck.forms.named_arguments import NamedArguments, require_arguments
from layers.gradcheck.forms.net_of_functions import NetOfFunctions
from layers.gradcheck.forms.trial import leave_out_unused, recognised
from layers.gradcheck.forms.value_and_slope import ValueAndSlope
from layers.gradcheck.forms.verbs import BACKWARD, FORWARD, SLOPES, VALUES, has_verbs, verb


def adapt(
    layer: object,
    *inputs: ArrayLike,
    backward: Callable[..., Any] | None = None,
    cost: Callable[..., Any] | None = None,
    arguments: Mapping[str, Any] | None = None,
) -> Any:
    """Return a layer, written in any form used in courses, with params, forward and backward.

    The form is recognised automatically. An object with a forward and a backward pass, whatever
    they are called (``forward_pass``, ``backprop``, ...), may return its output or store it in
    ``self.output``, return only dx or store it in ``self.dinputs``, keep its parameters in a dict,
    a list, a method or attributes, and return their gradients or store them in ``self.dW`` or
    ``self.grads``. A backward that takes a learning rate and updates the parameters is checked by
    their change. A loss may have a backward that takes no arguments, or one that takes prediction
    and target again. Functions may be pairs with a cache, a function and its derivative, one
    function that returns a loss and its gradient, or the forward pass, the cost and the backward
    pass of a net.

    Parameters
    ----------
    layer : object or callable
        The object, the forward function, or the function that returns a loss and its gradient.
    *inputs : array_like
        The inputs of the check, with which a copy of the layer is tried.
    backward : callable, optional
        The second function of a pair.
    cost : callable, optional
        The third function of a net, which takes its output and the target. Backward then returns a
        dict of gradients for the dict of weights in `arguments`.
    arguments : mapping of str to object, optional
        Further arguments of functions, by name. Floating arrays are the parameters, also those in a
        dict of weights.

    Returns
    -------
    layer
        An object for `gradcheck`, with the recognised form in ``form``. A layer that already
        follows the contract is returned as it is.

    Raises
    ------
    TypeError
        If the form is not recognised; the message says what is missing.

    Examples
    --------
    >>> import numpy as np
    >>> from layers import gradcheck
    >>> from layers.gradcheck import adapt
    >>> class Scale:
    ...     def __init__(self):
    ...         self.a = np.array([2.0, 3.0])
    ...     def forward(self, x):
    ...         self.x = x
    ...         return self.a * x
    ...     def backward(self, dout):
    ...         self.da = (dout * self.x).sum(axis=0)
    ...         return self.a * dout
    >>> x = np.array([[1.0, -1.0], [0.5, 4.0]])
    >>> layer = adapt(Scale(), x)
    >>> layer.form
    'gradients in da'
    >>> bool(gradcheck(layer, x))
    True
    """
    require_arguments("adapt", arguments)
    for number, value in enumerate(inputs):
        as_array("adapt", f"input {number}", value)
    if isclass(layer):
        raise TypeError(
            f"adapt: expected an object, got the class; make one: {name_of(layer)}(...)"
        )
    if cost is not None:
        return _net(layer, cost, backward, arguments)
    if isroutine(layer):
        return _of_functions(layer, inputs, backward, arguments)
    if has_verbs(layer):
        return recognised(layer, inputs)
    slope, value = verb(layer, SLOPES), verb(layer, VALUES)
    if value and slope:
        return _tried(ValueAndSlope(value, slope, arguments), inputs)
    if loss := verb(layer, ("loss",)):
        return LossAndGradient(loss, arguments)
    raise TypeError(
        f"adapt: expected an object with a forward and a backward pass, got {label(layer)}, "
        f"which has none of {', '.join(FORWARD[:-1])}, or none of {', '.join(BACKWARD)}"
    )


def _net(forward: Any, cost: Any, backward: Any, arguments: Mapping[str, Any] | None) -> Any:
    weights = [value for value in (arguments or {}).values() if isinstance(value, Mapping)]
    if backward is None or len(weights) != 1:
        raise TypeError(
            "adapt: a net with a cost needs backward, and arguments with one dict of weights, "
            'such as {"parameters": parameters}'
        )
    return NetOfFunctions(forward, cost, backward, weights[0])


def _of_functions(
    forward: Any, inputs: Any, backward: Any, arguments: Mapping[str, Any] | None
) -> Any:
    if backward is None:
        return LossAndGradient(forward, arguments)
    pair = FunctionPair(forward, backward, arguments)
    if inputs:
        leave_out_unused(pair, inputs)
    if not inputs or any(plain(name) in CACHES for name in names_of(backward)):
        return pair
    returned = NamedArguments(forward, copy.deepcopy(arguments))(*map(np.array, inputs))
    if isinstance(returned, (tuple, list)):
        return pair
    return _tried(ValueAndSlope(forward, backward, arguments), inputs)


def _tried(layer: ValueAndSlope, inputs: Any) -> ValueAndSlope:
    layer.find_out(inputs)
    return layer
