"""Recurrent layers equal PyTorch's: outputs, states and all gradients."""

import numpy as np
import pytest

from layers import GRU, LSTM, RNN

torch = pytest.importorskip("torch", reason="the oracle: pip install handgrad[oracle]")


def twin(layer):
    """PyTorch's layer with the same parameters; its second bias is b_n in the last gate, or 0."""
    kwargs = {"nonlinearity": layer.activation} if isinstance(layer, RNN) else {}
    kind = getattr(torch.nn, type(layer).__name__)
    made = kind(layer.in_features, layer.hidden, batch_first=True, dtype=torch.float64, **kwargs)
    second = np.zeros_like(layer.params["b"])
    if "b_n" in layer.params:
        second[-layer.hidden :] = layer.params["b_n"]
    arrays = (layer.params["W_x"].T, layer.params["W_h"].T, layer.params["b"], second)
    with torch.no_grad():
        for tensor, array in zip(made.parameters(), arrays, strict=True):
            tensor.copy_(torch.tensor(array))
    return made


def leaves(arrays):
    return [torch.tensor(array, requires_grad=True) for array in arrays]


def random_case(kind, seed):
    """A layer with parameters of any size, sequences, perhaps with a state, and dout."""
    rng = np.random.default_rng(seed)
    n, steps, width, hidden = rng.integers(1, [5, 9, 6, 6])
    more = {"activation": "relu"} if kind is RNN and seed % 2 else {}
    layer = kind(int(width), int(hidden), rng=rng, **more)
    for array in layer.params.values():
        array += rng.normal(size=array.shape)
    states = rng.normal(size=(2 if kind is LSTM else 1, n, hidden)) if seed % 3 else ()
    return layer, rng.normal(size=(n, steps, width)), states, rng.normal(size=(n, steps, hidden))


@pytest.mark.parametrize("kind", [RNN, LSTM, GRU])
def test_random_layers_are_those_of_another_library(kind):
    for seed in range(30):
        layer, x, states, dout = random_case(kind, seed)
        other, (x_tensor, *first) = twin(layer), leaves([x, *states])
        given = tuple(state[None] for state in first)
        expected, last = (
            other(x_tensor, given if kind is LSTM else given[0]) if first else other(x_tensor)
        )
        expected.backward(torch.tensor(dout))

        y = layer.forward(x, *states)
        dx, grads = layer.backward(dout)
        found = [y, *layer.last_state, *(dx if first else [dx]), grads["W_x"].T, grads["W_h"].T]
        last = [part[0] for part in (last if kind is LSTM else [last])]
        wanted = [expected, *last, x_tensor.grad, *(state.grad for state in first)]
        wanted += [other.weight_ih_l0.grad, other.weight_hh_l0.grad, other.bias_ih_l0.grad]
        found.append(grads["b"])
        if kind is GRU:
            found.append(grads["b_n"])
            wanted.append(other.bias_hh_l0.grad[-layer.hidden :])
        for array, tensor in zip(found, wanted, strict=True):
            tensor = tensor.detach().numpy()
            scale = max(1, np.abs(tensor).max())
            np.testing.assert_allclose(array, tensor, rtol=0, atol=1e-10 * scale)
