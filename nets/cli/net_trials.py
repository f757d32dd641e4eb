"""Ways to run a net that is written as functions, with parameters from its own initializer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from layers.gradcheck import adapt
from layers.gradcheck.forms.argument_roles import names_of, plain, required
from layers.gradcheck.forms.net_of_functions import WEIGHTS
from nets.cli.dict_arguments import dicts, keys
from nets.cli.example_arguments import MOST, OUT, Scene
from nets.cli.find_layers import FoundLayer
from nets.cli.single_trial import Trial


def nets_of_functions(found: FoundLayer, scene: Scene, reasons: list[str]) -> Iterator[Trial]:
    """All ways to run it in a scene, with targets of the shape of its output."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=scene.shape)
    for parameters in _parameters(found, scene, reasons):
        net = adapt(
            found.forward,
            backward=found.backward,
            cost=found.cost,
            arguments={"parameters": parameters},
        )
        try:
            shape = np.shape(net.output(x.copy()))
        except (Exception, SystemExit) as error:  # it runs a student's code
            reasons.append(f"{type(error).__name__}: {error}")
            continue
        call = f"{found.forward.__name__}({', '.join(names_of(found.forward))})"
        yield Trial(net, [x, _targets(shape, rng)], f"{call}, input of shape {x.shape}", {})


def _targets(shape: tuple[int, ...], rng: np.random.Generator) -> Any:
    """One-hot targets along the axis of the classes, or 0 and 1 where there is one output."""
    if OUT not in shape:
        return rng.integers(0, 2, shape).astype(float)
    axis = shape.index(OUT)
    labels = rng.integers(0, OUT, shape[:axis] + shape[axis + 1 :])
    return np.moveaxis(np.eye(OUT)[labels], -1, axis)


def _parameters(found: FoundLayer, scene: Scene, reasons: list[str]) -> Iterator[dict[str, Any]]:
    """Dicts of parameters, for several outputs and for one."""
    for initialize in found.initialize:
        count = len(required(initialize))
        for out in (OUT, 1):
            sizes = [scene.size("D"), out] if count == 2 else [scene.size("D"), 5, out]
            given: list[Any] = [sizes] if count == 1 else sizes[:count]
            try:
                made = initialize(*given)
            except (Exception, SystemExit) as error:  # it runs a student's code
                reasons.append(f"{initialize.__name__} raises {type(error).__name__}: {error}")
                continue
            if isinstance(made, Mapping):
                yield {name: np.array(array, float) for name, array in made.items()}
    for name in names_of(found.forward):
        if plain(name) in WEIGHTS and (inside := keys(found.forward, name)):
            yield from dicts(inside, scene.values, MOST)
