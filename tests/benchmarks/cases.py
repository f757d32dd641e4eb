"""What is timed: multilayer perceptrons of four sizes, on made-up numbers of the right shape."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Case:
    """A net by the sizes of its layers, the examples in a batch, and the rule that updates it."""

    name: str
    sizes: tuple[int, ...]
    batch: int
    rule: str = "adam"

    def __str__(self) -> str:
        return f"{self.name}: {'-'.join(map(str, self.sizes))}, {self.batch}"

    def data(self, batches: int = 1) -> tuple[np.ndarray, np.ndarray]:
        """Examples in float32 and their labels."""
        rng = np.random.default_rng(0)
        n = self.batch * batches
        x = rng.normal(size=(n, self.sizes[0])).astype(np.float32)
        return x, rng.integers(0, self.sizes[-1], n)

    def products(self) -> float:
        """Floating-point operations of a step's matrix products."""
        pairs = list(zip(self.sizes[:-1], self.sizes[1:], strict=True))
        return 2.0 * self.batch * (3 * sum(a * b for a, b in pairs) - pairs[0][0] * pairs[0][1])


SIZES = {
    "S": ((64, 32, 10), 32),
    "M": ((784, 100, 10), 64),
    "L": ((784, 512, 512, 10), 128),
    "XL": ((1024, 2048, 2048, 10), 512),
}
RULES = ("adam", "sgd")
LEARNING_RATE, MOMENTUM = 1e-3, 0.9


def case(name: str, rule: str = "adam") -> Case:
    """A case by its name."""
    return Case(name, *SIZES[name], rule)
