"""The simple recurrent layer."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from layers.core import checks
from layers.core.base import Grads
from layers.core.params import Array
from layers.initializers import Initializer
from layers.recurrent.recurrence import Recurrent

ACTIVATIONS = ("tanh", "relu")


class RNN(Recurrent):
    """Simple recurrent layer: h[t] = tanh(x[t] W_x + h[t-1] W_h + b), from (N, T, D) to (N, T, H).

    The state h[t] (N, H) is the output y[:, t], and a function of all inputs up to x[t]. Backward
    goes through time from the last step, and h[t] gets a gradient from the output and from step
    t + 1::

        dh[t]   = dout[:, t] + dz[t+1] W_h^T
        dz[t]   = dh[t] (1 - h[t]**2)           (N, H)   h[t] > 0 in place of 1 - h[t]**2 for ReLU
        dx[:, t] = dz[t] W_x^T                  (N, D)
        dW_x    = sum over t of x[:, t]^T dz[t]     (D, H)
        dW_h    = sum over t of h[t-1]^T dz[t]      (H, H)
        db      = sum over t and the batch of dz    (H,)
        dh[-1]  = dz[0] W_h^T                   (N, H)   the gradient of h0

    Parameters
    ----------
    in_features : int
        D, the size of the last axis of x.
    hidden : int
        H, the size of the state.
    activation : str
        "tanh" or "relu", of slope 0 at 0.
    weight_init : str or callable
        A name from `layers.initializers`, or a callable ``(shape, rng) -> array``, for W_x and for
        W_h; b starts at 0.
    dtype : dtype
        Of the parameters, and so of the computation: x is cast to it. float64 unless given.
    rng : None, int or numpy.random.Generator
        Where the weights are drawn from.

    Attributes
    ----------
    last_state : tuple of array (N, H)
        (h,) after the last step of the last `forward`. A long text is read in pieces with
        ``forward(piece, *layer.last_state)``, and written step by step with
        ``y, state = layer.predict_from(x, *state)``.

    Raises
    ------
    ValueError
        If x is not (N, T, D) with at least one step, h0 not (N, H), or dout does not have the shape
        of y.
    TypeError
        If x is not an array of real numbers.

    Examples
    --------
    >>> import numpy as np
    >>> rnn = RNN(1, 1, activation="relu")
    >>> rnn.params.update({"W_x": [[1.0]], "W_h": [[2.0]]})
    >>> rnn.forward(np.array([[[1.0], [0.0], [0.0]]]))[0].tolist()
    [[1.0], [2.0], [4.0]]
    >>> dx, grads = rnn.backward(np.array([[[0.0], [0.0], [1.0]]]))
    >>> dx[0].tolist()
    [[4.0], [2.0], [1.0]]
    >>> grads["W_h"]
    array([[4.]])
    >>> rnn.forward(np.zeros((1, 2, 1)), *rnn.last_state)[0].tolist()
    [[8.0], [16.0]]

    Notes
    -----
    Source: Elman, 1990; CS231n, "Recurrent Neural Networks"; `torch.nn.RNN`, whose two biases are
    one here.
    """

    def __init__(
        self,
        in_features: int,
        hidden: int,
        *,
        activation: str = "tanh",
        weight_init: str | Initializer = "xavier_uniform",
        dtype: DTypeLike | None = None,
        rng: Any = None,
    ) -> None:
        if not isinstance(activation, str) or activation not in ACTIVATIONS:
            kind = " or ".join(f'"{name}"' for name in ACTIVATIONS)
            raise ValueError(checks.unlike("RNN", "activation", kind, activation))
        self.activation = activation
        super().__init__(in_features, hidden, weight_init=weight_init, dtype=dtype, rng=rng)

    def forward(self, x: ArrayLike, h0: ArrayLike | None = None) -> Array:
        """Return the states (N, T, H), starting from h0 (N, H), or from 0 where none is given."""
        z, (h,) = self._begin(x, h0)
        W_h = self.params["W_h"]
        for t, z_t in enumerate(z[:, :, 0]):
            z_t += h[t].dot(W_h)
            if self.activation == "tanh":
                np.tanh(z_t, out=h[t + 1])
            else:
                np.maximum(z_t, 0, out=h[t + 1])
        self._h = h
        return self._output()

    def backward(self, dout: ArrayLike, input_gradient: bool = True) -> tuple[Any, Grads]:
        """Return dx, or (dx, dh0) where h0 was given, and the gradients of W_x, W_h and b.

        ``input_gradient=False`` saves the product for dx, and gives None in its place.
        """
        h, W_h = self._h[1:], self.params["W_h"]
        dout = self._upstream(dout)
        dz = 1 - h**2 if self.activation == "tanh" else (h > 0).astype(h.dtype)
        dh = np.zeros_like(h[0])
        for t in reversed(range(len(dz))):
            dh += dout[t]
            dz[t] *= dh
            dh = dz[t].dot(W_h.T)
        return self._gradients(dz, dz, (dh,), input_gradient)
