"""The same training step in other libraries, each as its documentation would have it.

Every function returns a step, or raises ImportError where the library is missing. They all train
the case's perceptron in float32 on one batch, with the loss and the rule that we use.
"""

import warnings
from collections.abc import Callable

import numpy as np

from tests.benchmarks.cases import LEARNING_RATE, MOMENTUM, Case

Step = Callable[[], object]


def pytorch(case: Case) -> Step:
    """PyTorch, eager, with its fused optimizers."""
    import torch

    x, labels = map(torch.from_numpy, case.data())
    model = _torch_model(case)
    optimizer = _torch_optimizer(case, model)
    loss = torch.nn.CrossEntropyLoss()

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        loss(model(x), labels).backward()
        optimizer.step()

    return step


def torch_compile(case: Case) -> Step:
    """PyTorch with the forward and backward pass compiled."""
    import torch

    x, labels = map(torch.from_numpy, case.data())
    model = _torch_model(case)
    optimizer = _torch_optimizer(case, model)
    loss = torch.nn.CrossEntropyLoss()
    compiled = torch.compile(lambda x, labels: loss(model(x), labels))

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        compiled(x, labels).backward()
        optimizer.step()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        step()
    return step


def _torch_model(case: Case):
    import torch

    torch.manual_seed(0)
    layers = []
    for fan_in, fan_out in zip(case.sizes[:-1], case.sizes[1:], strict=True):
        layers += [torch.nn.Linear(fan_in, fan_out), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def _torch_optimizer(case: Case, model):
    import torch

    if case.rule == "adam":
        return torch.optim.Adam(model.parameters(), LEARNING_RATE, fused=True)
    return torch.optim.SGD(model.parameters(), LEARNING_RATE, MOMENTUM, fused=True)


def jax_jit(case: Case) -> Step:
    """JAX, the whole step compiled, its buffers donated."""
    import jax
    from jax import numpy as jnp

    rng = np.random.default_rng(0)
    params = [
        (jnp.asarray(rng.normal(size=(a, b)) / np.sqrt(a), jnp.float32), jnp.zeros(b, jnp.float32))
        for a, b in zip(case.sizes[:-1], case.sizes[1:], strict=True)
    ]
    zeros = jax.tree.map(jnp.zeros_like, params)
    x, labels = map(jnp.asarray, case.data())

    def loss(params, x, labels):
        for W, b in params[:-1]:
            x = jax.nn.relu(x @ W + b)
        W, b = params[-1]
        log_p = jax.nn.log_softmax(x @ W + b)
        return -jnp.take_along_axis(log_p, labels[:, None], axis=1).mean()

    def adam(params, m, v, t, x, labels):
        value, grads = jax.value_and_grad(loss)(params, x, labels)
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, grads)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, grads)
        root = jnp.sqrt(1 - 0.999**t)
        size = LEARNING_RATE * root / (1 - 0.9**t)
        params = jax.tree.map(
            lambda p, m, v: p - size * m / (jnp.sqrt(v) + 1e-8 * root), params, m, v
        )
        return params, m, v, t + 1, value

    def sgd(params, v, _, t, x, labels):
        value, grads = jax.value_and_grad(loss)(params, x, labels)
        v = jax.tree.map(lambda v, g: MOMENTUM * v + g, v, grads)
        return jax.tree.map(lambda p, v: p - LEARNING_RATE * v, params, v), v, _, t, value

    update = jax.jit(adam if case.rule == "adam" else sgd, donate_argnums=(0, 1, 2))
    state = [params, zeros, jax.tree.map(jnp.copy, zeros), jnp.float32(1)]

    def step() -> None:
        *state[:], value = update(*state, x, labels)
        value.block_until_ready()
        state[0][0][0].block_until_ready()

    return step


def scikit_learn(case: Case, batches: int = 5) -> Step:
    """scikit-learn's MLPClassifier; one call makes several steps, and `steps` says how many."""
    from sklearn.neural_network import MLPClassifier

    x, labels = case.data(batches)
    labels[: case.sizes[-1]] = np.arange(case.sizes[-1])
    model = MLPClassifier(
        case.sizes[1:-1],
        solver=case.rule,
        alpha=0.0,
        batch_size=case.batch,
        learning_rate_init=LEARNING_RATE,
        momentum=MOMENTUM,
        nesterovs_momentum=False,
        random_state=0,
    )
    model.partial_fit(x, labels, classes=np.arange(case.sizes[-1]))

    def step() -> None:
        model.partial_fit(x, labels)

    step.steps = batches
    return step


def thinc(case: Case) -> Step:
    """Thinc, with its own operations for the CPU."""
    from thinc.api import SGD, Adam, Linear, Relu, chain

    x, labels = case.data()
    hidden = [Relu(n) for n in case.sizes[1:-1]]
    model = chain(*hidden, Linear(case.sizes[-1]))
    onehot = np.eye(case.sizes[-1], dtype=np.float32)[labels]
    model.initialize(X=x, Y=onehot)
    # Thinc's SGD has no momentum: it does less than the others.
    optimizer = Adam(LEARNING_RATE, L2=0.0) if case.rule == "adam" else SGD(LEARNING_RATE, L2=0.0)

    def step() -> None:
        scores, backprop = model.begin_update(x)
        p = model.ops.softmax(scores)
        backprop((p - onehot) / len(x))
        model.finish_update(optimizer)

    return step


PEERS = {
    "PyTorch": pytorch,
    "torch.compile": torch_compile,
    "JAX jit": jax_jit,
    "scikit-learn": scikit_learn,
    "Thinc": thinc,
}
