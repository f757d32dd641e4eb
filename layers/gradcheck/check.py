"""The gradient check itself."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from layers.core.checks import generator, label
from layers.core.params import as_array
from layers.gradcheck.diagnosis import diagnose
from layers.gradcheck.examine import examine
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.flat import flat
from layers.gradcheck.output import wrong_output
from layers.gradcheck.raised import ForwardError, raised
from layers.gradcheck.report.report import GradientReport


def gradcheck(
    layer: Any, *inputs: Any, loss: Any = None, rng: Any = None, tolerance: float = 1e-6
) -> GradientReport:
    """Compare what `backward` says with what moving the inputs of `forward` shows.

    Works on a copy in float64. Every floating input and every parameter is moved, entry by entry
    or, where it is large, at sampled entries and along random directions; the change of the
    output, seen through a random dout, must be what backward predicts. Where the function has a
    kink, no slope exists, and the comparison is set aside. The laws of layers are checked too:
    shapes and keys, arguments untouched, two calls agree, linear in dout; and what shows beside
    the gradient: inference, large scores, a softmax taken twice, precision.

    What is wrong is explained: mistakes that people make are tested against the numbers, and the
    one that fits is named, with the numbers and a hint. In a net, the layers inside are examined
    from the output back, and the first that is wrong is named.

    Parameters
    ----------
    layer : layer
        A layer, a net, a loss, or any object with ``params``, ``forward`` and ``backward``.
    *inputs : array
        What ``forward`` is called with. Integers (labels, token ids) and inputs for which
        ``backward`` returns nothing (a loss's target) are passed through. Numbers of any floating
        dtype, float16 too, are compared in float64, in the memory layout that they are given in.
    loss : tuple, optional
        ``(SoftmaxCE(), labels)`` puts a loss behind a net, instead of a random dout.
    rng : None, int or numpy.random.Generator
        For dout, samples and directions. None stands for the seed 0 here, so that a check that
        passes once passes again.
    tolerance : float
        The largest relative error of a correct gradient, between 0 and 1.

    Returns
    -------
    GradientReport
        True if all is right; prints as a table, with the findings below it.

    Raises
    ------
    TypeError
        If `layer` lacks one of the three, or an input is not an array of real numbers, or has a
        mask.
    ValueError
        If an input or the output holds nan or infinity, where nothing can be compared.

    Examples
    --------
    >>> import numpy as np
    >>> from layers import FullyConnected
    >>> x = np.random.default_rng(0).normal(size=(6, 5))
    >>> report = gradcheck(FullyConnected(5, 2, rng=0), x)
    >>> bool(report)
    True
    >>> [tensor.name for tensor in report.tensors]
    ['x', 'W', 'b']

    Notes
    -----
    A layer that computes with complex numbers, as most that students write do, is moved along the
    imaginary axis too, which shows slopes to the last digits. The layers of this library refuse
    complex numbers. Source: the centred difference of 10-601, lecture 13, "Finite Difference
    Method".
    """
    _require_layer(layer)
    _require_options(tolerance)
    rng = generator("gradcheck", 0 if rng is None else rng)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a layer is run at odd places, hundreds of times
        return _checked(layer, inputs, loss, rng, tolerance)


def _checked(
    layer: Any, inputs: Sequence[Any], loss: Any, rng: np.random.Generator, tolerance: float
) -> GradientReport:
    try:
        experiment = Experiment(layer, inputs, loss, rng)
    except ForwardError as error:
        return GradientReport(label(layer), tolerance, findings=[raised("forward", error)])
    if not wrong_output(experiment.y) and not np.isfinite(flat(experiment.y)).all():
        raise ValueError(
            f"gradcheck: the output of {experiment.name} holds nan or infinity for these inputs, "
            "so that nothing can be compared"
        )
    found = examine(experiment, tolerance, rng)
    if not (found.tensors or found.findings):
        raise ValueError(
            "gradcheck: expected a floating input or parameter to compare; integers are passed "
            "through: give x.astype(float) if x is what should move"
        )
    findings, notes = diagnose(experiment, found, tolerance, rng)
    victims = {name for finding in findings for name in finding.victims}
    tensors = [replace(tensor, victim=tensor.name in victims) for tensor in found.tensors]
    return GradientReport(experiment.name, tolerance, tensors, findings, notes)


def assert_gradients(layer: Any, *inputs: Any, **options: Any) -> None:
    """Run `gradcheck` and raise an AssertionError with its text unless all is right.

    Parameters
    ----------
    layer, *inputs, **options
        As in `gradcheck`.

    Raises
    ------
    AssertionError
        If a gradient is wrong or a law is broken; the message says which and where.

    Examples
    --------
    >>> import numpy as np
    >>> from layers import Tanh
    >>> assert_gradients(Tanh(), np.array([-1.0, 0.0, 2.0]))
    """
    __tracebackhide__ = True
    gradcheck(layer, *inputs, **options).raise_if_failed()


def _require_layer(layer: Any) -> None:
    missing = [name for name in ("params", "forward", "backward") if not hasattr(layer, name)]
    if isinstance(layer, type):
        raise TypeError(
            f"gradcheck: expected a layer, got the class {layer.__name__}; "
            f"make one: {layer.__name__}(...)"
        )
    if missing:
        raise TypeError(
            f"gradcheck: expected an object with params, forward and backward, "
            f"got {label(layer)}, which lacks {', '.join(missing)}"
        )
    if not isinstance(layer.params, Mapping):
        raise TypeError(
            f"gradcheck: expected params of {label(layer)} to be a dict of arrays, "
            f"got {type(layer.params).__name__}"
        )
    for name, value in layer.params.items():
        if np.ma.isMaskedArray(value):
            as_array("gradcheck", f"the parameter {name}", value)
    if not all(callable(verb) for verb in (layer.forward, layer.backward)):
        raise TypeError(f"gradcheck: expected forward and backward of {label(layer)} to be methods")
    try:
        copy.deepcopy(layer)
    except Exception as error:  # whatever a layer holds may refuse
        raise TypeError(
            f"gradcheck: expected a layer that copy.deepcopy can copy, because the check works on "
            f"a copy; {label(layer)} refuses: {error}"
        ) from None


def _require_options(tolerance: Any) -> None:
    is_number = isinstance(tolerance, (int, float, np.number)) and not isinstance(tolerance, bool)
    if not is_number or not 0 < tolerance < 1:
        raise ValueError(f"gradcheck: expected tolerance between 0 and 1, got {tolerance!r}")
