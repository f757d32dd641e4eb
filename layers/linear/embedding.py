"""The table of word vectors."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.cast import floating_dtype
from layers.core.params import Array, Params
from layers.initializers import Initializer, draw


class Embedding(Layer):
    """Look up the vector of each word: y = W[ids].

    W (V, D) holds a vector for each of the V words of the vocabulary. ids are integers from 0 to
    V - 1 of any shape, such as (N, T) for N texts of T words, and y then has shape (N, T, D). This
    is a `FullyConnected` without bias applied to one-hot rows, without computing the product::

        dW[i] = sum of dout over the places where ids = i     (D,)

    Integers have no gradient: dx is None.

    Parameters
    ----------
    vocabulary_size : int
        V, the number of words.
    dim : int
        D, the length of a vector.
    trainable : bool
        Whether W is learned. Otherwise it is a constant: it is in ``buffers`` and not in
        ``params``, and has no gradient. It is still saved, copied and cast with the layer.
    weight_init : str or callable
        A name from `layers.initializers`, or a callable ``(shape, rng) -> array``.
    dtype : dtype
        The dtype of W, and so of y. float64 by default.
    rng : None, int or numpy.random.Generator
        The source of the random vectors.

    Raises
    ------
    TypeError
        If ids are not integers.
    ValueError
        If an id is negative or not below V, or dout does not have the shape of y.

    Examples
    --------
    >>> import numpy as np
    >>> embedding = Embedding(3, 2)
    >>> embedding.params["W"] = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    >>> embedding.forward([2, 0, 2])
    array([[5., 6.],
           [1., 2.],
           [5., 6.]])
    >>> dx, grads = embedding.backward(np.ones((3, 2)))
    >>> grads["W"]
    array([[1., 1.],
           [0., 0.],
           [2., 2.]])
    >>> frozen = Embedding(3, 2, trainable=False)
    >>> frozen.buffers["W"] = embedding.W
    >>> frozen.params
    {}

    Notes
    -----
    Source: CSCI 544, lecture 8, "Feedforward Neural LM": the projection layer, where word2vec's
    vectors are plugged in, and may or may not be updated; Bengio et al., 2003.
    """

    _ids = Cached[Array]()

    def __init__(
        self,
        vocabulary_size: int,
        dim: int,
        *,
        trainable: bool = True,
        weight_init: str | Initializer = "uniform",
        dtype: DTypeLike | None = None,
        rng: checks.Rng = None,
    ) -> None:
        name = type(self).__name__
        self.vocabulary_size = checks.count(name, "vocabulary_size", vocabulary_size)
        self.dim = checks.count(name, "dim", dim)
        self.weight_init = weight_init
        shape = (self.vocabulary_size, self.dim)
        W = draw(name, weight_init, shape, checks.generator(name, rng))
        arrays = Params({"W": W.astype(floating_dtype(dtype), order="C")})
        learned = checks.flag(name, "trainable", trainable)
        self._params, self._buffers = (arrays, Params()) if learned else (Params(), arrays)

    def forward(self, ids: ArrayLike) -> Array:
        """Return the vectors of the words, of shape (..., D)."""
        self._ids = self._checked(ids)
        return self.W.take(self._ids, axis=0)

    def backward(self, dout: ArrayLike) -> tuple[None, Grads]:
        """Return None for the ids, and the gradient of W, summed over the places of each word."""
        ids, W = self._ids, self.W
        dout = checks.upstream(self, dout, (*ids.shape, self.dim), W.dtype)
        if not self.trainable:
            return None, {}
        dW = np.zeros(W.shape, W.dtype)
        # One number at a time, because np.add.at is several times faster that way than with rows.
        places = ids.reshape(-1, 1) * self.dim + np.arange(self.dim)
        np.add.at(dW.reshape(-1), places.reshape(-1), dout.reshape(-1))
        return None, {"W": dW}

    @classmethod
    def param_shapes(cls, vocabulary_size: int, dim: int, **_: Any) -> dict[str, tuple[int, ...]]:
        """The shape of W, whether it is trained or not."""
        return {"W": (vocabulary_size, dim)}

    @property
    def W(self) -> Array:
        """The vectors (V, D), live, whether they are trained or not."""
        return (self.params or self.buffers)["W"]

    @property
    def trainable(self) -> bool:
        """Whether W is a parameter."""
        return "W" in self.params

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of W, and so of y."""
        return self.W.dtype

    @property
    def label(self) -> str:
        """The name of this layer in error messages."""
        return f"{type(self).__name__} {self.vocabulary_size} -> {self.dim}"

    def _checked(self, ids: ArrayLike) -> Array:
        array, size = checks.numbers(self, "ids", ids), self.vocabulary_size
        if array.dtype.kind not in "iu":
            raise TypeError(
                f"{self.label}: expected integer ids, got dtype {array.dtype}; "
                "pass ids.astype(int) if they number words"
            )
        if not checks.all_below(array, size):
            expected = f"ids from 0 to {size - 1}, because there are {size} words"
            checks.allowed(self, expected, array, (array >= 0) & (array < size))
        return array.astype(np.intp, copy=False)
