"""One row for every rule and setting that the laws and the oracle run over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from optimizers import SGD, Adadelta, Adafactor, Adagrad, Adam, AdamW, Optimizer, RMSProp

KEYS = ("0.W", "0.b", "1.W", "1.b")


@dataclass(frozen=True)
class Row:
    """A rule with some settings, and the class and settings of PyTorch that say the same."""

    name: str
    rule: type[Optimizer]
    settings: Mapping[str, Any]
    oracle: str = ""
    oracle_settings: Mapping[str, Any] = field(default_factory=dict)

    def ours(self, **changed: Any) -> Any:
        """The optimizer of this row, some of its settings replaced."""
        return self.rule(**{**self.settings, **changed})

    def torch(self, torch: Any, tensors: list[Any]) -> Any:
        """PyTorch's optimizer of the same rule and settings."""
        return getattr(torch.optim, self.oracle)(tensors, **self.oracle_settings)

    def __str__(self) -> str:
        return self.name


THEIR_NAMES = {"learning_rate": "lr", "epsilon": "eps"}


def same(rule: type[Optimizer], name: str, oracle: str = "", **settings: Any) -> Row:
    """A row whose settings have PyTorch's names, but for those that are named above."""
    theirs = {THEIR_NAMES.get(key, key): value for key, value in settings.items()}
    if "epsilon2" in settings:
        theirs["eps"] = theirs.pop("epsilon1"), theirs.pop("epsilon2")
    if "beta1" in settings:
        theirs["betas"] = theirs.pop("beta1"), theirs.pop("beta2")
    return Row(name, rule, settings, oracle or rule.__name__, theirs)


def sgd(name: str, **settings: Any) -> Row:
    return same(SGD, name, **{"learning_rate": 0.02, **settings})


def rmsprop(name: str, **settings: Any) -> Row:
    return same(RMSProp, name, "RMSprop", **settings)


ROWS = [
    sgd("SGD"),
    sgd("SGD momentum", momentum=0.9),
    sgd("SGD nesterov", momentum=0.8, nesterov=True),
    sgd("SGD weight_decay", weight_decay=0.1),
    sgd("SGD all", learning_rate=0.01, momentum=0.9, nesterov=True, weight_decay=0.05),
    same(Adam, "Adam"),
    same(Adam, "Adam weight_decay", learning_rate=0.05, weight_decay=0.1),
    same(Adam, "Adam betas", learning_rate=0.03, beta1=0.5, beta2=0.8),
    same(Adam, "Adam epsilon", learning_rate=0.1, epsilon=0.3),
    same(Adam, "Adam no memory", learning_rate=0.01, beta1=0.0, beta2=0.0),
    same(AdamW, "AdamW"),
    same(AdamW, "AdamW weight_decay", learning_rate=0.05, weight_decay=0.3),
    same(AdamW, "AdamW no decay", learning_rate=0.05, weight_decay=0.0),
    same(Adagrad, "Adagrad"),
    same(Adagrad, "Adagrad weight_decay", learning_rate=0.1, weight_decay=0.1),
    same(Adagrad, "Adagrad epsilon", learning_rate=0.2, epsilon=0.3),
    same(Adadelta, "Adadelta"),
    same(Adadelta, "Adadelta weight_decay", learning_rate=3.0, weight_decay=0.1),
    same(Adadelta, "Adadelta rho", rho=0.5, epsilon=1e-5),
    rmsprop("RMSProp"),
    rmsprop("RMSProp alpha", alpha=0.5, epsilon=0.1),
    rmsprop("RMSProp momentum", momentum=0.9, weight_decay=0.1),
    rmsprop("RMSProp centered", learning_rate=0.02, centered=True),
    rmsprop("RMSProp all", alpha=0.8, momentum=0.5, centered=True, weight_decay=0.1, epsilon=0.01),
    same(Adafactor, "Adafactor"),
    same(Adafactor, "Adafactor weight_decay", learning_rate=0.1, weight_decay=0.3),
    same(Adafactor, "Adafactor beta2_decay", learning_rate=0.02, beta2_decay=-0.6, d=1.5),
    same(Adafactor, "Adafactor epsilons", learning_rate=0.2, epsilon1=0.5, epsilon2=2.0),
]


def arrays(seed: int, dtype: Any = np.float64) -> dict[str, Any]:
    """Arrays of several shapes, two pairs of which have a local name in common."""
    rng = np.random.default_rng(seed)
    shapes = ((3, 2), (2,), (2, 4), (4,))
    pairs = zip(KEYS, shapes, strict=True)
    return {key: rng.normal(size=shape).astype(dtype) for key, shape in pairs}
