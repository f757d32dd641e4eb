"""One row for every rule and setting that the laws and the oracle run over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from optimizers import SGD, Adam, AdamW, Optimizer

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


def sgd(name: str, **settings: Any) -> Row:
    settings = {"learning_rate": 0.02, **settings}
    theirs = {"lr" if key == "learning_rate" else key: value for key, value in settings.items()}
    return Row(name, SGD, settings, "SGD", theirs)


def adam(rule: type[Adam], name: str, **settings: Any) -> Row:
    names = {"learning_rate": "lr", "epsilon": "eps", "weight_decay": "weight_decay"}
    theirs = {names[key]: value for key, value in settings.items() if key in names}
    if "beta1" in settings:
        theirs["betas"] = settings["beta1"], settings["beta2"]
    return Row(name, rule, settings, rule.__name__, theirs)


ROWS = [
    sgd("SGD"),
    sgd("SGD momentum", momentum=0.9),
    sgd("SGD nesterov", momentum=0.8, nesterov=True),
    sgd("SGD weight_decay", weight_decay=0.1),
    sgd("SGD all", learning_rate=0.01, momentum=0.9, nesterov=True, weight_decay=0.05),
    adam(Adam, "Adam"),
    adam(Adam, "Adam weight_decay", learning_rate=0.05, weight_decay=0.1),
    adam(Adam, "Adam betas", learning_rate=0.03, beta1=0.5, beta2=0.8),
    adam(Adam, "Adam epsilon", learning_rate=0.1, epsilon=0.3),
    adam(Adam, "Adam no memory", learning_rate=0.01, beta1=0.0, beta2=0.0),
    adam(AdamW, "AdamW"),
    adam(AdamW, "AdamW weight_decay", learning_rate=0.05, weight_decay=0.3),
    adam(AdamW, "AdamW no decay", learning_rate=0.05, weight_decay=0.0),
]


def arrays(seed: int, dtype: Any = np.float64) -> dict[str, Any]:
    """Arrays of several shapes, two pairs of which have a local name in common."""
    rng = np.random.default_rng(seed)
    shapes = ((3, 2), (2,), (2, 4), (4,))
    pairs = zip(KEYS, shapes, strict=True)
    return {key: rng.normal(size=shape).astype(dtype) for key, shape in pairs}
