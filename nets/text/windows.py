"""Sliding windows over a text: some tokens, and the next one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from layers.core.checks import count, numbers, whole
from layers.core.params import Array
from nets.arguments import fits


def windows(ids: ArrayLike, context: int, *, start: int | None = None) -> tuple[Array, Array]:
    """Return all windows of a text, and the token after each: the examples of a language model.

    Parameters
    ----------
    ids : array (T,) of int
        The ids of the tokens of the text, in order.
    context : int
        The number of tokens in a window.
    start : int, optional
        The id of a token to put before the text, `context` times, so that its first tokens are
        predicted, too. None: the first window is the first `context` tokens.

    Returns
    -------
    x : ndarray (N, context)
        The windows.
    y : ndarray (N,)
        The tokens after them.

    Raises
    ------
    ValueError
        If the text is empty, or too short for one window and a token after it.
    TypeError
        If ids are not integers.

    Examples
    --------
    >>> x, y = windows([5, 6, 7, 8, 9], context=3)
    >>> x
    array([[5, 6, 7],
           [6, 7, 8]])
    >>> y
    array([8, 9])
    >>> windows([5, 6], context=3, start=0)[0]
    array([[0, 0, 0],
           [0, 0, 5]])

    Notes
    -----
    Source: CSCI 544, lecture 8, "Simple Feedforward Neural LMs", where a window of size 4 includes
    the target.
    """
    array = numbers("windows", "ids", ids)
    context = count("windows", "context", context)
    if array.ndim != 1 or not array.size:
        raise ValueError(
            "windows: expected ids to be a row of the ids of a text's tokens, "
            f"got {'an empty text' if array.ndim == 1 else f'shape {array.shape}'}"
        )
    if array.dtype.kind not in "iu":
        raise TypeError(f"windows: expected integer ids, got dtype {array.dtype}")
    if start is not None:
        if whole("windows", "start", start) not in range(2**31):
            raise ValueError(
                f"windows: expected start to be the id of a token, at least 0, got {start}"
            )
        fits("windows", (len(array), context))
        dtype = np.promote_types(array.dtype, np.min_scalar_type(start))
        array = np.concatenate([np.full(context, start, dtype), array])
    if len(array) <= context:
        raise ValueError(
            f"windows: expected a text longer than the window, of at least {context + 1} tokens "
            f"for a context of {context}, got {len(array)}"
        )
    # One contiguous array, because taking minibatches from views is slower.
    views = np.lib.stride_tricks.sliding_window_view(array, context)[:-1]
    return np.ascontiguousarray(views), array[context:].copy()
