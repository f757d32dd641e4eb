"""Single layers and optimizers under pytest-benchmark, to compare a change with the commit before.

python -m pytest tests/benchmarks/speed.py --benchmark-autosave          # before
python -m pytest tests/benchmarks/speed.py --benchmark-compare=0001      # after
"""

import numpy as np
import pytest

from layers import GELU, MSE, FullyConnected, LeakyReLU, ReLU, Sigmoid, SoftmaxCE, Tanh
from optimizers import running
from tests.optimizers.table import ROWS

SHAPES = {"S": (32, 64), "L": (128, 512)}
RULES = [row for row in ROWS if row.name in {"SGD", "SGD momentum", "Adam", "AdamW", "RMSProp"}]

both_sizes = pytest.mark.parametrize("size", SHAPES)
both_ways = pytest.mark.parametrize("way", ["forward", "backward"])


def batch(size):
    return np.random.default_rng(0).normal(size=SHAPES[size]).astype(np.float32)


def fully_connected(x):
    return FullyConnected(x.shape[1], x.shape[1], dtype=x.dtype)


@both_sizes
@both_ways
@pytest.mark.parametrize("kind", [fully_connected, ReLU, LeakyReLU, Sigmoid, Tanh, GELU])
def test_layer(benchmark, kind, way, size):
    x = batch(size)
    layer = kind(x) if kind is fully_connected else kind()
    y = layer.forward(x)
    benchmark(getattr(layer, way), x if way == "forward" else y)


@both_sizes
@both_ways
@pytest.mark.parametrize("loss", [SoftmaxCE(), MSE()], ids=repr)
def test_loss(benchmark, loss, way, size):
    scores = batch(size)
    targets = np.arange(len(scores)) % 10 if isinstance(loss, SoftmaxCE) else 0 * scores
    loss.forward(scores, targets)
    benchmark(getattr(loss, way), *((scores, targets) if way == "forward" else ()))


@both_sizes
@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "numpy"])
@pytest.mark.parametrize("row", RULES, ids=str)
def test_optimizer(benchmark, row, compiled, size, monkeypatch):
    if not compiled:
        monkeypatch.setattr("optimizers.optimizer.compiled", lambda loop: None)
    elif row.ours().loop is None or running.compiled(row.ours().loop) is None:
        pytest.skip("there is no compiled loop")
    _, n = SHAPES[size]
    params = FullyConnected(n, n, dtype="f4", rng=0).params
    grads = {key: np.ones_like(theta) for key, theta in params.items()}
    optimizer = row.ours(learning_rate=1e-6)
    optimizer.step(params, grads)
    benchmark(optimizer.step, params, grads)
