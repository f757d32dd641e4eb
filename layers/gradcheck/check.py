"""The gradient check itself."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core.base import LayerLike
from layers.core.checks import Rng, generator, label
from layers.core.params import as_array

if TYPE_CHECKING:
    from layers.gradcheck.report.report import GradientReport


def gradcheck(
    layer: LayerLike,
    *inputs: ArrayLike,
    loss: tuple[Any, ...] | None = None,
    rng: Rng = 0,
    tolerance: float = 1e-6,
    explain: bool = True,
) -> GradientReport:
    """Compare the gradients that `backward` returns with numeric ones from `forward`.

    The check works on a float64 copy. It perturbs every floating input and every parameter, entry
    by entry or, if it is large, at sampled entries and along random directions; the change of the
    output, weighted by a random dout, must be the one that backward predicts. At a kink the
    function has no slope, and the comparison is excluded. The check also tests the laws of layers
    (shapes and keys, unchanged arguments, equal results of two calls, linearity in dout) as well as
    inference, large scores, a softmax taken twice, and precision.

    A failure is explained: common mistakes are tested against the numbers, and the one that fits is
    named, with the evidence and a hint. In a net, the inner layers are examined from the output
    backwards, and the first that is wrong is named.

    Parameters
    ----------
    layer : layer
        A layer, a net, a loss, or any object with ``params``, ``forward`` and ``backward``.
    *inputs : array_like
        The arguments of ``forward``. Integers (labels, token ids) and inputs for which ``backward``
        returns nothing (a loss's target) are passed through. Numbers of any floating dtype, even
        float16, are compared in float64, in their original memory layout.
    loss : tuple, optional
        ``(SoftmaxCE(), labels)`` applies a loss to the output of a net, instead of a random dout.
    rng : int, numpy.random.Generator or None
        The source of dout, samples and directions. The default is a fixed seed, so a check that
        passes once passes again; None draws new ones each time.
    tolerance : float
        The largest relative error of a correct gradient, between 0 and 1.
    explain : bool
        Whether to explain a failure, which takes most of the time of a check that fails. The
        verdict is the same.

    Returns
    -------
    GradientReport
        True if everything is correct; prints as a table followed by the findings.

    Raises
    ------
    TypeError
        If `layer` lacks one of the three, or an input is masked or not an array of real numbers.
    ValueError
        If an input or the output contains nan or infinity, so that nothing can be compared.

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
    A finding is of one of three kinds. A "gradient" has the wrong numbers. A "law" is anything else
    that layers promise: shapes and keys, unchanged arguments, equal results of two calls, linearity
    in dout, one target for each example. Both are in ``findings`` and fail the check. "advice" is
    in ``notes`` and does not: overflow at large scores, inference that is random or depends on the
    batch, float64 from float32, dependence on the memory layout, and None for dx, which is enough
    for the first layer of a net.

    Random states, including those of ``np.random`` and ``random``, are restored before each pass.
    If forward still returns different numbers, no gradient can be compared, and none is listed.

    The worst entry of each tensor is also moved along the imaginary axis if the layer can compute
    with complex numbers, which gives the slope to the last digits. The layers of this library
    refuse complex numbers. A net runs once for many perturbed entries if its layers are called in
    turn and do not mix the examples of a batch. Source: the centred difference of 10-601, lecture
    13, "Finite Difference Method".
    """
    whole_check = loaded()
    _require_layer(layer)
    _require_options(tolerance)
    rng = generator("gradcheck", rng)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a layer is run at unusual points, hundreds of times
        return whole_check(layer, inputs, loss, rng, tolerance, explain)


@cache
def loaded() -> Callable[..., GradientReport]:
    """Return the check itself, loaded on first use."""
    # Most programs import `gradcheck` and never check anything.
    from layers.gradcheck.whole_check import whole_check

    return whole_check


def assert_gradients(layer: LayerLike, *inputs: ArrayLike, **options: Any) -> None:
    """Run `gradcheck` and raise an AssertionError with its text unless everything is correct.

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
            f"got {label(layer)}, which lacks {', '.join(missing)}; layers.gradcheck.adapt takes "
            "layers in other forms"
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
    except Exception as error:  # any attribute of a layer may refuse to be copied
        raise TypeError(
            f"gradcheck: expected a layer that copy.deepcopy can copy, because the check works on "
            f"a copy; {label(layer)} raises: {error}"
        ) from None


def _require_options(tolerance: Any) -> None:
    is_number = isinstance(tolerance, (int, float, np.number)) and not isinstance(tolerance, bool)
    if not is_number or not 0 < tolerance < 1:
        raise ValueError(f"gradcheck: expected tolerance between 0 and 1, got {tolerance!r}")
