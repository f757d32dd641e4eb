"""Print how long a gradient check takes beside PyTorch's, each in processes of its own.

``python -m tests.benchmarks.gradcheck_speed`` starts a process for each library in turn, several
times over, with one thread, and takes the median of each. It is the processor's time, so that other
programs do not count.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

import numpy as np

from layers import FullyConnected, ReLU, Sigmoid, SoftmaxCE, gradcheck
from nets import Sequential

ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
PAUSE = 0.12  # seconds before a block, in which the threads of the last one stop spinning
LIBRARIES = ("handgrad", "torch")

Check = Callable[[], object]


class Convolution:
    """A convolution with 3 by 3 kernels, as a student writes it: x (N, C, H, W), W (F, C, 3, 3)."""

    def __init__(self, channels: int, filters: int, rng: np.random.Generator) -> None:
        self.params = {"W": rng.normal(size=(filters, channels, 3, 3)), "b": np.zeros(filters)}

    def forward(self, x):
        """The windows of x times the kernels."""
        self.shape = x.shape
        self.windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(2, 3))
        y = np.einsum("nchwij,fcij->nfhw", self.windows, self.params["W"])
        return y + self.params["b"][:, None, None]

    def backward(self, dout):
        """Each entry of dout goes back to the window that it comes from."""
        dx = np.zeros(self.shape)
        for i in range(3):
            for j in range(3):
                part = np.einsum("nfhw,fc->nchw", dout, self.params["W"][:, :, i, j])
                dx[:, :, i : i + dout.shape[2], j : j + dout.shape[3]] += part
        dW = np.einsum("nchwij,nfhw->fcij", self.windows, dout)
        return dx, {"W": dW, "b": dout.sum((0, 2, 3))}


def handgrad_checks() -> dict[str, Check]:
    """The cases by name, for this library."""
    rng = np.random.default_rng(0)

    def net(n: int, features: int, hidden: int, classes: int) -> Check:
        chain = Sequential(
            FullyConnected(features, hidden, rng=0), ReLU(), FullyConnected(hidden, classes, rng=1)
        )
        x, labels = rng.normal(size=(n, features)), rng.integers(classes, size=n)
        return lambda: gradcheck(chain, x, loss=(SoftmaxCE(), labels))

    x, image = rng.normal(size=(4, 5)), rng.normal(size=(2, 2, 5, 5))
    convolution = Convolution(2, 3, rng)
    return {
        "FC 4x5-3": lambda: gradcheck(FullyConnected(5, 3, rng=0), x),
        "net 5-8-3 + CE": net(4, 5, 8, 3),
        "net 20-32-10 + CE": net(8, 20, 32, 10),
        "conv 2,5,5,2-3": lambda: gradcheck(convolution, image),
    }


def torch_checks() -> dict[str, Check]:
    """The cases by name, for PyTorch."""
    import torch  # not needed by the other process

    functional, check = torch.nn.functional, torch.autograd.gradcheck
    torch.manual_seed(0)

    def numbers(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, dtype=torch.float64, requires_grad=True)

    def net(n: int, features: int, hidden: int, classes: int) -> Check:
        tensors = [numbers(n, features)]
        tensors += [numbers(hidden, features), numbers(hidden)]
        tensors += [numbers(classes, hidden), numbers(classes)]
        labels = torch.randint(classes, (n,))

        def loss(x, w1, b1, w2, b2):
            hidden = functional.relu(functional.linear(x, w1, b1))
            return functional.cross_entropy(functional.linear(hidden, w2, b2), labels)

        return lambda: check(loss, tensors)

    affine = numbers(4, 5), numbers(3, 5), numbers(3)
    convolution = numbers(2, 2, 5, 5), numbers(3, 2, 3, 3), numbers(3)
    return {
        "FC 4x5-3": lambda: check(functional.linear, affine),
        "net 5-8-3 + CE": net(4, 5, 8, 3),
        "net 20-32-10 + CE": net(8, 20, 32, 10),
        "conv 2,5,5,2-3": lambda: check(functional.conv2d, convolution),
    }


def fifty_sigmoids() -> float:
    """The seconds of one check of 50 layers with a sigmoid each."""
    layers = [layer for i in range(50) for layer in (FullyConnected(5, 5, rng=i), Sigmoid())]
    net, x = Sequential(*layers), np.random.default_rng(0).normal(size=(4, 5))
    began = time.process_time()
    gradcheck(net, x)
    return time.process_time() - began


def measured(library: str) -> dict[str, float]:
    """The median seconds of each case, in this process."""
    found = {}
    for name, check in {"handgrad": handgrad_checks, "torch": torch_checks}[library]().items():
        check()
        time.sleep(PAUSE)
        figures = []
        while len(figures) < 5 or sum(figures) < 0.3:
            began = time.process_time()
            check()
            figures.append(time.process_time() - began)
        found[name] = float(np.median(figures))
    return found


def in_a_process(library: str) -> dict[str, float]:
    """The same, in a process of its own with one thread."""
    environment = {**os.environ, **ONE_THREAD}
    environment.pop("OPENBLAS_CORETYPE", None)
    command = [sys.executable, "-m", __spec__.name, "--measure", library]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one row for each case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", choices=LIBRARIES, help="measure one, in this process")
    parser.add_argument("--processes", type=int, default=5)
    options = parser.parse_args(arguments)
    if options.measure:
        print(json.dumps(measured(options.measure)))
        return
    figures = [{name: in_a_process(name) for name in LIBRARIES} for _ in range(options.processes)]
    for case in figures[0]["handgrad"]:
        ours, theirs = (np.median([row[name][case] for row in figures]) for name in LIBRARIES)
        print(
            f"{case:18} {1e3 * ours:7.1f} ms, torch.autograd.gradcheck {1e3 * theirs:7.1f} ms: "
            f"{theirs / ours:.2f} of its speed"
        )
    print(f"50 sigmoid layers  {fifty_sigmoids():.2f} s")


if __name__ == "__main__":
    main()
