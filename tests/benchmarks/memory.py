"""How much memory a training step takes at its peak, beside what it has to hold."""

import tracemalloc
from dataclasses import dataclass

import numpy as np

from layers import SoftmaxCE
from tests.benchmarks.cases import Case
from tests.benchmarks.ours import net_of, optimizer_of


@dataclass(frozen=True)
class Memory:
    """Bytes: what a step has to hold, and the most that it held at once."""

    parameters: int
    gradients: int
    state: int
    activations: int
    peak: int

    @property
    def held(self) -> int:
        """The sum of what a step has to hold."""
        return self.parameters + self.gradients + self.state + self.activations

    @property
    def ratio(self) -> float:
        """The peak as a multiple of that."""
        return self.peak / self.held


def memory(case: Case) -> Memory:
    """Measure the second step: the first one makes the optimizer's state and keeps it."""
    tracemalloc.start()
    try:
        (x, labels), net = case.data(), net_of(case)
        loss, optimizer = SoftmaxCE(), optimizer_of(case)
        for _ in range(2):
            tracemalloc.reset_peak()
            loss.forward(net.forward(x), labels)
            dscores, _ = loss.backward()
            _, grads = net.backward(dscores, input_gradient=False)
            optimizer.step(net.params, grads)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    outputs = [x, *_outputs(net, x)]
    return Memory(
        parameters=_bytes(net.params.values()),
        gradients=_bytes(grads.values()),
        state=_bytes(array for slots in optimizer.state.values() for array in slots.values()),
        activations=_bytes(outputs),
        peak=peak,
    )


def _outputs(net, x):
    """What each layer hands on."""
    for layer in net:
        x = layer.predict(x)
        yield x


def _bytes(arrays) -> int:
    return sum(np.asarray(array).nbytes for array in arrays)
