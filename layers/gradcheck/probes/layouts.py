"""The same numbers in another place in memory give the same output and the same gradients."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np

from layers.core.params import Array
from layers.gradcheck.laws import close
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.memory_layout import MemoryLayout
from layers.gradcheck.numeric.perturbation import flat
from layers.gradcheck.numeric.returned_gradients import arrays
from layers.gradcheck.report.finding import Finding


def fortran(array: Array) -> Array:
    """Column by column, as from a transposing layer or a DataFrame."""
    return np.asfortranarray(array)


def backwards(array: Array) -> Array:
    """From the last entry to the first, with gaps."""
    turned = np.repeat(array, 2, axis=-1)[..., ::-2]
    return turned[::-1] if array.ndim > 1 else turned


LAYOUTS = {
    "in C order": np.ascontiguousarray,
    "in Fortran order": fortran,
    "reversed, with gaps": backwards,
}


def layouts(experiment: Experiment) -> Iterator[Finding]:
    """Whether a layer depends on the memory layout of its inputs or of dout."""
    experiment.run()
    expected = copy.deepcopy(arrays(experiment.gradients()))
    given = experiment.layouts, experiment.dout_layout
    for how, lay in LAYOUTS.items():
        other = copy.copy(experiment)
        other.layouts = [_layout(array, lay) for array in other.inputs]
        other.dout_layout = _layouts(other.dout, lay)
        if (other.layouts, other.dout_layout) == given:
            continue
        try:
            y = flat(other.run())
            found = arrays(other.gradients())
        except Exception:  # a layer that refuses this layout returns no wrong numbers
            continue
        wrong = [] if close(y, flat(experiment.y)) else ["the output"]
        wrong += [f"the gradient of {n}" for n, g in expected.items() if not close(found[n], g)]
        if wrong:
            experiment.run()
            _, again = (arrays(experiment.gradients()) for _ in range(2))
            if not all(close(again[name], g) for name, g in expected.items()):
                return  # a gradient that accumulates, for which the layout is not to blame
            evidence = f"with inputs and dout {how} in memory, {wrong[0]} has other numbers"
            yield Finding("depends-on-layout", "", evidence)
            return


def _layouts(dout: Any, lay: Any) -> Any:
    if isinstance(dout, tuple):
        return tuple(_layouts(part, lay) for part in dout)
    return _layout(dout, lay) if isinstance(dout, np.ndarray) else None


def _layout(array: Array, lay: Any) -> MemoryLayout:
    return MemoryLayout.of(lay(array) if array.ndim else array)
