"""The parameters of several layers as one dict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import is_

from layers.core.params import Array, Params


class JointParams:
    """One dict of all parameters, which stays right until a layer has other ones.

    Parameters
    ----------
    dicts : sequence of dict
        The layers' own parameters.
    params : Params
        All of them.
    """

    def __init__(self, dicts: Sequence[Mapping[str, Array]], params: Params) -> None:
        self.params = params
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
