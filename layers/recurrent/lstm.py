"""Long short-term memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core.base import Grads
from layers.core.cache import Cached
from layers.core.params import Array
from layers.recurrent.recurrence import Recurrent, sigmoid_in_place


class LSTM(Recurrent):
    """Long short-term memory: a cell c that gates write to, keep and read, (N, T, D) to (N, T, H).

    With the gates' columns of W_x, W_h and b in the order i, f, g, o::

        z[t] = x[t] W_x + h[t-1] W_h + b              (N, 4H)
        i, f, o = sigmoid of their parts of z[t]      (N, H)   input, forget and output gate
        g = tanh of its part                          (N, H)   the candidate
        c[t] = f c[t-1] + i g
        h[t] = o tanh(c[t])                           the output y[:, t]

    Backward goes through time from the last step. The cell has a path of its own, on which a
    gradient is multiplied by f alone::

        dh[t] = dout[:, t] + dz[t+1] W_h^T
        dc[t] = dc[t+1] f[t+1] + dh[t] o (1 - tanh(c[t])**2)
        dz[t] = (dc g i (1 - i),  dc c[t-1] f (1 - f),  dc i (1 - g**2),  dh tanh(c) o (1 - o))
        dx[:, t] = dz[t] W_x^T
        dW_x = sum over t of x[:, t]^T dz[t]          (D, 4H)
        dW_h = sum over t of h[t-1]^T dz[t]           (H, 4H)
        db   = sum over t and the batch of dz         (4H,)

    The forget gate's bias starts at 1, so that the cell keeps what it has until training decides
    otherwise; the rest of b starts at 0.

    Parameters
    ----------
    in_features : int
        D, the size of the last axis of x.
    hidden : int
        H, the size of the state and of the cell.
    weight_init : str or callable
        A name from `layers.initializers`, or a callable ``(shape, rng) -> array``, called for the
        (D, H) and the (H, H) weights of each gate.
    dtype : dtype
        Of the parameters, and so of the computation: x is cast to it. float64 unless given.
    rng : None, int or numpy.random.Generator
        Where the weights are drawn from.

    Attributes
    ----------
    last_state : tuple of array (N, H)
        (h, c) after the last step of the last `forward`. A long text is read in pieces with
        ``forward(piece, *layer.last_state)``, and written step by step with
        ``y, state = layer.predict_from(x, *state)``.

    Raises
    ------
    ValueError
        If x is not (N, T, D) with at least one step, h0 or c0 not (N, H), or dout does not have the
        shape of y.
    TypeError
        If x is not an array of real numbers, or only one of h0 and c0 is given.

    Examples
    --------
    >>> import numpy as np
    >>> lstm = LSTM(2, 3, rng=0)
    >>> lstm.params["b"]
    array([0., 0., 0., 1., 1., 1., 0., 0., 0., 0., 0., 0.])
    >>> x = np.ones((1, 4, 2))
    >>> y = lstm.forward(x)
    >>> first = lstm.forward(x[:, :3])
    >>> second = lstm.forward(x[:, 3:], *lstm.last_state)
    >>> bool(np.allclose(np.concatenate([first, second], axis=1), y))
    True

    Notes
    -----
    Source: Hochreiter and Schmidhuber, 1997; Gers et al., 2000, for the forget gate; Jozefowicz et
    al., 2015, for its bias. `torch.nn.LSTM` has two biases, which are one here.
    """

    gates = 4
    states = ("h0", "c0")

    _gates = Cached[Array]()  # (T, N, 4, H)
    _c = Cached[Array]()  # (T + 1, N, H)
    _tanh_c = Cached[Array]()  # (T, N, H)

    def _biases(self, dtype: np.dtype[Any]) -> dict[str, Array]:
        i, f, g, o = np.zeros((4, self.hidden), dtype)
        f += 1
        return {"b": np.concatenate([i, f, g, o])}

    def _all_states(self) -> tuple[Array, ...]:
        return self._h, self._c

    def forward(
        self, x: ArrayLike, h0: ArrayLike | None = None, c0: ArrayLike | None = None
    ) -> Array:
        """Return the states (N, T, H), starting from h0 and c0 (N, H), or from 0 without them."""
        z, (h, c) = self._begin(x, h0, c0)
        tanh_c, W_h = np.empty_like(h[1:]), self.params["W_h"]
        with np.errstate(over="ignore"):
            for t, z_t in enumerate(z):
                z_t += h[t].dot(W_h).reshape(z_t.shape)
                sigmoid_in_place(z_t[:, :2])
                np.tanh(z_t[:, 2], out=z_t[:, 2])
                sigmoid_in_place(z_t[:, 3])
                i, f, g, o = z_t.transpose(1, 0, 2)
                np.multiply(f, c[t], out=c[t + 1])
                c[t + 1] += i * g
                np.tanh(c[t + 1], out=tanh_c[t])
                np.multiply(o, tanh_c[t], out=h[t + 1])
        self._gates, self._h, self._c, self._tanh_c = z, h, c, tanh_c
        return self._output()

    def backward(self, dout: ArrayLike, input_gradient: bool = True) -> tuple[Any, Grads]:
        """Return dx, or (dx, dh0, dc0) where these were given, and the gradients of W_x, W_h and b.

        ``input_gradient=False`` saves the product for dx, and gives None in its place.
        """
        tanh_c, W_h = self._tanh_c, self.params["W_h"]
        dout = self._upstream(dout)
        i, f, g, o = self._gates.transpose(2, 0, 1, 3)
        # For all steps at once: how c depends on the inputs of i, f and g, and h on that of o, ...
        dz = np.empty_like(self._gates)
        dz[:, :, 0] = g * i * (1 - i)
        dz[:, :, 1] = self._c[:-1] * f * (1 - f)
        dz[:, :, 2] = i * (1 - g**2)
        dz[:, :, 3] = tanh_c * o * (1 - o)
        # ... and h on c. What is left for the loop is to multiply by dc and dh.
        h_of_c = o * (1 - tanh_c**2)
        dh = np.zeros_like(tanh_c[0])
        dc = np.zeros_like(dh)
        for t in reversed(range(len(dz))):
            dh += dout[t]
            dc += dh * h_of_c[t]
            dz[t, :, :3] *= dc[:, None]
            dz[t, :, 3] *= dh
            dc *= f[t]
            dh = dz[t].reshape(len(dh), 4 * self.hidden).dot(W_h.T)
        return self._gradients(dz, dz, (dh, dc), input_gradient)
