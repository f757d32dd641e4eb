import re

import numpy as np
import pytest

from layers import MSE
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.returned_gradients import read
from tests.layers.gradcheck.wrong_layers import Affine, Multiply, Square, WholeParameters

X = np.ones((5, 4))


@pytest.fixture
def affine():
    """A layer with x (5, 4), W (4, 3) and b (3,)."""
    return Experiment(Affine(), (X,), None, np.random.default_rng(0))


def right(**grads):
    return X, {"W": np.ones((4, 3)), "b": np.ones(3), **grads}


def test_each_tensor_is_paired_with_its_gradient(affine):
    dx, grads = 2 * X, {"b": np.full(3, 5), "W": np.full((4, 3), 7, np.float32)}
    tensors, findings = read(affine, (dx, grads))
    assert findings == []
    assert [tensor.name for tensor in tensors] == ["x", "W", "b"]
    assert tensors[0].array is affine.inputs[0]
    assert tensors[1].array is affine.tensors()["W"]
    assert [tensor.gradient.flat[0] for tensor in tensors] == [2, 7, 5]
    assert {tensor.gradient.dtype for tensor in tensors} == {np.dtype(np.float64)}


def test_gradients_are_copied(affine):
    dx, grads = right()
    tensors, _ = read(affine, (dx, grads))
    for tensor, given in zip(tensors, [dx, grads["W"], grads["b"]], strict=True):
        assert not np.shares_memory(tensor.gradient, given)


def test_lists_are_accepted(affine):
    tensors, findings = read(affine, (X.tolist(), right(b=[1, 2, 3])[1]))
    assert findings == []
    assert tensors[2].gradient.tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("returned", "shown"),
    [
        (X, "a ndarray"),
        (None, "a NoneType"),
        ([X, {}], "a list"),
        ((X,), "a tuple of 1"),
        ((X, {}, {}), "a tuple of 3"),
        ((X, None), "a pair whose second is a NoneType"),
        ((X, [X]), "a pair whose second is a list"),
        ({}, "a dict"),
    ],
)
def test_anything_but_dx_and_a_dict_is_a_finding(affine, returned, shown):
    tensors, (finding,) = read(affine, returned)
    assert tensors == []
    assert (finding.mistake, finding.tensor) == ("wrong-return", "")
    assert finding.evidence == (
        f"backward must return (dx, grads) with a dict of gradients, not {shown}"
    )


@pytest.mark.parametrize("keys", [[], ["W"], ["b"], ["W", "b", "c"], ["dW", "db"]])
def test_other_keys_are_a_finding(affine, keys):
    arrays = {"W": np.ones((4, 3)), "b": np.ones(3)}
    grads = {key: arrays.get(key, np.ones(3)) for key in keys}
    tensors, (finding,) = read(affine, (X, grads))
    assert (finding.mistake, finding.tensor) == ("wrong-keys", "")
    assert finding.evidence == f"params has the keys ['W', 'b'], the gradients have {list(grads)}"
    assert [tensor.name for tensor in tensors] == ["x", *(key for key in keys if key in arrays)]


def test_the_order_of_the_keys_does_not_matter(affine):
    _, grads = right()
    assert read(affine, (X, dict(reversed(grads.items()))))[1] == []


def test_a_parameter_that_is_not_floating_is_a_finding():
    whole = Experiment(WholeParameters(), (X,), None, np.random.default_rng(0))
    tensors, (finding,) = read(whole, right())
    assert (finding.mistake, finding.tensor) == ("not-floating", "W")
    assert finding.evidence == "the parameter W is not a floating array, so no step can move it"
    assert [tensor.name for tensor in tensors] == ["x", "b"]


@pytest.mark.parametrize("shape", [(), (1,), (3, 1), (1, 3), (5, 3), (4,)])
def test_another_shape_is_a_finding(affine, shape):
    tensors, (finding,) = read(affine, right(b=np.ones(shape)))
    assert (finding.mistake, finding.tensor) == ("wrong-shape", "b")
    assert finding.evidence == f"the gradient of b has shape {shape}, b has shape (3,)"
    assert [tensor.name for tensor in tensors] == ["x", "W"]


@pytest.mark.parametrize("g", [None, "abc", [1j, 0, 0], [[1.0], [1.0, 2.0]], [None, 1.0, 2.0]])
def test_a_gradient_that_is_not_an_array_of_numbers_is_a_finding(affine, g):
    tensors, (finding,) = read(affine, right(b=g))
    assert (finding.mistake, finding.tensor) == ("wrong-return", "b")
    assert finding.evidence == "the gradient of b is not an array of real numbers"
    assert [tensor.name for tensor in tensors] == ["x", "W"]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_are_findings(affine, value):
    dx = X.copy()
    dx[2, 1] = value
    tensors, (finding,) = read(affine, (dx, right()[1]))
    assert (finding.mistake, finding.tensor) == ("not-finite", "x")
    assert finding.evidence == "the gradient of x holds nan or infinity"
    assert [tensor.name for tensor in tensors] == ["W", "b"]


def test_all_findings_are_reported_at_once(affine):
    _, findings = read(affine, (X.T, {"W": np.full((4, 3), np.nan), "c": X}))
    assert [(finding.mistake, finding.tensor) for finding in findings] == [
        ("wrong-keys", ""),
        ("wrong-shape", "x"),
        ("not-finite", "W"),
    ]


def test_inputs_are_numbered_where_dx_is_a_tuple():
    two = Experiment(Multiply(), (X, 2 * X), None, np.random.default_rng(0))
    tensors, findings = read(two, ((X, 3 * X), {}))
    assert findings == []
    assert [tensor.name for tensor in tensors] == ["x0", "x1"]
    assert tensors[1].array is two.inputs[1]
    assert tensors[1].gradient[0, 0] == 3


def test_an_input_for_which_there_is_no_gradient_is_left_out():
    two = Experiment(Multiply(), (X, 2 * X), None, np.random.default_rng(0))
    assert [tensor.name for tensor in read(two, ((X, None), {}))[0]] == ["x0"]
    assert [tensor.name for tensor in read(two, ((None, X), {}))[0]] == ["x1"]
    for lacking, dx in (((0, 1), None), ((1,), X), ((1,), (X,))):
        found = read(two, (dx, {}))[1]
        assert [finding.mistake for finding in found] == ["missing-gradient"] * len(lacking)
        assert all(f"input {i}" in f.evidence for i, f in zip(lacking, found, strict=True))
    loss = Experiment(MSE(), (X, 2 * X), None, np.random.default_rng(0))
    assert [tensor.name for tensor in read(loss, (X, {}))[0]] == ["x"]


def test_an_input_that_is_not_floating_is_left_out():
    whole = Experiment(Square(), (np.arange(3),), None, np.random.default_rng(0))
    assert read(whole, (np.ones(3), {})) == ([], [])


def test_the_evidence_names_both_shapes(affine):
    _, (finding,) = read(affine, (X.T, right()[1]))
    assert re.search(r"has shape \(4, 5\), x has shape \(5, 4\)$", finding.evidence)
