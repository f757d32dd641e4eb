"""Self-attention in several heads."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from layers.core import checks, sums
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.cast import floating_dtype
from layers.core.params import Array
from layers.initializers import Initializer, draw


class MultiHeadAttention(Layer):
    """Self-attention: each step of a sequence takes what it needs from the others.

    For x (N, T, D), and in each head on its own d = D / heads columns of q, k and v::

        q, k, v = the thirds of x W_qkv + b_qkv           (N, T, D) each
        s  = q k^T / sqrt(d)                              (T, T)   step t asks, step u answers
        p  = softmax(s) over u
        o  = p v                                          (T, d)   the heads side by side: (N, T, D)
        y  = o W_o + b_o                                  (N, T, D)

    With ``causal``, step t sees only the steps u up to t, as a language model must; with lengths,
    no step sees the padding after the end of its sequence. Both set s to -inf before the softmax,
    so that p is 0 there. Backward::

        do = dout W_o^T
        dv = p^T do
        dp = do v^T
        ds = p (dp - sum over u of dp p)                  the softmax
        dq = ds k / sqrt(d),  dk = ds^T q / sqrt(d)
        dx = (dq, dk, dv) W_qkv^T
        dW_qkv = sum over N and T of x^T (dq, dk, dv)     (D, 3D)   db_qkv = sum of (dq, dk, dv)
        dW_o   = sum over N and T of o^T dout             (D, D)    db_o = sum of dout

    Parameters
    ----------
    features : int
        D, the size of the last axis of x.
    heads : int
        How many heads there are; it divides D.
    causal : bool
        Whether a step sees only itself and earlier ones.
    weight_init : str or callable
        A name from `layers.initializers`, or a callable ``(shape, rng) -> array``, called for the
        (D, D) weights of q, k, v and the output; biases start at 0.
    dtype : dtype
        Of the parameters, and so of the computation: x is cast to it. float64 unless given.
    rng : None, int or numpy.random.Generator
        Where the weights are drawn from.

    Attributes
    ----------
    probabilities : array (N, heads, T, T)
        The p of the last `forward`, to look at.

    Raises
    ------
    ValueError
        If heads do not divide D, x is not (N, T, D) with at least one step, a length is not from 1
        to T, or dout does not have the shape of y.
    TypeError
        If x is not an array of real numbers, or lengths are not integers.

    Examples
    --------
    >>> import numpy as np
    >>> attention = MultiHeadAttention(4, heads=2, causal=True, rng=0)
    >>> x = np.random.default_rng(1).normal(size=(1, 3, 4))
    >>> y = attention.forward(x)
    >>> attention.probabilities.shape
    (1, 2, 3, 3)
    >>> attention.probabilities[0, 0].round(2)
    array([[1.  , 0.  , 0.  ],
           [0.5 , 0.5 , 0.  ],
           [0.29, 0.36, 0.35]])

    Notes
    -----
    Source: Vaswani et al., 2017. W_qkv is the transpose of ``in_proj_weight`` of
    `torch.nn.MultiheadAttention`, and W_o that of ``out_proj.weight``.
    """

    _x = Cached[Array]()
    _qkv = Cached[Array]()  # (3, N, heads, T, d)
    _p = Cached[Array]()  # (N, heads, T, T)
    _o = Cached[Array]()  # (N T, D)

    def __init__(
        self,
        features: int,
        heads: int,
        *,
        causal: bool = False,
        weight_init: str | Initializer = "xavier_uniform",
        dtype: DTypeLike | None = None,
        rng: Any = None,
    ) -> None:
        name, generator = "MultiHeadAttention", checks.generator("MultiHeadAttention", rng)
        self.features = checks.count(name, "features", features)
        self.heads = checks.count(name, "heads", heads)
        if self.features % self.heads:
            raise ValueError(
                f"{name}: expected heads to divide the {features} features, got {heads}"
            )
        self.causal = checks.flag(name, "causal", causal)
        self.weight_init = weight_init
        kind, shape = floating_dtype(dtype), (self.features, self.features)
        *qkv, W_o = (draw(name, weight_init, shape, generator) for _ in range(4))
        self.params = {
            "W_qkv": np.concatenate(qkv, axis=1).astype(kind, order="C"),
            "b_qkv": np.zeros(3 * self.features, kind),
            "W_o": W_o.astype(kind, order="C"),
            "b_o": np.zeros(self.features, kind),
        }

    @property
    def probabilities(self) -> Array:
        """The p of the last `forward` (N, heads, T, T): what step t took from each step u."""
        return np.array(self._p)

    def forward(self, x: ArrayLike, lengths: ArrayLike | None = None) -> Array:
        """Return y (N, T, D); `lengths` (N,) says how many steps of each sequence count.

        What y holds at the steps after the end of a sequence means nothing; a `SoftmaxCE` with
        weights 0 leaves it out.
        """
        x = checks.sequences(self, x, self.features, self.dtype)
        n, steps, width = x.shape
        hidden, params = self._hidden(lengths, n, steps), self.params
        z = x.reshape(n * steps, width).dot(params["W_qkv"])
        z += params["b_qkv"]
        q, k, v = qkv = self._in_heads(z.reshape(n, steps, 3 * width))
        p: Array = np.matmul(q * self._scale, k.swapaxes(2, 3))
        if hidden is not None:
            np.copyto(p, -np.inf, where=hidden)
        p -= p.max(axis=3, keepdims=True)
        np.exp(p, out=p)
        p /= p.sum(axis=3, keepdims=True)
        o = np.matmul(p, v).swapaxes(1, 2).reshape(n * steps, width)  # the heads side by side
        self._x, self._qkv, self._p, self._o = x, qkv, p, o
        y: Array = o.dot(params["W_o"])
        y += params["b_o"]
        return y.reshape(x.shape)

    def backward(self, dout: ArrayLike, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        """Return dx (N, T, D), and the gradients of W_qkv, b_qkv, W_o and b_o.

        ``input_gradient=False`` saves the product for dx, and gives None in its place.
        """
        (q, k, v), p, o, params = self._qkv, self._p, self._o, self.params
        n, steps, width = shape = self._x.shape
        dout = checks.upstream(self, dout, shape, self.dtype).reshape(o.shape)
        do = dout.dot(params["W_o"].T)
        # The sum over u of dp p is also that of do o over d, which are fewer numbers.
        (along,) = self._in_heads((do * o).reshape(shape)).sum(axis=4, keepdims=True)
        (do_heads,) = self._in_heads(do.reshape(shape))
        dz = np.empty((n, steps, 3 * width), self.dtype)
        dq, dk, dv = self._in_heads(dz)  # views of dz, to be filled
        dv[...] = np.matmul(p.swapaxes(2, 3), do_heads)
        ds = np.matmul(do_heads, v.swapaxes(2, 3))  # dp so far
        ds -= along
        ds *= p
        ds *= self._scale
        dq[...] = np.matmul(ds, k)
        dk[...] = np.matmul(ds.swapaxes(2, 3), q)
        dz = dz.reshape(n * steps, 3 * width)
        grads = {
            "W_qkv": self._x.reshape(o.shape).T.dot(dz),
            "b_qkv": sums.over_rows(dz),
            "W_o": o.T.dot(dout),
            "b_o": sums.over_rows(dout),
        }
        if not input_gradient:
            return None, grads
        return dz.dot(params["W_qkv"].T).reshape(shape), grads

    def _hidden(self, lengths: ArrayLike | None, n: int, steps: int) -> Array | None:
        """Return which of the scores (N, heads, T, T) are set to -inf; None if all are seen."""
        later = np.triu(np.ones((steps, steps), bool), 1) if self.causal else None
        if lengths is None:
            return later
        ends = checks.lengths(self, lengths, n, steps)
        padding = (np.arange(steps) >= ends[:, None])[:, None, None]
        return padding if later is None else padding | later

    @property
    def _scale(self) -> float:
        return 1 / math.sqrt(self.features // self.heads)

    def _in_heads(self, x: Array) -> Array:
        """Return a view of columns (N, T, k D) as k arrays of heads, (k, N, heads, T, d)."""
        n, steps, columns = x.shape
        blocks, width = columns // self.features, self.features // self.heads
        heads: Array = x.reshape(n, steps, blocks, self.heads, width).transpose(2, 0, 3, 1, 4)
        return heads

    @classmethod
    def param_shapes(cls, features: int, *_: Any, **__: Any) -> dict[str, tuple[int, ...]]:
        """The shapes of the params of a layer made with these arguments."""
        return {
            "W_qkv": (features, 3 * features),
            "b_qkv": (3 * features,),
            "W_o": (features, features),
            "b_o": (features,),
        }

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the parameters, in which the layer computes."""
        return self.params["W_qkv"].dtype

    @property
    def label(self) -> str:
        """What error messages call this layer."""
        return f"MultiHeadAttention {self.features} in {self.heads} heads"
