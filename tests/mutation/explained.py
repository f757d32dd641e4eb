"""Wrong versions that compute the same as the formula, and why no test can tell them apart."""

from __future__ import annotations

ONE_SHAPE = "all inputs of a gate have one shape"
ONE_DTYPE = "all inputs of a gate have been cast to one dtype"
RARE = "a random number equals p once in 2**53 draws"
TWO_AXES = "scores have two axes, the last of which is axis 1"
UNKNOWN = "reshape takes any negative length as the unknown one"
PLACEHOLDER = "the same number stands in all shapes that are compared"
NO_ID = "no id is negative"
BY_ONE = "the factor is 1 where it is skipped, and multiplying by 1 changes nothing"
POWER_OF_TWO = "dividing by 2 before squaring and multiplying by 2 after is exact"
NEGATIVE = "the factor counts where y <= 0 alone; the minimum keeps it finite elsewhere"

SCALED = "if LOW < size < HIGH or not size or (not np.isfinite(size)) else size"

# (file, line before, line after): why it makes no difference
EXPLAINED: dict[tuple[str, str, str], str] = {
    (
        "layers/activations/elu.py",
        "return (dout * ((y > 0) + (y <= 0) * (np.minimum(y, 0) + self.alpha)), {})",
        "return (dout * ((y > 0) + (y <= 0) * (np.minimum(y, 1) + self.alpha)), {})",
    ): NEGATIVE,
    (
        "layers/gates/multiply.py",
        "dout = checks.upstream(self, dout, xs[0].shape, xs[0].dtype)",
        "dout = checks.upstream(self, dout, xs[1].shape, xs[0].dtype)",
    ): ONE_SHAPE,
    (
        "layers/gates/multiply.py",
        "dout = checks.upstream(self, dout, xs[0].shape, xs[0].dtype)",
        "dout = checks.upstream(self, dout, xs[0].shape, xs[1].dtype)",
    ): ONE_DTYPE,
    (
        "layers/regularizing/dropout.py",
        "kept = self._rng.random(x.shape) >= self.p",
        "kept = self._rng.random(x.shape) > self.p",
    ): RARE,
    (
        "layers/linear/embedding.py",
        "places = ids.reshape(-1, 1) * self.dim + np.arange(self.dim)",
        "places = ids.reshape(-2, 1) * self.dim + np.arange(self.dim)",
    ): UNKNOWN,
    **{
        (
            "layers/linear/embedding.py",
            "np.add.at(dW.reshape(-1), places.reshape(-1), dout.reshape(-1))",
            f"np.add.at(dW.reshape({a}), places.reshape({b}), dout.reshape({c}))",
        ): UNKNOWN
        for a, b, c in ((-2, -1, -1), (-1, -2, -1), (-1, -1, -2))
    },
    (
        "layers/losses/by_class.py",
        "best = scores.argmax(axis=-1)",
        "best = scores.argmax(axis=+1)",
    ): TWO_AXES,
    (
        "layers/losses/by_class.py",
        "correct &= ~np.isnan(scores).any(axis=-1)",
        "correct &= ~np.isnan(scores).any(axis=+1)",
    ): TWO_AXES,
    (
        "layers/losses/by_class.py",
        "classes = scores.shape[-1]",
        "classes = scores.shape[+1]",
    ): TWO_AXES,
    (
        "layers/losses/by_entry.py",
        "rows = y.reshape(len(y), -1) if y.ndim else y.reshape(1, 1)",
        "rows = y.reshape(len(y), -2) if y.ndim else y.reshape(1, 1)",
    ): UNKNOWN,
    (
        "layers/losses/softmax_ce.py",
        "matrix = given.reshape(-1, given.shape[-1])",
        "matrix = given.reshape(-2, given.shape[-1])",
    ): UNKNOWN,
    (
        "layers/losses/softmax_ce.py",
        "dscores.reshape(-1)[self._right] -= share",
        "dscores.reshape(-2)[self._right] -= share",
    ): UNKNOWN,
    (
        "layers/shapes/concat.py",
        "return (*shape[:axis], 0, *shape[axis + 1:])",
        "return (*shape[:axis], 1, *shape[axis + 1:])",
    ): PLACEHOLDER,
    (
        "layers/linear/mean_embedding.py",
        "words: Array = np.not_equal(ids, -1 if self.padding is None else self.padding)",
        "words: Array = np.not_equal(ids, -2 if self.padding is None else self.padding)",
    ): NO_ID,
    (
        "optimizers/adam.py",
        "if keep != 1:",
        "if keep != 2:",
    ): BY_ONE,
    (
        "optimizers/norms.py",
        f"return np.float64(1) {SCALED}",
        f"return np.float64(2) {SCALED}",
    ): POWER_OF_TWO,
}
