"""The parameters of several layers as one dict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import is_

from layers.params import Array, Params


class JointParams:
    """One dict of all parameters, which stays right until a layer has other ones.

    Parameters
    ----------
    dicts : sequence of dict
        The layers' own parameters.
    """

    def __init__(self, dicts: Sequence[Mapping[str, Array]]) -> None:
        self.params = Params(by_position(dicts))
        self._dicts = dicts
        # The entries of a `Params` never become other arrays; those of a plain dict may.
        self._lasting = all(type(params) is Params for params in dicts)

    def holds(self, dicts: Sequence[Mapping[str, Array]]) -> bool:
        """Whether the layers have the same parameters as before."""
        return (
            self._lasting
            and all(map(is_, dicts, self._dicts))
            and sum(map(len, dicts)) == len(self.params)
        )


def by_position(dicts: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
    """The entries of several dicts in one, under the position of each and its own key.

    Examples
    --------
    >>> import numpy as np
    >>> list(by_position([{"W": np.ones(2), "b": np.ones(1)}, {}, {"W": np.ones(3)}]))
    ['0.W', '0.b', '2.W']
    """
    return {f"{i}.{name}": array for i, own in enumerate(dicts) for name, array in own.items()}
