"""What recurrent layers share: weights for input and state, sequences, and the first state."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from layers.core import checks, sums
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.cast import floating_dtype
from layers.core.params import Array
from layers.core.shared_copy import shared_copy
from layers.initializers import Initializer, draw


class Recurrent(Layer):
    """A layer with a state: h[t] depends on x[t] and on h[t - 1].

    Inside, time is the first axis, so that each step is one block of memory. What the inputs
    contribute is one product for all steps, and so are the gradients of the weights; only the
    products with W_h have to wait for one another.
    """

    gates: ClassVar[int] = 1  # how many blocks of H columns W_x and W_h have
    states: ClassVar[tuple[str, ...]] = ("h0",)

    _x = Cached[Array]()  # (T, N, D)
    _h = Cached[Array]()  # (T + 1, N, H), the first state before the others
    _starts_at_zero = Cached[bool]()

    def __init__(
        self,
        in_features: int,
        hidden: int,
        *,
        weight_init: str | Initializer = "xavier_uniform",
        dtype: DTypeLike | None = None,
        rng: Any = None,
    ) -> None:
        name, generator = type(self).__name__, checks.generator(type(self).__name__, rng)
        self.in_features = checks.count(name, "in_features", in_features)
        self.hidden = checks.count(name, "hidden", hidden)
        self.weight_init = weight_init

        def weights(rows: int) -> Array:
            shape = rows, self.hidden
            blocks = [draw(name, weight_init, shape, generator) for _ in range(self.gates)]
            return np.concatenate(blocks, axis=1).astype(floating_dtype(dtype), order="C")

        W_x, W_h = weights(self.in_features), weights(self.hidden)
        self.params = {"W_x": W_x, "W_h": W_h, **self._biases(W_x.dtype)}

    def _biases(self, dtype: np.dtype[Any]) -> dict[str, Array]:
        return {"b": np.zeros(self.gates * self.hidden, dtype)}

    @property
    def last_state(self) -> tuple[Array, ...]:
        """The state after the last step of the last `forward`, each part of shape (N, H).

        A long text is read in pieces by passing it on, ``forward(piece, *layer.last_state)``.
        """
        return tuple(states[-1].copy() for states in self._all_states())

    def _all_states(self) -> tuple[Array, ...]:
        return (self._h,)

    def predict_from(self, x: ArrayLike, *state: ArrayLike) -> tuple[Array, tuple[Array, ...]]:
        """Return what `predict` does, and the state after the last step.

        Text is generated in this way step by step, without reading its beginning again. As in
        `predict`, nothing is kept.

        Parameters
        ----------
        x : array (N, T, D)
            The next steps, often a single one.
        *state : array (N, H)
            What the previous call returned as its state; none at the beginning.

        Examples
        --------
        >>> import numpy as np
        >>> from layers import LSTM
        >>> lstm, x = LSTM(2, 3, rng=0), np.ones((1, 4, 2))
        >>> start, state = lstm.predict_from(x[:, :3])
        >>> end, state = lstm.predict_from(x[:, 3:], *state)
        >>> bool(np.allclose(end, lstm.predict(x)[:, 3:]))
        True
        """
        twin = shared_copy(self)
        return twin.forward(x, *state), twin.last_state

    def _begin(self, x: ArrayLike, *state: ArrayLike | None) -> tuple[Array, list[Array]]:
        """Keep x; return x W_x + b (T, N, gates, H), and the states, of which only [0] is set."""
        x = checks.sequences(self, x, self.in_features, self.dtype)
        n, steps, _ = x.shape
        first = self._initial(n, state)
        self._starts_at_zero = first is None
        self._x = np.ascontiguousarray(x.transpose(1, 0, 2))
        z = self._x.reshape(steps * n, self.in_features).dot(self.params["W_x"])
        z += self.params["b"]
        states = [np.empty((steps + 1, n, self.hidden), self.dtype) for _ in state]
        for i, each in enumerate(states):
            each[0] = 0 if first is None else first[i]
        return z.reshape(steps, n, self.gates, self.hidden), states

    def _initial(self, n: int, state: tuple[ArrayLike | None, ...]) -> list[Array] | None:
        """Return the state that was given, or None."""
        named = zip(self.states, state, strict=True)
        given = {name: value for name, value in named if value is not None}
        if not given:
            return None
        if len(given) < len(state):
            raise TypeError(
                f"{self.label}: expected {' and '.join(self.states)} together, got only "
                f"{next(iter(given))}; pass zeros for the other"
            )
        first = []
        for name, value in given.items():
            array = checks.floating(self, name, value, self.dtype)
            if array.shape != (n, self.hidden):
                raise ValueError(
                    f"{self.label}: expected {name} of shape ({n}, {self.hidden}), a state for "
                    f"each sequence, got {array.shape}"
                )
            first.append(array)
        return first

    def _output(self) -> Array:
        """Return y (N, T, H): all states but the first."""
        return np.ascontiguousarray(self._h[1:].transpose(1, 0, 2))

    def _upstream(self, dout: ArrayLike) -> Array:
        """Return dout as (T, N, H)."""
        steps, n, _ = self._x.shape
        checked = checks.upstream(self, dout, (n, steps, self.hidden), self.dtype)
        return np.ascontiguousarray(checked.transpose(1, 0, 2))

    def _gradients(
        self, dz: Array, from_state: Array, first: tuple[Array, ...], input_gradient: bool
    ) -> tuple[Any, Grads]:
        """Return dx and the gradients of W_x, W_h and b, each a product over all steps at once.

        `dz` (T, N, gates, H) is the gradient of x W_x + b, `from_state` that of h W_h, and
        `first` that of the state before the first step.
        """
        steps, n, width = self._x.shape
        rows, columns = steps * n, self.gates * self.hidden
        dz, from_state = dz.reshape(rows, columns), from_state.reshape(rows, columns)
        grads = {
            "W_x": self._x.reshape(rows, width).T.dot(dz),
            "W_h": self._h[:-1].reshape(rows, self.hidden).T.dot(from_state),
            "b": sums.over_rows(dz),
        }
        if not input_gradient:
            return None, grads
        dx = dz.dot(self.params["W_x"].T).reshape(steps, n, width)
        dx = np.ascontiguousarray(dx.transpose(1, 0, 2))
        return dx if self._starts_at_zero else (dx, *first), grads

    @classmethod
    def param_shapes(
        cls, in_features: int, hidden: int, *_: Any, **__: Any
    ) -> dict[str, tuple[int, ...]]:
        """The shapes of the params of a layer made with these arguments."""
        columns = cls.gates * hidden
        return {"W_x": (in_features, columns), "W_h": (hidden, columns), "b": (columns,)}

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the parameters, in which the layer computes."""
        return self.params["W_x"].dtype

    @property
    def label(self) -> str:
        """What error messages call this layer."""
        return f"{type(self).__name__} {self.in_features} -> {self.hidden}"


def sigmoid_in_place(z: Array) -> None:
    """Write 1 / (1 + exp(-z)) into z; where exp overflows, the result is 0, as it should be."""
    np.negative(z, out=z)
    np.exp(z, out=z)
    z += 1
    np.reciprocal(z, out=z)
