"""Layers and nets for images against PyTorch, eager, and JAX, compiled.

python -m tests.benchmarks.image_speed [CASES]

A layer runs forward and backward, with dx; a net makes a training step of SGD.
"""

import itertools
import sys
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from layers import BatchNorm, Conv2D, Flatten, FullyConnected, MaxPool2D, ReLU, SoftmaxCE
from nets import Sequential
from optimizers import SGD
from tests.benchmarks.cases import LEARNING_RATE
from tests.benchmarks.machine import description, without_pins
from tests.benchmarks.timing import measured

Step = Callable[[], object]
Spec = tuple[str, int, int, int]  # a layer, its numbers of inputs and outputs, and its size
BATCH, CLASSES = 32, 10


def conv(inputs: int, outputs: int, size: int = 3) -> Spec:
    return "conv", inputs, outputs, size


def block(inputs: int, outputs: int) -> list[Spec]:
    """Two convolutions with normalisation, and a pooling, as in VGG."""
    layers: list[Spec] = []
    for fan_in in (inputs, outputs):
        layers += [conv(fan_in, outputs), ("norm", outputs, outputs, 0), ("relu", 0, 0, 0)]
    return [*layers, ("pool", 0, 0, 2)]


def dense(*sizes: int) -> list[Spec]:
    layers: list[Spec] = [("flatten", 0, 0, 0)]
    for fan_in, fan_out in itertools.pairwise(sizes):
        layers += [("dense", fan_in, fan_out, 0), ("relu", 0, 0, 0)]
    return layers[:-1]


LENET = [conv(1, 6, 5), ("relu", 0, 0, 0), ("pool", 0, 0, 2), conv(6, 16, 5), ("relu", 0, 0, 0)]
CASES: dict[str, tuple[tuple[int, int], list[Spec]]] = {  # channels and height of x, layers
    "conv 3-16": ((3, 32), [conv(3, 16)]),
    "conv 16-32": ((16, 32), [conv(16, 32)]),
    "conv 64-64": ((64, 32), [conv(64, 64)]),
    "pool": ((32, 32), [("pool", 0, 0, 2)]),
    "norm": ((32, 32), [("norm", 32, 32, 0)]),
    "lenet": ((1, 28), [*LENET, ("pool", 0, 0, 2), *dense(784, 120, 84, CLASSES)]),
    "vgg": ((3, 32), [*block(3, 32), *block(32, 64), *dense(4096, 128, CLASSES)]),
}


def data(name: str) -> tuple[np.ndarray, np.ndarray, list[Spec]]:
    """Images, labels, and the layers of a case."""
    (channels, height), specs = CASES[name]
    rng = np.random.default_rng(0)
    x = rng.normal(size=(BATCH, channels, height, height)).astype(np.float32)
    return x, rng.integers(CLASSES, size=BATCH), specs


def ours(name: str) -> Step:
    x, labels, specs = data(name)
    kinds = {
        "conv": lambda i, o, k: Conv2D(i, o, k, padding="same", rng=0),
        "norm": lambda i, o, k: BatchNorm(i),
        "relu": lambda i, o, k: ReLU(),
        "pool": lambda i, o, k: MaxPool2D(k),
        "flatten": lambda i, o, k: Flatten(),
        "dense": lambda i, o, k: FullyConnected(i, o, rng=0),
    }
    net = Sequential(*(kinds[kind](*sizes) for kind, *sizes in specs)).astype(np.float32)
    if len(specs) == 1:
        dout = np.ones_like(net.forward(x))
        return lambda: (net.forward(x), net.backward(dout))
    loss, optimizer = SoftmaxCE(), SGD(LEARNING_RATE)

    def step() -> float:
        value = loss.forward(net.forward(x), labels)
        _, grads = net.backward(loss.backward()[0], input_gradient=False)
        optimizer.step(net.params, grads)
        return value

    return step


def pytorch(name: str) -> Step:
    import torch
    from torch import nn

    x, labels, specs = data(name)
    kinds = {
        "conv": lambda i, o, k: nn.Conv2d(i, o, k, padding="same"),
        "norm": lambda i, o, k: nn.BatchNorm2d(i),
        "relu": lambda i, o, k: nn.ReLU(),
        "pool": lambda i, o, k: nn.MaxPool2d(k),
        "flatten": lambda i, o, k: nn.Flatten(),
        "dense": lambda i, o, k: nn.Linear(i, o),
    }
    net = nn.Sequential(*(kinds[kind](*sizes) for kind, *sizes in specs))
    tensor, targets = torch.from_numpy(x), torch.from_numpy(labels)
    if len(specs) == 1:
        tensor.requires_grad_()
        dout = torch.ones_like(net(tensor))

        def layer() -> None:
            net.zero_grad()
            tensor.grad = None
            net(tensor).backward(dout)

        return layer
    loss, optimizer = nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), LEARNING_RATE)

    def step() -> None:
        optimizer.zero_grad()
        loss(net(tensor), targets).backward()
        optimizer.step()

    return step


def jax_jit(name: str) -> Step:
    import jax
    from jax import lax
    from jax import numpy as jnp

    x, labels, specs = data(name)
    rng = np.random.default_rng(0)

    def drawn(kind: str, i: int, o: int, k: int) -> list[object]:
        shape = {"conv": (o, i, k, k), "dense": (i, o), "norm": (i,)}.get(kind)
        if shape is None:
            return []
        return [jnp.asarray(0.1 * rng.normal(size=shape), jnp.float32), jnp.zeros(o, jnp.float32)]

    def run(params, y):
        for (kind, _, _, k), theta in zip(specs, params, strict=True):
            if kind == "conv":
                y = lax.conv(y, theta[0], (1, 1), "SAME") + theta[1][:, None, None]
            elif kind == "dense":
                y = y @ theta[0] + theta[1]
            elif kind == "norm":
                axes = (0, 2, 3)
                mean, variance = y.mean(axes, keepdims=True), y.var(axes, keepdims=True)
                y = (y - mean) * lax.rsqrt(variance + 1e-5) * theta[0][:, None, None]
                y = y + theta[1][:, None, None]
            elif kind == "pool":
                size = (1, 1, k, k)
                y = lax.reduce_window(y, -jnp.inf, lax.max, size, size, "VALID")
            else:
                y = jax.nn.relu(y) if kind == "relu" else y.reshape(len(y), -1)
        return y

    def loss(params, x):
        y = run(params, x)
        if len(specs) == 1:
            return y.sum()
        return -jax.nn.log_softmax(y)[jnp.arange(BATCH), labels].mean()

    @jax.jit
    def update(params, x):
        grads, dx = jax.grad(loss, (0, 1))(params, x)
        new = jax.tree.map(lambda p, g: p - LEARNING_RATE * g, params, grads)
        return new, dx if len(specs) == 1 else None

    params, images = [drawn(*spec) for spec in specs], jnp.asarray(x)
    return lambda: jax.block_until_ready(update(params, images))


LIBRARIES = {"handgrad": ours, "PyTorch": pytorch, "JAX jit": jax_jit}


def main(names: Sequence[str], blocks: int = 15) -> None:
    """Print a row for each case: milliseconds, and in brackets how many times ours."""
    print(description(), flush=True)
    print(f"\n| case | {' | '.join(LIBRARIES)} |\n|{'---|' * (len(LIBRARIES) + 1)}", flush=True)
    for name in names or CASES:
        makes = {library: partial(make, name) for library, make in LIBRARIES.items()}
        found = measured(makes, blocks).timings
        cells = [
            f"{1e3 * found[library].median:.2f} ±{100 * found[library].spread:.0f} % "
            f"({found[library].median / found['handgrad'].median:.2f})"
            if library in found
            else ""
            for library in LIBRARIES
        ]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    without_pins()
    main(sys.argv[1:])
