"""Mistakes with the matrix that dout is multiplied by on its way to dx."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View


def weights(case: Case) -> Iterator[Candidate]:
    """W where its transpose is wanted, or no W at all."""
    if case.first.is_parameter:
        return
    for key, W in case.first.experiment.tensors().items():
        if W.ndim == 2 and W.shape[0] == W.shape[1]:
            for turned, says in ((False, f"fits dout {key}"), (True, f"fits dout {key}.T")):
                yield Candidate(
                    "weight-not-transposed", _product(key, turned), says, f"{key} is square"
                )


def _product(key: str, turned: bool) -> Callable[[View], Array | None]:
    def predict(view: View) -> Array | None:
        W = view.experiment.tensors()[key]
        if np.shape(view.experiment.y)[-1:] != W.shape[:1]:
            return None
        dx = view.dout.reshape(-1, len(W)) @ (W.T if turned else W)
        return view.at(dx) if dx.size == view.tensor.array.size else None

    return predict
