"""What other gradient checks say of the same zoo.

``python -m tests.layers.gradcheck.zoo.peers`` prints the table. It wants PyTorch, SciPy and
autograd, and leaves out those that are not installed. Each gets the layer as the kind of function
that it checks, in float64, and random layers draw the same numbers in each pass. Their settings are
their own defaults; SciPy gives a number and no verdict, so that a threshold is set for it here.
"""

from __future__ import annotations

import argparse
import copy
import importlib
import importlib.util
import re
import sys
import warnings
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

import numpy as np

from layers import gradcheck
from layers.core.cast import cast
from layers.core.random_state import generators, put_back, state_of
from layers.gradcheck.numeric.perturbation import flat, random_dout
from tests.layers.gradcheck.zoo.census import specimens
from tests.layers.gradcheck.zoo.right import checks
from tests.layers.gradcheck.zoo.specimen import Specimen

SCIPY_THRESHOLD = 1e-5  # of the length of the gradient, or of 1

Verdict = tuple[bool, str]  # whether it is accused, and the tensor that is named


class Function:
    """A layer, perhaps with a loss behind it, as a function of all tensors that have a gradient."""

    def __init__(self, layer: Any, inputs: Sequence[Any], loss: Any) -> None:
        self.layer = cast(layer, np.float64)
        self.inputs = [self._float64(array) for array in inputs]
        self.loss = copy.deepcopy(loss)
        self.states = [(found, state_of(found)) for found in generators(self.layer)]
        y = self.forward()
        self.dout = random_dout(y, np.random.default_rng(0))
        dx, _ = self.backward(self.dout)
        several = isinstance(dx, tuple)
        moved = range(len(dx)) if several else [] if dx is None else [0]
        floating = [i for i in moved if self.inputs[i].dtype.kind == "f"]
        self.names = [f"x{i}" if several else "x" for i in floating] + list(self.layer.params)
        self.places = floating

    @staticmethod
    def _float64(array: Any) -> Any:
        array = np.array(array)
        return array.astype(np.float64) if array.dtype.kind == "f" else array

    @property
    def tensors(self) -> list[Any]:
        return [self.inputs[i] for i in self.places] + list(self.layer.params.values())

    def forward(self) -> Any:
        for generator, state in self.states:
            put_back(generator, state)
        with np.errstate(all="ignore"):
            y = self.layer.forward(*[array.copy() for array in self.inputs])
            return y if self.loss is None else self.loss[0].forward(y, *self.loss[1:])

    def backward(self, dout: Any) -> Any:
        with np.errstate(all="ignore"):
            if self.loss is not None:
                dout, _ = self.loss[0].backward(dout)
            return self.layer.backward(dout)

    def at(self, values: Sequence[Any]) -> Any:
        for array, value in zip(self.tensors, values, strict=True):
            array[...] = value
        return self.forward()

    def gradients(self, values: Sequence[Any], dout: Any) -> list[Any]:
        self.at(values)
        dx, grads = self.backward(dout)
        dxs = list(dx) if isinstance(dx, tuple) else [dx]
        return [dxs[i] for i in self.places] + [grads[key] for key in self.layer.params]


def ours(layer: Any, inputs: Sequence[Any], loss: Any) -> Verdict:
    report = gradcheck(layer, *inputs, loss=loss)
    return not report, report.findings[0].tensor if report.findings else ""


def of_torch(layer: Any, inputs: Sequence[Any], loss: Any) -> Verdict:
    torch = importlib.import_module("torch")
    # The function of the same name hides the module.
    error_of_torch = sys.modules["torch.autograd.gradcheck"].GradcheckError
    function = Function(layer, inputs, loss)

    class Wrapped(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *tensors: Any) -> Any:
            ctx.save_for_backward(*tensors)
            y = function.at([tensor.detach().numpy() for tensor in tensors])
            ys = y if isinstance(y, tuple) else (y,)
            parts = [torch.tensor(np.array(part, dtype=float)) for part in ys]
            return tuple(parts) if isinstance(y, tuple) else parts[0]

        @staticmethod
        def backward(ctx: Any, *douts: Any) -> Any:
            values = [tensor.detach().numpy() for tensor in ctx.saved_tensors]
            parts = [dout.numpy() if dout.ndim else float(dout) for dout in douts]
            dout = tuple(parts) if isinstance(function.dout, tuple) else parts[0]
            found = function.gradients(values, dout)
            return tuple(torch.tensor(np.array(g, dtype=float)) for g in found)

    tensors = [torch.tensor(array, requires_grad=True) for array in function.tensors]
    try:
        torch.autograd.gradcheck(Wrapped.apply, tensors)
    except error_of_torch as error:
        told = re.search(r"with respect to input (\d+)", str(error))
        return True, function.names[int(told[1])] if told else ""
    return False, ""


def of_scipy(layer: Any, inputs: Sequence[Any], loss: Any) -> Verdict:
    optimize = importlib.import_module("scipy.optimize")
    function = Function(layer, inputs, loss)
    start = np.concatenate([array.ravel() for array in function.tensors])
    ends = np.cumsum([array.size for array in function.tensors])[:-1]
    shapes = [array.shape for array in function.tensors]

    def split(vector: Any) -> list[Any]:
        return [p.reshape(s) for p, s in zip(np.split(vector, ends), shapes, strict=True)]

    def value(vector: Any) -> float:
        return float(flat(function.at(split(vector))) @ flat(function.dout))

    def slope(vector: Any) -> Any:
        found = function.gradients(split(vector), copy.deepcopy(function.dout))
        return np.concatenate([np.ravel(g) for g in found])

    error = optimize.check_grad(value, slope, start)
    return not error <= SCIPY_THRESHOLD * max(1.0, float(np.linalg.norm(slope(start)))), ""


def of_autograd(layer: Any, inputs: Sequence[Any], loss: Any) -> Verdict:
    extend = importlib.import_module("autograd.extend")
    check_grads = importlib.import_module("autograd.test_util").check_grads
    function = Function(layer, inputs, loss)

    def of(place: int) -> Callable[..., Any]:
        return lambda ans, *values: (
            lambda dout: np.array(function.gradients(values, dout * 1.0)[place])
        )

    f = extend.primitive(lambda *values: function.at(values))
    every = tuple(range(len(function.tensors)))  # unless told, it looks at the first alone
    extend.defvjp(f, *[of(place) for place in every])
    try:
        check_grads(f, every, modes=["rev"], order=1)(*[array.copy() for array in function.tensors])
    except AssertionError:
        return True, ""
    return False, ""


PEERS = {
    "handgrad": (ours, "layers"),
    "torch.autograd.gradcheck": (of_torch, "torch"),
    "scipy.optimize.check_grad": (of_scipy, "scipy"),
    "autograd.test_util.check_grads": (of_autograd, "autograd"),
}


def verdict(check: Any, layer: Any, inputs: Sequence[Any], loss: Any) -> Verdict:
    """What a check says; an exception accuses, whatever it is."""
    try:
        return check(layer, inputs, loss)
    except Exception:
        return True, ""


def named(name: str, specimen: Specimen, tensor: str) -> tuple[bool, bool]:
    """Whether the mistake is called by its name, and whether its tensor is told."""
    if name != "handgrad":
        return False, tensor == specimen.tensor != ""
    finding = specimen.report().findings[0]
    said = (finding.mistake, finding.tensor) == (specimen.mistake, specimen.tensor)
    return said, finding.tensor == specimen.tensor


def accused(check: Any, seeds: range, ordinary: bool) -> str:
    """How many right layers are accused; ordinary ones are of size 1 and off their kinks."""
    verdicts = [
        verdict(check, layer, inputs, settings.get("loss"))[0]
        for seed in seeds
        for name, layer, inputs, settings in checks(seed)
        if not ordinary or (" on normal" in name and name.endswith("scale 1"))
    ]
    return f"{sum(verdicts)}/{len(verdicts)}"


def line(name: str, check: Any, wrong: Sequence[Specimen], seeds: range) -> str:
    caught = told = called = 0
    for specimen in wrong:
        is_wrong, tensor = verdict(check, specimen.make(), specimen.inputs, specimen.loss)
        caught += is_wrong
        if is_wrong:
            said, where = named(name, specimen, tensor)
            called, told = called + said, told + where
    cells = [f"{count}/{len(wrong)}" for count in (caught, told, called)]
    many = range(seeds.start, seeds.start + 10 * len(seeds))
    cells += [accused(check, seeds, ordinary=False), accused(check, many, ordinary=True)]
    return f"{name:32}" + "".join(f"{cell:>14}" for cell in cells)


def chosen(offset: int, every: int) -> list[Specimen]:
    """Every k-th wrong layer whose gradient is not right, as a note wants it, or by chance."""
    some = islice(specimens(), offset, None, every)
    return [specimen for specimen in some if not (specimen.is_advice or specimen.invisible)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.layers.gradcheck.zoo.peers")
    parser.add_argument("--every", type=int, default=8, help="only every k-th wrong layer")
    parser.add_argument("--offset", type=int, default=0, help="beginning with this one")
    parser.add_argument("--right", type=int, default=10, help="how many seeds of right layers")
    parser.add_argument("--seed", type=int, default=0, help="the first of them")
    parser.add_argument("--only", default="", help="one of the checks, by a part of its name")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    wrong = chosen(options.offset, options.every)
    heads = ("caught", "tensor told", "named", "accused", "ordinary ones")
    print(" " * 32 + "".join(f"{head:>14}" for head in heads), flush=True)
    for name, (check, module) in PEERS.items():
        if options.only not in name:
            continue
        if importlib.util.find_spec(module) is None:
            print(f"{name:32} is not installed")
        else:
            print(line(name, check, wrong, range(options.seed, options.seed + options.right)))


if __name__ == "__main__":
    main()
