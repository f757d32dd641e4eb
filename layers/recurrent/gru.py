"""The gated recurrent unit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core import sums
from layers.core.base import Grads
from layers.core.cache import Cached
from layers.core.params import Array
from layers.recurrent.recurrence import Recurrent, sigmoid_in_place


class GRU(Recurrent):
    """Gated recurrent unit: a state that is partly kept and partly replaced, to (N, T, H).

    With the columns of W_x, W_h and b in the order r, z, n, of which a[t] = x[t] W_x + b and
    u[t] = h[t-1] W_h have one part each::

        r = sigmoid(a_r + u_r)                        (N, H)   how much n sees of the old state
        z = sigmoid(a_z + u_z)                        (N, H)   how much of it is kept
        m = u_n + b_n                                 (N, H)
        n = tanh(a_n + r m)                           (N, H)   the candidate
        h[t] = (1 - z) n + z h[t-1]                   the output y[:, t]

    Backward goes through time from the last step::

        dh   = dout[:, t] + the gradient that step t + 1 gives its h[t-1]
        da_n = dh (1 - z) (1 - n**2)                  du_n = dm = da_n r
        da_z = du_z = dh (h[t-1] - n) z (1 - z)
        da_r = du_r = da_n m r (1 - r)
        dh[t-1] = dh z + du W_h^T
        dx[:, t] = da W_x^T
        dW_x = sum over t of x[:, t]^T da[t]          (D, 3H)
        dW_h = sum over t of h[t-1]^T du[t]           (H, 3H)
        db   = sum over t and the batch of da         (3H,)
        db_n = sum over t and the batch of dm         (H,)

    Parameters
    ----------
    in_features : int
        D, the size of the last axis of x.
    hidden : int
        H, the size of the state.
    weight_init : str or callable
        A name from `layers.initializers`, or a callable ``(shape, rng) -> array``, called for the
        (D, H) and the (H, H) weights of each gate; biases start at 0.
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
    >>> gru = GRU(2, 3, rng=0)
    >>> {name: array.shape for name, array in gru.params.items()}
    {'W_x': (2, 9), 'W_h': (3, 9), 'b': (9,), 'b_n': (3,)}
    >>> gru.forward(np.zeros((1, 2, 2)), h0=np.ones((1, 3))).shape
    (1, 2, 3)
    >>> (dx, dh0), grads = gru.backward(np.ones((1, 2, 3)))
    >>> dh0.shape
    (1, 3)

    Notes
    -----
    Source: Cho et al., 2014. As in `torch.nn.GRU`, r multiplies the product with W_h, and not the
    state before it; the biases of r and z, two each there, are one each here.
    """

    gates = 3

    _gates = Cached[Array]()  # (T, N, 3, H)
    _m = Cached[Array]()  # (T, N, H)

    def _biases(self, dtype: np.dtype[Any]) -> dict[str, Array]:
        return {**super()._biases(dtype), "b_n": np.zeros(self.hidden, dtype)}

    def forward(self, x: ArrayLike, h0: ArrayLike | None = None) -> Array:
        """Return the states (N, T, H), starting from h0 (N, H), or from 0 where none is given."""
        a, (h,) = self._begin(x, h0)
        m, W_h, b_n = np.empty_like(h[1:]), self.params["W_h"], self.params["b_n"]
        with np.errstate(over="ignore"):
            for t, a_t in enumerate(a):
                u = h[t].dot(W_h).reshape(a_t.shape)
                r, z, n = a_t.transpose(1, 0, 2)
                a_t[:, :2] += u[:, :2]
                sigmoid_in_place(a_t[:, :2])
                np.add(u[:, 2], b_n, out=m[t])
                n += r * m[t]
                np.tanh(n, out=n)
                np.subtract(h[t], n, out=h[t + 1])  # (1 - z) n + z h[t] = n + z (h[t] - n)
                h[t + 1] *= z
                h[t + 1] += n
        self._gates, self._h, self._m = a, h, m
        return self._output()

    def backward(self, dout: ArrayLike, input_gradient: bool = True) -> tuple[Any, Grads]:
        """Return dx, or (dx, dh0) where h0 was given, and the gradients of W_x, W_h, b and b_n.

        ``input_gradient=False`` saves the product for dx, and gives None in its place.
        """
        m, W_h = self._m, self.params["W_h"]
        dout = self._upstream(dout)
        r, z, n = self._gates.transpose(2, 0, 1, 3)
        # How h depends on u and on a, for all steps at once; the loop multiplies by dh.
        da_n = (1 - z) * (1 - n**2)
        du = np.empty_like(self._gates)
        du[:, :, 0] = da_n * m * r * (1 - r)
        du[:, :, 1] = (self._h[:-1] - n) * z * (1 - z)
        du[:, :, 2] = da_n * r
        dh = np.zeros_like(m[0])
        for t in reversed(range(len(du))):
            dh += dout[t]
            du[t] *= dh[:, None]
            da_n[t] *= dh
            dh *= z[t]
            dh += du[t].reshape(len(dh), 3 * self.hidden).dot(W_h.T)
        da = du.copy()
        da[:, :, 2] = da_n
        dx, grads = self._gradients(da, du, (dh,), input_gradient)
        dm = np.ascontiguousarray(du[:, :, 2]).reshape(-1, self.hidden)
        return dx, {**grads, "b_n": sums.over_rows(dm)}

    @classmethod
    def param_shapes(
        cls, in_features: int, hidden: int, *_: Any, **__: Any
    ) -> dict[str, tuple[int, ...]]:
        """The shapes of the params of a layer made with these arguments."""
        return {**super().param_shapes(in_features, hidden), "b_n": (hidden,)}
