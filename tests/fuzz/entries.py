"""Good calls of all public entries, which the fuzzers spoil.

One line an entry. `free` names arguments that take anything at all, such as a text's tokens;
`endless` those for which a huge number is in order and takes as long as it says.
"""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import layers
import nets
import optimizers
from layers.gradcheck import adapt
from layers.gradcheck.check import assert_gradients, gradcheck
from nets import Graph, Sequential, differentiation, interop, plots, text
from nets.training import History
from optimizers import schedules
from tests.fuzz.files import FILES
from tests.fuzz.senseless import Call, call
from tests.layers import table as layer_table
from tests.optimizers.table import ROWS


@functools.cache
def folder() -> Path:
    """A folder for this process."""
    path = Path(tempfile.mkdtemp(prefix="fuzz-"))
    atexit.register(shutil.rmtree, path)
    return path


@functools.cache
def example(name: str) -> Path:
    """A file of the kind that a name stands for, in order."""
    FILES[name][0](path := folder() / name)
    return path


class Entry(NamedTuple):
    """The name of a public entry, and a good call of it, made afresh each time."""

    name: str
    make: Callable[[], Call]
    free: tuple[str | int, ...] = ()
    endless: tuple[str | int, ...] = ()


def normal(*shape: int, seed: int = 0) -> Any:
    """An array of normal numbers."""
    return np.random.default_rng(seed).normal(size=shape)


def net() -> Any:
    """A small classifier of points in the plane."""
    return nets.mlp(2, 4, 3, rng=0)


def residual() -> Any:
    """A block that changes points in the plane."""
    return nets.Residual(layers.FullyConnected(2, 2, rng=0), layers.Tanh())


def points() -> tuple[Any, Any]:
    """Points in the plane, and their classes."""
    return normal(6, 2), np.arange(6) % 3


def history() -> History:
    """What a run of two epochs leaves."""
    made = History()
    for epoch in (1, 2):
        made.append(epoch=epoch, loss=1.0 / epoch, accuracy=0.5, seconds=0.1)
    return made


def vocabulary() -> text.Vocabulary:
    """Three letters, and tokens for the unknown and for padding."""
    return text.Vocabulary("abcab", padding="<pad>")


def language_model() -> Any:
    """It takes two tokens of `vocabulary`."""
    return nets.neural_language_model(5, 2, dim=3, hidden=4, rng=0)


def graph() -> Graph:
    """Two inputs, a layer with parameters and a gate."""
    nodes = {"a": (layers.FullyConnected(2, 2, rng=0), "x"), "f": (layers.Multiply(), "a", "y")}
    return Graph(inputs=("x", "y"), output="f", nodes=nodes)


def batches(*args: Any, **kwargs: Any) -> list[Any]:
    """All minibatches of an epoch."""
    return list(nets.minibatches(*args, **kwargs))


def ahead(optimizer: Any, params: Any) -> Any:
    """Where a block of `look_ahead` finds the parameters."""
    with optimizers.look_ahead(optimizer, params):
        return {key: theta.copy() for key, theta in params.items()}


def ran(made: Any, *xs: Any) -> Any:
    """A layer that is ready for backward."""
    made.forward(*xs)
    return made


def both(backward: Call, *xs: Any) -> Any:
    """Forward of inputs in some layout, and then backward."""
    layer: Any = backward.function.__self__  # type: ignore[attr-defined]
    y = layer.forward(*xs)
    return y, layer.backward(*backward.args)


def square(x: Any) -> Any:
    """A function of several numbers to differentiate."""
    return np.sum(x * x * 0.5)


def of_layers() -> Iterator[Entry]:
    """Constructors, forward, backward and predict of every layer, and what stands beside them."""
    made = {
        "FullyConnected": call(layers.FullyConnected, 3, 2, bias=True, weight_init="zeros", rng=0),
        "Embedding": call(layers.Embedding, 5, 3, trainable=True, dtype="float32", rng=0),
        "MeanEmbedding": call(layers.MeanEmbedding, 5, 3, padding=0, trainable=True, rng=0),
        "Dropout": call(layers.Dropout, 0.5, rng=0),
        "LeakyReLU": call(layers.LeakyReLU, 0.1),
        "ELU": call(layers.ELU, 1.0),
        "Copy": call(layers.Copy, 2),
        "Concat": call(layers.Concat, axis=1),
        "Mean": call(layers.Mean, 1),
        "Conv2D": call(layers.Conv2D, 1, 2, 3, stride=1, padding=1, weight_init="zeros", rng=0),
        "MaxPool2D": call(layers.MaxPool2D, 2, stride=1, padding=1),
        "AveragePool2D": call(layers.AveragePool2D, 2, stride=1, padding=1),
        "BatchNorm": call(layers.BatchNorm, 3, momentum=0.5, epsilon=1e-5, dtype="float32"),
        "LayerNorm": call(layers.LayerNorm, 3, epsilon=1e-5),
        "GroupNorm": call(layers.GroupNorm, 2, 4, epsilon=1e-5, dtype="float32"),
        "RNN": call(layers.RNN, 3, 2, activation="relu", weight_init="zeros", rng=0),
        "LSTM": call(layers.LSTM, 3, 2, weight_init="uniform", dtype="float32", rng=0),
        "GRU": call(layers.GRU, 3, 2, rng=0),
        "MultiHeadAttention": call(layers.MultiHeadAttention, 4, 2, causal=True, rng=0),
        "PositionalEncoding": call(layers.PositionalEncoding, 5, 4),
        "PositionEmbedding": call(layers.PositionEmbedding, 5, 4, weight_init="zeros", rng=0),
        "AddConstant": call(layers.AddConstant, 2.0),
        "MultiplyConstant": call(layers.MultiplyConstant, 2.0),
    }
    for name, good in made.items():
        yield Entry(name, lambda good=good: good)  # type: ignore[misc]
    for row in layer_table.ROWS:
        xs, ready = row.inputs, row.make
        yield Entry(f"{row.name}.forward", lambda r=ready, x=xs: call(r().forward, *x()))  # type: ignore[misc]
        yield Entry(f"{row.name}.predict", lambda r=ready, x=xs: call(r().predict, *x()))  # type: ignore[misc]

        def back(row: Any = row) -> Call:
            made, xs = row.make(), row.inputs()
            y = made.forward(*xs)
            douts = tuple(map(np.ones_like, y)) if isinstance(y, tuple) else np.ones_like(y)
            return call(made.backward, 1.0 if row.loss else douts)

        yield Entry(f"{row.name}.backward", back, free=(0,) * row.loss)
        yield Entry(f"{row.name}.both", lambda b=back, x=xs: call(both, b(), *x()))  # type: ignore[misc]
    yield Entry("softmax", lambda: call(layers.softmax, normal(3, 4)))
    yield Entry("Layer.astype", lambda: call(layers.FullyConnected(2, 2, rng=0).astype, "float32"))
    params = layers.FullyConnected(2, 3, rng=0).params
    yield Entry("Params.set", lambda: call(params.__setitem__, "W", normal(2, 3)), free=(0,))
    yield Entry("Params.update", lambda: call(params.update, {"W": normal(2, 3)}), free=(0,))
    for init in (
        layers.xavier_uniform,
        layers.xavier_normal,
        layers.he_normal,
        layers.he_uniform,
        layers.zeros,
    ):
        yield Entry(init.__name__, lambda i=init: call(i, (3, 2), np.random.default_rng(0)))  # type: ignore[misc]
    yield Entry("uniform", lambda: call(layers.uniform, 0.1))
    fc = lambda: layers.FullyConnected(2, 3, rng=0)  # noqa: E731
    yield Entry("adapt", lambda: call(adapt, layers.Tanh(), normal(2, 3)), free=(0,))
    for check in (gradcheck, assert_gradients):
        yield Entry(
            check.__name__,
            lambda c=check: call(c, fc(), normal(3, 2), rng=0, tolerance=1e-6),  # type: ignore[misc]
            endless=("tolerance",),
        )
    loss = lambda: (layers.SoftmaxCE(), np.arange(3))  # noqa: E731
    yield Entry("gradcheck-loss", lambda: call(gradcheck, fc(), normal(3, 2), loss=loss()))


def of_optimizers() -> Iterator[Entry]:
    """Constructors and steps of every rule, schedules, clipping."""
    arrays = lambda seed: {"W": normal(3, 2, seed=seed), "b": normal(2, seed=seed)}  # noqa: E731
    for row in ROWS:
        yield Entry(row.name, lambda r=row: call(r.rule, **r.settings))  # type: ignore[misc]
        yield Entry(f"{row.name}.step", lambda r=row: call(r.ours().step, arrays(0), arrays(1)))  # type: ignore[misc]

        def saved(row: Any = row) -> Call:
            made = row.ours()
            made.step(arrays(0), arrays(1))
            return call(row.ours().load_state_dict, made.state_dict())

        yield Entry(f"{row.name}.load_state_dict", saved)
    sgd = lambda: optimizers.SGD(0.1, momentum=0.9)  # noqa: E731
    made = {
        "clip_by_norm": lambda: call(optimizers.clip_by_norm, arrays(0), 1.0),
        "clip_by_value": lambda: call(optimizers.clip_by_value, arrays(0), 0.5),
        "Clipped": lambda: call(optimizers.Clipped, sgd(), norm=1.0),
        "Adam.beta1": lambda: call(setattr, optimizers.Adam(), "beta1", 0.5),
        "SGD.learning_rate": lambda: call(setattr, sgd(), "learning_rate", 0.5),
        "Warmup()": lambda: call(schedules.Warmup(5, 0.5), 3),
        "Then()": lambda: call(schedules.Then(0.5, 5, 0.1), 3),
        "Clipped.step": lambda: call(
            optimizers.Clipped(sgd(), norm=1.0).step, arrays(0), arrays(1)
        ),
        "look_ahead": lambda: call(ahead, sgd(), arrays(0)),
        "StepDecay": lambda: call(schedules.StepDecay, 0.5, 0.5, 2),
        "Exponential": lambda: call(schedules.Exponential, 0.5, 0.5),
        "InverseTime": lambda: call(schedules.InverseTime, 0.5, 0.5),
        "Linear": lambda: call(schedules.Linear, 0.5, 10, 0.1),
        "Cosine": lambda: call(schedules.Cosine, 0.5, 10, 0.1),
        "Warmup": lambda: call(schedules.Warmup, 5, 0.5),
        "Then": lambda: call(schedules.Then, schedules.Linear(0.5, 5), 5, 0.1),
        "StepDecay()": lambda: call(schedules.StepDecay(0.5, 0.5, 2), 3),
        "Exponential()": lambda: call(schedules.Exponential(0.5, 0.5), 3),
        "InverseTime()": lambda: call(schedules.InverseTime(0.5, 0.5), 3),
        "Linear()": lambda: call(schedules.Linear(0.5, 10, 0.1), 3),
        "Cosine()": lambda: call(schedules.Cosine(0.5, 10, 0.1), 3),
    }
    free = {"Adam.beta1": (0, 1), "SGD.learning_rate": (0, 1)}
    yield from (Entry(name, make, free.get(name, ())) for name, make in made.items())


def of_nets() -> Iterator[Entry]:
    """Nets, training, traces, files and data."""
    ce, sgd = layers.SoftmaxCE, optimizers.SGD
    quiet: dict[str, Any] = {"epochs": 1, "batch_size": 4, "progress": False, "rng": 0}
    data = nets.datasets.from_file
    made = {
        "Sequential": lambda: call(Sequential, layers.ReLU(), layers.Tanh()),
        "Residual": lambda: call(nets.Residual, layers.ReLU(), layers.Tanh()),
        "Residual.forward": lambda: call(residual().forward, points()[0]),
        "Residual.predict": lambda: call(residual().predict, points()[0]),
        "Residual.backward": lambda: call(ran(residual(), points()[0]).backward, np.ones((6, 2))),
        "Sequential.forward": lambda: call(net().forward, points()[0]),
        "Sequential.predict": lambda: call(net().predict, points()[0]),
        "Sequential.backward": lambda: call(ran(net(), points()[0]).backward, np.ones((6, 3))),
        "Sequential[]": lambda: call(net().__getitem__, 1),
        "Sequential.summary": lambda: call(net().summary, (2,)),
        "Sequential.trace": lambda: call(net().trace, *points(), ce()),
        "Sequential.astype": lambda: call(net().astype, "float32"),
        "Sequential.load": lambda: call(Sequential.load, example("net.safetensors")),
        "Sequential.load_params": lambda: call(
            nets.mlp(3, 4, 2, dropout=0.5).load_params, example("net.safetensors")
        ),
        "Graph": lambda: call(Graph, inputs=("x",), output="f", nodes={"f": (layers.ReLU(), "x")}),
        "Graph.forward": lambda: call(graph().forward, normal(3, 2), normal(3, 2)),
        "Graph.predict": lambda: call(graph().predict, normal(3, 2), normal(3, 2)),
        "Graph.backward": lambda: call(
            ran(graph(), normal(3, 2), normal(3, 2)).backward, np.ones((3, 2))
        ),
        "Graph[]": lambda: call(graph().__getitem__, "a"),
        "minibatches": lambda: call(batches, *points(), 4, shuffle=True, rng=0),
        "evaluate": lambda: call(nets.evaluate, net(), ce(), *points(), 4),
        "L1": lambda: call(nets.L1, 0.1),
        "L2": lambda: call(nets.L2, 0.1),
        "L2.penalty": lambda: call(nets.L2(0.1).penalty, {"0.W": normal(2, 2)}),
        "L1.gradients": lambda: call(nets.L1(0.1).gradients, {"0.W": normal(2, 2)}),
        "EarlyStopping": lambda: call(nets.EarlyStopping, patience=2, monitor="loss"),
        "History[]": lambda: call(history().__getitem__, "loss"),
        "History.append": lambda: call(
            history().append, epoch=3, loss=0.5, accuracy=0.25, seconds=0.5
        ),
        "mlp": lambda: call(nets.mlp, 3, 4, 2, activation="tanh", dropout=0.5, rng=0),
        "conv_net": lambda: call(
            nets.conv_net, (1, 4, 4), 2, channels=(2, 3), hidden=4, dropout=0.1, rng=0
        ),
        "lenet": lambda: call(nets.lenet, (1, 12, 12), 3, activation="tanh", dtype="f4", rng=0),
        "resnet": lambda: call(nets.resnet, (1, 4, 4), 2, channels=(2, 3), blocks=2, rng=0),
        "logistic_regression": lambda: call(nets.logistic_regression, 3, 2, dtype="f4", rng=0),
        "neural_language_model": lambda: call(
            nets.neural_language_model,
            5,
            2,
            dim=3,
            hidden=(4,),
            trainable=False,
            dropout=0.1,
            rng=0,
        ),
        "neural_language_model-vectors": lambda: call(
            nets.neural_language_model, 5, 2, vectors=normal(5, 3), activation="relu", rng=0
        ),
        "text_classifier": lambda: call(
            nets.text_classifier, 5, 2, padding=0, dim=3, hidden=4, vectors=normal(5, 3), rng=0
        ),
        "recurrent_language_model": lambda: call(
            nets.recurrent_language_model, 5, dim=3, hidden=4, cell="gru", dropout=0.1, rng=0
        ),
        "transformer": lambda: call(
            nets.transformer, 5, 3, features=4, heads=2, blocks=1, hidden=4, causal=True, rng=0
        ),
        "text_classifier-length": lambda: call(nets.text_classifier, 5, 2, length=3, dim=3, rng=0),
        "read_tensors": lambda: call(interop.read_tensors, example("net.safetensors")),
        "from_file": lambda: call(data, example("data.csv")),
        "text_file": lambda: call(nets.datasets.text_file, example("text.txt")),
        "labelled_text": lambda: call(nets.datasets.labelled_text, example("texts.tsv")),
        "mnist": lambda: call(nets.datasets.mnist, folder() / "none", images=True),
        "fashion_mnist": lambda: call(nets.datasets.fashion_mnist, folder() / "none"),
        "cifar10": lambda: call(nets.datasets.cifar10, folder() / "none", dtype="float32"),
        "RandomFlip": lambda: call(nets.datasets.RandomFlip, 0.5, rng=0),
        "RandomShift": lambda: call(nets.datasets.RandomShift, 2, rng=0),
        "names": lambda: call(nets.datasets.names),
        "write_tensors": lambda: call(
            interop.write_tensors, folder() / "w.safetensors", {"W": normal(2, 2)}
        ),
        "digits": lambda: call(nets.datasets.digits, images=True, dtype="float32"),
    }
    free: dict[str, Any] = {
        "History.append": ("accuracy", "loss", "seconds"),
        "Sequential[]": (0,),
        "write_tensors": (0,),  # any text is a path
    }
    yield from (Entry(name, make, free.get(name, ())) for name, make in made.items())
    yield Entry(
        "fit",
        lambda: call(nets.fit, net(), ce(), sgd(0.1), *points(), shuffle=False, **quiet),
        endless=("epochs",),
    )
    more = lambda: {  # noqa: E731
        **quiet,
        "validation": points(),
        "regularizer": nets.L2(0.1),
        "callbacks": (),
        "augment": np.negative,
    }
    yield Entry(
        "fit-more",
        lambda: call(nets.fit, net(), ce(), optimizers.Adam(), *points(), **more()),
        endless=("epochs",),
    )


def of_pictures() -> Iterator[Entry]:
    """Pictures, and ways to differentiate."""
    three = lambda: {"one": net(), "two": net()}  # noqa: E731
    plane = lambda: nets.mlp(2, 2, 3, activation="tanh", rng=0)  # noqa: E731
    images = lambda: call(plots.sample_images, normal(4, 6), np.arange(4), (2, 3), [0, 1, 1, 3])  # noqa: E731
    made = {
        "activations": lambda: call(plots.activations, layers.ReLU(), layers.Tanh()),
        "bending": lambda: call(plots.bending, plane(), *points(), 2),
        "boundaries": lambda: call(plots.boundaries, three(), *points()),
        "filters": lambda: call(plots.filters, normal(4, 3, 2, 2), columns=2),
        "gradient_norms": lambda: call(
            plots.gradient_norms, net().trace(*points(), layers.SoftmaxCE())
        ),
        "loss_curves": lambda: call(plots.loss_curves, {"a": [2.0, 1.0], "b": history()}),
        "minibatch_losses": lambda: call(plots.minibatch_losses, normal(30), window=3),
        "sample_images": images,
        "sample_images-columns": lambda: images()._replace(kwargs={"columns": 2}),
        "training_curves": lambda: call(plots.training_curves, history()),
        "save": lambda: call(plots.save, plots.training_curves(history()), folder() / "fuzz.png"),
        "Dual": lambda: call(differentiation.Dual, 3.0, 1.0),
        "compare": lambda: call(differentiation.compare, square, normal(2), without=("symbolic",)),
        "compare-layer": lambda: call(
            differentiation.compare, layers.Tanh(), normal(2), exact=np.ones(2)
        ),
        "cost_against_inputs": lambda: call(differentiation.cost_against_inputs, (1, 2), 1),
        "derivatives": lambda: call(differentiation.derivatives, square, "x"),
        "error_against_h": lambda: call(differentiation.error_against_h, square, normal(2)),
        "errors_against_h": lambda: call(
            differentiation.errors_against_h, square, normal(2), steps=[0.1, 0.01]
        ),
        "number_of": lambda: call(differentiation.number_of, layers.ReLU(), np.ones(2)),
        "number_of()": lambda: call(
            differentiation.number_of(layers.ReLU(), np.ones(2)), normal(2)
        ),
        "reverse_mode": lambda: call(
            differentiation.reverse_mode, layers.Tanh(), normal(2), dout=np.ones(2)
        ),
        "forward_mode": lambda: call(differentiation.forward_mode, square, normal(2)),
        "symbolic": lambda: call(differentiation.symbolic, square, normal(2)),
        "forward_difference": lambda: call(
            differentiation.forward_difference, square, normal(2), h=1e-8
        ),
        "centred_difference": lambda: call(
            differentiation.centred_difference, square, normal(2), h=1e-5
        ),
        "complex_step": lambda: call(differentiation.complex_step, square, normal(2), h=1e-20),
    }
    free = {
        "Dual": (0, 1),
        "derivatives": (1,),
        "save": (1,),
    }
    yield from (Entry(name, make, free.get(name, ())) for name, make in made.items())
    racers = lambda: {"SGD": optimizers.SGD(0.1), "Adam": optimizers.Adam()}  # noqa: E731
    for race in (plots.race, plots.walks):
        yield Entry(
            race.__name__,
            lambda r=race: call(r, racers(), plots.VALLEY, 5),  # type: ignore[misc]
            endless=(2,),
        )
    surface = plots.VALLEY
    yield Entry(
        "Surface",
        lambda: call(
            plots.Surface, surface.height, surface.slope, (-9.0, 2.5), (-10.0, 3.0), (-3.0, 3.0)
        ),
    )


def of_text() -> Iterator[Entry]:
    """Tokens, their numbers, windows, vectors, and writing."""
    vectors = lambda: {"a": normal(3), "b": normal(3)}  # noqa: E731
    ids = lambda: np.array([1, 2, 3, 4, 2, 3])  # noqa: E731
    made = {
        "Vocabulary": lambda: call(text.Vocabulary, ["a", "b", "a"], size=3, padding="<pad>"),
        "Vocabulary.tokens": lambda: call(vocabulary().tokens, np.array([1, 2])),
        "padded": lambda: call(text.padded, [["a"], ["b", "c"]], vocabulary(), 3),
        "perplexity": lambda: call(
            text.perplexity, language_model(), np.array([[1, 2], [2, 3]]), np.array([3, 4]), 10
        ),
        "read_vectors": lambda: call(text.read_vectors, example("vectors.txt"), ["king"], dim=2),
        "vector_table": lambda: call(text.vector_table, vocabulary(), vectors(), rng=0),
        "windows": lambda: call(text.windows, ids(), 2, start=0),
    }
    # A text is a list of characters.
    free: dict[str, Any] = {"Vocabulary": (0, "padding"), "read_vectors": (1,)}
    yield from (Entry(name, make, free.get(name, ())) for name, make in made.items())
    some = {"words": text.words, "characters": text.characters}
    for name, cut in some.items():
        yield Entry(name, lambda c=cut: call(c, "A text, cut."), free=(0,))  # type: ignore[misc]
    yield Entry("Vocabulary.ids", lambda: call(vocabulary().ids, ["a", "b"]), free=(0,))
    yield Entry("sentence", lambda: call(text.sentence, ["a", "text"]), free=(0,))
    yield Entry(
        "generate",
        lambda: call(
            text.generate, language_model(), vocabulary(), "ab", 3, temperature=1.0, stop="c", rng=0
        ),
        free=(2, "stop"),
        endless=(3,),
    )


ROOMS = {
    "layers": of_layers,
    "optimizers": of_optimizers,
    "nets": of_nets,
    "pictures": of_pictures,
    "text": of_text,
}


def entries(rooms: tuple[str, ...] = tuple(ROOMS)) -> list[Entry]:
    """The entries of some rooms, in order."""
    return [entry for room in rooms for entry in ROOMS[room]()]
