"""Running averages: as another library's, and kept by all that keeps a net."""

import copy
import pickle

import numpy as np
import pytest

from layers import MSE, BatchNorm, Flatten, Frozen, FullyConnected
from nets import EarlyStopping, Sequential, fit
from optimizers import SGD

X = np.random.default_rng(0).normal(3.0, 2.0, size=(8, 2, 2, 3))


def make():
    return Sequential(BatchNorm(2), Flatten(), FullyConnected(12, 1, rng=0), BatchNorm(1))


@pytest.mark.parametrize("shape", [(5, 3), (4, 3, 2, 5), (130, 3, 33, 33)])
def test_several_batches_give_what_another_library_gives(shape):
    torch = pytest.importorskip("torch", reason="the oracle: pip install handgrad[oracle]")
    kind = torch.nn.BatchNorm1d if len(shape) == 2 else torch.nn.BatchNorm2d
    ours, theirs, rng = BatchNorm(3, momentum=0.3), kind(3, momentum=0.3).double(), make_rng()
    ours.params = {"gamma": rng.normal(size=3), "beta": rng.normal(size=3)}
    theirs.load_state_dict(
        {
            "weight": torch.tensor(ours.params["gamma"].copy()),
            "bias": torch.tensor(ours.params["beta"].copy()),
        },
        strict=False,
    )
    for _ in range(3):
        x, dout = rng.normal(2.0, 3.0, size=(2, *shape))
        tensor = torch.tensor(x, requires_grad=True)
        y, expected = ours.forward(x), theirs(tensor)
        theirs.zero_grad()
        expected.backward(torch.tensor(dout))
        dx, grads = ours.backward(dout)
        found = [y, dx, *grads.values(), *ours.buffers.values()]
        wanted = [expected.detach(), tensor.grad, theirs.weight.grad, theirs.bias.grad]
        wanted += [theirs.running_mean, theirs.running_var]
        for one, other in zip(found, wanted, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(ours.predict(x), theirs.eval()(tensor).detach(), rtol=1e-9)


def make_rng():
    return np.random.default_rng(1)


def test_a_mean_far_from_0_loses_no_digits():
    x = 1e4 + np.random.default_rng(0).normal(size=(1000, 1))
    short = BatchNorm(1, dtype="float32").forward(x.astype("float32"))
    exact = BatchNorm(1).forward(x.astype("float32"))
    assert abs(short - exact).max() < 5e-3


@pytest.mark.parametrize("shape", [(1, 2), (1, 2, 1, 1), (0, 2)])
def test_one_value_a_channel_is_refused_in_training_and_changes_nothing(shape):
    layer = BatchNorm(2)
    with pytest.raises(ValueError, match=r"BatchNorm 2: expected more than one value a channel in"):
        layer.forward(np.ones(shape))
    assert layer.buffers["running_mean"].tolist() == [0, 0]
    assert layer.predict(np.ones(shape)).shape == shape


@pytest.mark.parametrize("shape", [(2,), (4, 3), (4, 2, 3), (4, 3, 2, 2)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match=r"expected x of shape \(N, 2\) or \(N, 2, H, W\), got"):
        BatchNorm(2).forward(np.ones(shape))


@pytest.mark.parametrize("wrong", [-0.1, 1.5])
def test_momentum_is_from_0_to_1(wrong):
    with pytest.raises(ValueError, match=r"BatchNorm: expected momentum from 0 to 1, got"):
        BatchNorm(2, momentum=wrong)


@pytest.mark.parametrize("frozen", [False, True])
def test_running_averages_are_part_of_a_net(frozen, tmp_path):
    net = Sequential(Frozen(make()), FullyConnected(1, 1)) if frozen else make()
    net.forward(X)
    y, above = net.predict(X), "0." if frozen else ""
    assert f"{above}0.running_mean" in net.buffers
    assert f"{above}0.running_mean" not in net.params
    net.save(tmp_path / "net.safetensors")
    loaded = Sequential.load(tmp_path / "net.safetensors")
    fresh = Sequential(Frozen(make()), FullyConnected(1, 1)) if frozen else make()
    fresh.load_params(tmp_path / "net.safetensors")
    twins = [loaded, fresh, copy.deepcopy(net), pickle.loads(pickle.dumps(net)), net.astype("f8")]
    for twin in twins:
        np.testing.assert_array_equal(twin.predict(X), y)
        twin.forward(2 * X)
        assert not np.array_equal(twin.predict(X), y)
    assert net.astype("f4").buffers[f"{above}0.running_var"].dtype == np.float32
    assert "beside " in repr(net.summary((2, 2, 3)))
    before = copy.deepcopy(net.buffers)
    net.trace(X, np.ones((8, 1)), MSE())
    net.predict(X)
    net.summary((2, 2, 3))
    assert all(np.array_equal(before[name], net.buffers[name]) for name in before)


def test_early_stopping_restores_the_running_averages_with_the_parameters():
    net, stopping, seen = make(), EarlyStopping(2, monitor="loss"), []
    t = np.random.default_rng(1).normal(size=(8, 1))
    fit(
        *(net, MSE(), SGD(5.0), X, t),
        epochs=8,
        callbacks=[lambda training: seen.append(copy.deepcopy(training.net.buffers)), stopping],
        progress=False,
    )
    before = make().buffers if stopping.best_epoch == 1 else seen[stopping.best_epoch - 2]
    assert len(seen) > stopping.best_epoch
    assert all(np.array_equal(net.buffers[name], before[name]) for name in before)


def test_assigning_copies_into_the_same_memory_and_the_name_is_not_an_attribute():
    layer = BatchNorm(2)
    held = layer.buffers["running_mean"]
    layer.buffers["running_mean"] = [1.0, 2.0]
    layer.buffers = {"running_mean": layer.buffers["running_mean"] + 1, "running_var": [1, 1]}
    assert held.tolist() == [2, 3]
    with pytest.raises(AttributeError, match=r"running_mean is a buffer; read and assign layer\.b"):
        layer.running_mean = 0
