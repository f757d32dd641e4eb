"""Single layers and optimizers under pytest-benchmark, to compare a change with the commit before.

python -m pytest tests/benchmarks/speed.py --benchmark-autosave          # before
python -m pytest tests/benchmarks/speed.py --benchmark-compare=0001      # after
"""

import numpy as np
import pytest

from layers import FullyConnected
from optimizers import loops
from tests.layers.table import LAYERS
from tests.optimizers.table import ROWS

SHAPES = {"S": (32, 64), "L": (128, 512)}
ACTIVATIONS = {"ReLU", "Sigmoid", "Tanh", "LeakyReLU", "GELU"}
LAYERS_TIMED = {
    row.name: lambda n, row=row: row.make() for row in LAYERS if row.name in ACTIVATIONS
}
LAYERS_TIMED["FullyConnected"] = lambda n: FullyConnected(n, n, dtype="f4")
RULES = [row for row in ROWS if row.name in {"SGD", "SGD momentum", "Adam", "AdamW", "RMSProp"}]


def batch(size):
    return np.random.default_rng(0).normal(size=SHAPES[size]).astype(np.float32)


@pytest.mark.parametrize("size", SHAPES)
@pytest.mark.parametrize("way", ["forward", "backward"])
@pytest.mark.parametrize(
    "row", [*PLAIN, "FullyConnected"], ids=lambda row: getattr(row, "name", row)
)
def test_layer(benchmark, row, way, size):
    x = batch(size)
    layer = (
        FullyConnected(x.shape[1], x.shape[1], dtype="f4")
        if row == "FullyConnected"
        else row.make()
    )
    y = layer.forward(x)
    benchmark(getattr(layer, way), x if way == "forward" else y)


@pytest.mark.parametrize("size", SHAPES)
@pytest.mark.parametrize("way", ["forward", "backward"])
@pytest.mark.parametrize(
    "row", [row for row in LOSSES if row.name in {"SoftmaxCE", "MSE"}], ids=str
)
def test_loss(benchmark, row, way, size):
    scores = batch(size)
    labels = np.arange(len(scores)) if row.name == "SoftmaxCE" else np.zeros_like(scores)
    loss = row.make()
    loss.forward(scores, labels)
    benchmark(loss.forward, scores, labels) if way == "forward" else benchmark(loss.backward)


@pytest.mark.parametrize("size", SHAPES)
@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "numpy"])
@pytest.mark.parametrize("row", RULES, ids=str)
def test_optimizer(benchmark, row, compiled, size, monkeypatch):
    if not compiled:
        monkeypatch.setattr("optimizers.base.compiled", lambda loop: None)
    elif row.ours().loop is None or loops.compiled(loops.sgd) is None:
        pytest.skip("there is no compiled loop")
    _, n = SHAPES[size]
    params = FullyConnected(n, n, dtype="f4", rng=0).params
    grads = {key: np.ones_like(theta) for key, theta in params.items()}
    optimizer = row.ours(learning_rate=1e-6)
    optimizer.step(params, grads)
    benchmark(optimizer.step, params, grads)
