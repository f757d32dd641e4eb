"""The mean of a text's word vectors, ignoring padding."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from layers.core import checks
from layers.core.base import Grads
from layers.core.cache import Cached
from layers.core.params import Array
from layers.initializers import Initializer
from layers.linear.embedding import Embedding


class MeanEmbedding(Embedding):
    """The mean of the vectors of each text's words: y[n] = mean of W[ids[n, t]] over t.

    Texts of different lengths fit into one array (N, T) if the short ones are filled up with
    padding, which this layer ignores: with c[n] words in text n that are not padding,

        y[n] = sum of W[ids[n, t]] / c[n] over the t where ids[n, t] is not padding      (N, D)
        dW[i] = sum of dout[n] / c[n] over the places (n, t) where ids[n, t] = i         (D,)

    Without padding, it is an `Embedding` followed by a `Mean`.

    Parameters
    ----------
    vocabulary_size, dim, trainable, weight_init, dtype, rng
        As in `Embedding`.
    padding : int, optional
        The id of the padding, which must be in the vocabulary. By default there is no padding.

    Raises
    ------
    TypeError, ValueError
        As in `Embedding`, and if a text is all padding, or the ids are not (N, T).

    Examples
    --------
    >>> import numpy as np
    >>> layer = MeanEmbedding(3, 2, padding=0)
    >>> layer.params["W"] = [[9.0, 9.0], [1.0, 2.0], [3.0, 6.0]]
    >>> layer.forward([[1, 2], [0, 2]])
    array([[2., 4.],
           [3., 6.]])
    >>> dx, grads = layer.backward(np.ones((2, 2)))
    >>> grads["W"]
    array([[0. , 0. ],
           [0.5, 0.5],
           [1.5, 1.5]])

    Notes
    -----
    Source: CSCI 544, lecture 8, "FFNN and Classification"; the deep averaging network of Iyyer et
    al., 2015.
    """

    _share = Cached[Array]()

    def __init__(
        self,
        vocabulary_size: int,
        dim: int,
        *,
        padding: int | None = None,
        trainable: bool = True,
        weight_init: str | Initializer = "uniform",
        dtype: DTypeLike | None = None,
        rng: checks.Rng = None,
    ) -> None:
        super().__init__(
            vocabulary_size,
            dim,
            trainable=trainable,
            weight_init=weight_init,
            dtype=dtype,
            rng=rng,
        )
        self.padding = None if padding is None else checks.whole(self.label, "padding", padding)
        if self.padding is not None and not 0 <= self.padding < self.vocabulary_size:
            raise ValueError(
                f"{self.label}: expected padding to be one of the ids, from 0 to "
                f"{self.vocabulary_size - 1}, got {self.padding}"
            )

    def forward(self, ids: ArrayLike) -> Array:
        """Return the means, of shape (N, D)."""
        ids = self._checked(ids)
        share = self._shares(ids)
        y: Array = np.matmul(share[:, None, :], super().forward(ids))[:, 0]
        self._share = share
        return y

    def backward(self, dout: ArrayLike) -> tuple[None, Grads]:
        """Return None for the ids, and the gradient of W, the sum of the shares of all words."""
        share = self._share
        dout = checks.upstream(self, dout, (len(share), self.dim), self.dtype)
        return super().backward(share[:, :, None] * dout[:, None, :])

    def _shares(self, ids: Array) -> Array:
        """Return the weight of each place in the mean of its text: 0 where there is padding."""
        if ids.ndim != 2:
            raise ValueError(f"{self.label}: expected ids of shape (N, T), got {ids.shape}")
        words: Array = np.not_equal(ids, -1 if self.padding is None else self.padding)
        counts: Array = words.sum(axis=1)
        checks.allowed(self, "at least one word in each text", counts, counts > 0)
        return (words / counts[:, None]).astype(self.dtype)
