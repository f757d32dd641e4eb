import numpy as np
import pytest

from layers import Add, FullyConnected, Layer, ReLU, Sigmoid, SoftmaxCE, gradcheck
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.forward_passes import ForwardPasses
from layers.gradcheck.numeric.perturbation import flat
from nets import Sequential

X = np.random.default_rng(0).normal(size=(5, 4))
LABELS = np.array([0, 1, 2, 0, 1])


class Elsewhere(Layer):
    """What forward does beside the layers of a net; backward is not run."""

    def backward(self, dout):
        return dout, {}


class Centred(Elsewhere):
    """Mixes the examples of a batch."""

    def forward(self, x):
        return x - x.mean(axis=0)


class Counted(Elsewhere):
    calls = 0

    def forward(self, x):
        self.calls += 1
        return 3.0 * x


class Tied(Elsewhere):
    """Holds the weights of another layer, under a view of them."""

    def __init__(self, other):
        self.other = other

    def forward(self, x):
        return x @ self.other.params["W"].T


class WithMore(Elsewhere):
    """Has layers, and does more than call them; the more is 0 at the point."""

    def __init__(self):
        self.layers = [FullyConnected(4, 3, rng=0), ReLU()]
        self.params = {"W": self.layers[0].params["W"]}
        self.start = self.params["W"].copy()

    def forward(self, x):
        y = self.layers[1].forward(self.layers[0].forward(x))
        return y + np.square(self.params["W"] - self.start).sum()


class Positive(Elsewhere):
    """Leaves out the examples that begin with a negative number."""

    def forward(self, x):
        return x[x[:, 0] > -10]


def tied():
    first = FullyConnected(4, 3, rng=0)
    return Sequential(first, ReLU(), Tied(first))


def chain(*middle, size=3):
    return Sequential(FullyConnected(4, size, rng=0), *middle, FullyConnected(size, 3, rng=1))


@pytest.mark.parametrize(
    ("layer", "inputs", "loss"),
    [
        (FullyConnected(4, 3, rng=0), (X,), None),
        (Sigmoid(), (X[:, 0],), None),
        (Sigmoid(), (np.float64(0.3),), None),
        (Add(), (X, 2 * X), None),
        (chain(ReLU()), (X,), None),
        (chain(ReLU()), (X,), (SoftmaxCE(), LABELS)),
        (chain(Centred(), ReLU()), (X,), None),
        (Sequential(Centred(), FullyConnected(4, 3, rng=0)), (X,), (SoftmaxCE(), LABELS)),
        (Sequential(chain(ReLU()), Sigmoid()), (X,), None),
        (chain(Positive()), (X,), None),
        (tied(), (X,), None),
        (WithMore(), (X,), None),
    ],
)
def test_all_passes_give_what_single_ones_give(layer, inputs, loss):
    experiment = Experiment(layer, inputs, loss, np.random.default_rng(0))
    passes = ForwardPasses(experiment)
    for array in [*experiment.inputs, *experiment.tensors().values()]:
        before = array.copy()
        direction = np.random.default_rng(1).normal(size=array.shape)
        entries = list(np.ndindex(array.shape))
        points = [(place, t) for place in entries for t in (-30.0, 1e-3)] + [(direction, 0.5)]
        found = passes.outputs(array, points)
        for (place, t), y in zip(points, found, strict=True):
            array[place if isinstance(place, tuple) else ...] += t * (
                1 if isinstance(place, tuple) else place
            )
            expected = flat(experiment.run())
            array[...] = before
            if expected.shape == y.shape:
                np.testing.assert_allclose(y, expected, rtol=1e-11, atol=1e-12)
            else:
                assert np.isnan(y).all()
        assert (array == before).all()


def test_a_net_runs_a_few_times_for_many_entries():
    experiment = Experiment(chain(Counted(), size=20), (X,), None, np.random.default_rng(0))
    counted = experiment.layer.layers[1]
    passes = ForwardPasses(experiment)
    for array in [*experiment.inputs, *experiment.tensors().values()]:
        passes.outputs(array, [(place, 1e-5) for place in np.ndindex(array.shape)])
    assert counted.calls < 25  # of 183 entries


@pytest.mark.parametrize("factor", [-1.0, 1.001])
def test_a_mistake_in_a_gradient_that_almost_vanishes_is_seen(factor):
    """Eleven layers below the output the gradient is about 1e-7."""

    class Wrong(FullyConnected):
        def backward(self, dout, input_gradient=True):
            dx, grads = super().backward(dout, input_gradient)
            return dx, {**grads, "W": factor * grads["W"]}

    deep = [layer for k in range(11) for layer in (Sigmoid(), FullyConnected(3, 3, rng=k))]
    net = Sequential(Wrong(4, 3, rng=0), *deep)
    _, grads = (net.forward(X), net.backward(np.ones((5, 3))))[1]
    assert np.abs(grads["0.W"]).max() < 1e-6
    report = gradcheck(net, X, explain=False)
    assert [tensor.name for tensor in report.tensors if not tensor] == ["0.W"]
