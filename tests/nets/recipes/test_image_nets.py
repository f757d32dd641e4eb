import re

import numpy as np
import pytest

from layers import BatchNorm, Conv2D, Dropout, SoftmaxCE, Tanh, assert_gradients
from nets import EarlyStopping, Residual, Sequential, conv_net, fit, lenet, resnet
from optimizers import Adam

RNG = np.random.default_rng(0)
X, LABELS = RNG.normal(size=(4, 2, 12, 12)), np.array([0, 1, 2, 0])
RECIPES = {
    "conv_net": lambda **given: conv_net((2, 12, 12), 3, (2, 3), **given),
    "lenet": lambda **given: lenet((2, 12, 12), 3, **given),
    "resnet": lambda **given: resnet((2, 12, 12), 3, (2, 3), **given),
}


@pytest.fixture(params=RECIPES.values(), ids=RECIPES)
def recipe(request):
    return request.param


def kinds(net):
    return [type(layer).__name__ for layer in net]


def test_images_become_scores(recipe):
    net = recipe(rng=0, dtype="float32")
    assert isinstance(net, Sequential)
    assert net.predict(X).shape == (4, 3)
    assert net.predict(X).dtype == np.float32
    same, other = recipe(rng=0, dtype="float32"), recipe(rng=1, dtype="float32")
    np.testing.assert_array_equal(same.predict(X), net.predict(X))
    assert (other.params["0.W"] != net.params["0.W"]).any()
    assert net.summary((2, 12, 12)).rows[-1][1] == "(N, 3)"


@pytest.mark.parametrize("name", ["conv_net", "resnet"])
def test_their_gradients_are_right(name):
    net = RECIPES[name](rng=0, activation="tanh")
    assert_gradients(net, X[:2, :, :12], loss=(SoftmaxCE(), LABELS[:2]))


def test_buffers_are_saved_and_restored_and_left_alone_by_a_trace(tmp_path):
    net = resnet((2, 4, 4), 3, (2,), rng=0)
    x = X[:, :, :4, :4]
    names = [f"{name}.running_{what}" for name in ("1", "3.1", "3.4") for what in ("mean", "var")]
    assert list(net.buffers) == names
    assert str(net.summary((2, 4, 4))).endswith("beside 12 numbers that are not trained")
    net.forward(x)
    before = {name: array.copy() for name, array in net.buffers.items()}
    net.trace(x, LABELS, SoftmaxCE())
    net.save(tmp_path / "net")
    again = Sequential.load(tmp_path / "net")
    for name in names:
        np.testing.assert_array_equal(net.buffers[name], before[name])
        np.testing.assert_array_equal(again.buffers[name], before[name])
    assert (before["3.4.running_mean"] != 0).all()
    np.testing.assert_array_equal(again.predict(x), net.predict(x))


def test_early_stopping_goes_back_to_the_buffers_of_the_best_epoch():
    net = conv_net((2, 4, 4), 3, (2,), rng=0)
    x, y = X[:, :, :4, :4], LABELS
    best, seen = EarlyStopping(patience=2), []

    def keep(training):
        seen.append(training.net.buffers["1.running_mean"].copy())

    fit(
        *(net, SoftmaxCE(), Adam(0.5), x, y),
        **{"epochs": 9, "validation": (-x, y[::-1]), "callbacks": [best, keep], "progress": False},
    )
    assert best.best_epoch < len(seen)
    np.testing.assert_array_equal(net.buffers["1.running_mean"], seen[best.best_epoch - 1])


def test_a_convolutional_net_has_stages_and_a_perceptron():
    net = conv_net((2, 12, 12), 3, [4, 5], hidden=6, dropout=0.5, activation=Tanh)
    stage = ["Conv2D", "BatchNorm", "Tanh", "MaxPool2D"]
    rest = ["Flatten", "Dropout", "FullyConnected", "Tanh", "Dropout", "FullyConnected"]
    assert kinds(net) == [*stage, *stage, *rest]
    assert net.params["10.W"].shape == (5 * 3 * 3, 6)
    assert not net[0].bias
    plain = conv_net((2, 12, 12), 3, [4], batch_norm=False)
    assert kinds(plain) == ["Conv2D", "ReLU", "MaxPool2D", "Flatten", "FullyConnected"]
    assert plain[0].bias
    assert [
        layer.p for layer in conv_net((1, 4, 4), 2, [2], dropout=0.3) if type(layer) is Dropout
    ] == [0.3]


def test_lenet_has_the_parameters_of_its_paper():
    assert sum(array.size for array in lenet().params.values()) == 61_706


def test_a_residual_net_halves_the_image_between_stages():
    net = resnet((2, 12, 12), 3, (4, 6), blocks=2)
    blocks = [layer for layer in net if isinstance(layer, Residual)]
    assert [[type(part) for part in block][:2] for block in blocks] == [[Conv2D, BatchNorm]] * 4
    shapes = [shape for name, shape, _ in net.summary((2, 12, 12)).rows if "Residual" in name]
    assert shapes == ["(N, 4, 12, 12)"] * 2 + ["(N, 6, 6, 6)"] * 2


def test_it_learns():
    x = RNG.normal(size=(60, 1, 4, 4))
    y = np.arange(60) % 2
    x[y == 1, :, 1:3, 1:3] += 2.0
    for net in (conv_net((1, 4, 4), 2, (4,), rng=0), resnet((1, 4, 4), 2, (4,), rng=0)):
        history = fit(net, SoftmaxCE(), Adam(0.02), x, y, epochs=10, rng=0, progress=False)
        assert history.accuracy[-1] > 0.95


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: conv_net((28, 28), 3), "conv_net: expected input_shape to be (channels, height, "),
        (lambda: conv_net((28, 28), 3), "got (28, 28); grey images are (1, 28, 28)"),
        (lambda: conv_net((1, 3, 8), 3), "conv_net: expected images of at least 4 x 4 pixels"),
        (lambda: conv_net((1, 8, 0), 3), "conv_net: expected each size of input_shape to be a pos"),
        (lambda: conv_net((1, 8, 8), 3, ()), "conv_net: expected channels of at least one stage"),
        (lambda: conv_net((1, 8, 8), 3, (4, 0)), "conv_net: expected channels to be a positive"),
        (lambda: conv_net((1, 8, 8), 3, {4: 5}), "conv_net: expected channels to be a positive"),
        (lambda: conv_net((1, 8, 8), 3, hidden={}), "conv_net: expected hidden to be a positive"),
        (lambda: conv_net((1, 8, 8), 0), "conv_net: expected each size to be a positive integer"),
        (lambda: conv_net((1, 8, 8), 3, dropout=1), "conv_net: expected dropout, a probability"),
        (lambda: conv_net((1, 8, 8), 3, activation="x"), "conv_net: expected activation to be one"),
        (lambda: lenet((1, 8, 8)), "lenet: expected images of at least 12 x 12 pixels"),
        (lambda: resnet((3, 8, 8), 0), "resnet: expected classes to be a positive integer, got 0"),
        (
            lambda: resnet((3, 8, 8), 2, blocks=0),
            "resnet: expected blocks to be a positive integer",
        ),
    ],
)
def test_what_makes_no_net_is_refused(make, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        make()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: conv_net(28, 3), "conv_net: expected input_shape to be a list, got 28"),
        (
            lambda: conv_net((1, 8, 8), 3, batch_norm=1),
            "conv_net: expected batch_norm to be True or",
        ),
        (lambda: lenet(rng="0"), "lenet: expected rng to be None, a seed"),
    ],
)
def test_arguments_of_another_kind_are_refused(make, message):
    with pytest.raises(TypeError, match=re.escape(message)):
        make()
