"""What recurrent layers share: states that are given and read, and sentences."""

import re

import numpy as np
import pytest

from layers import GRU, LSTM, RNN

KINDS = pytest.mark.parametrize("kind", [RNN, LSTM, GRU])


def sequences(*shape):
    return np.random.default_rng(0).normal(size=shape)


@KINDS
def test_a_text_in_pieces_gives_what_the_whole_gives(kind):
    layer, x = kind(3, 4, rng=0), sequences(2, 7, 3)
    whole = layer.forward(x)
    end = layer.last_state
    state, pieces = (), []
    for piece in (x[:, :1], x[:, 1:5], x[:, 5:]):
        pieces.append(layer.forward(piece, *state))
        state = layer.last_state
    np.testing.assert_allclose(np.concatenate(pieces, axis=1), whole, rtol=1e-12)
    np.testing.assert_allclose(state, end, rtol=1e-12)
    np.testing.assert_array_equal(end[0], whole[:, -1])


@KINDS
def test_predicting_from_a_state_keeps_nothing(kind):
    layer, x = kind(3, 4, rng=0), sequences(2, 5, 3)
    whole, state = layer.predict(x), ()
    for t in range(5):
        y, state = layer.predict_from(x[:, t : t + 1], *state)
        np.testing.assert_allclose(y[:, 0], whole[:, t], rtol=1e-12)
    with pytest.raises(RuntimeError, match="before forward"):
        layer.backward(whole)


@KINDS
def test_the_gradient_crosses_from_piece_to_piece(kind):
    """The gradient of the second piece's first state is what a longer backward would go on with."""
    layer, x = kind(3, 4, rng=0), sequences(2, 6, 3)
    dout = sequences(2, 6, 4)
    layer.forward(x)
    expected, _ = layer.backward(dout)
    first = layer.forward(x[:, :5])
    layer.forward(x[:, 5:], *layer.last_state)
    (dx, dh, *dc), _ = layer.backward(dout[:, 5:])
    np.testing.assert_allclose(dx[:, 0], expected[:, 5], rtol=1e-12)
    if not dc:  # the gradient of a cell has no way into the output of an earlier piece
        layer.forward(x[:, :5])
        upstream = dout[:, :5].copy()
        upstream[:, -1] += dh
        np.testing.assert_allclose(layer.backward(upstream)[0], expected[:, :5], rtol=1e-12)
    assert first.shape == (2, 5, 4)


@KINDS
def test_a_state_of_zeros_is_not_a_state_with_a_gradient(kind):
    layer, x = kind(3, 4, rng=0), sequences(2, 5, 3)
    zeros = [np.zeros((2, 4))] * (2 if kind is LSTM else 1)
    np.testing.assert_array_equal(layer.forward(x, *zeros), layer.forward(x))
    dx, _ = layer.backward(np.ones((2, 5, 4)))
    layer.forward(x, *zeros)
    with_state, _ = layer.backward(np.ones((2, 5, 4)))
    assert [part.shape for part in with_state] == [(2, 5, 3), *[(2, 4)] * len(zeros)]
    np.testing.assert_array_equal(with_state[0], dx)


@KINDS
def test_the_last_state_is_a_copy(kind):
    layer, x = kind(3, 4, rng=0), sequences(1, 5, 3)
    layer.forward(x)
    dx, _ = layer.backward(np.ones((1, 5, 4)))
    for part in layer.last_state:
        part += 1
    np.testing.assert_array_equal(layer.backward(np.ones((1, 5, 4)))[0], dx)
    with pytest.raises(RuntimeError):
        kind(3, 4).last_state  # noqa: B018


@KINDS
def test_without_the_input_gradient_the_others_are_the_same(kind):
    layer, dout = kind(3, 4, rng=0), sequences(2, 5, 4)
    layer.forward(sequences(2, 5, 3))
    _, expected = layer.backward(dout)
    dx, grads = layer.backward(dout, input_gradient=False)
    assert dx is None
    assert all(np.array_equal(grads[name], expected[name]) for name in expected)


@KINDS
@pytest.mark.parametrize("size", [50.0, 1e4, 1e300])
def test_large_inputs_saturate_without_a_warning(kind, size):
    layer = kind(3, 4, rng=0)
    y = layer.forward(size * np.sign(sequences(2, 5, 3)))
    dx, grads = layer.backward(np.ones_like(y))
    assert all(np.isfinite(array).all() for array in (y, dx, *grads.values()))
    assert np.abs(y).max() <= 1


@pytest.mark.parametrize(("kind", "gates"), [(RNN, 1), (LSTM, 4), (GRU, 3)])
def test_each_gate_has_weights_of_its_own(kind, gates):
    layer = kind(30, 40, rng=0)
    assert layer.params["W_x"].shape == (30, gates * 40)
    assert layer.params["W_h"].shape == (40, gates * 40)
    assert np.abs(layer.params["W_x"]).max() == pytest.approx(np.sqrt(6 / 70), rel=0.01)
    bias = layer.params["b"].reshape(gates, 40)
    assert [set(row) for row in bias.tolist()] == [
        {1.0} if kind is LSTM and gate == 1 else {0.0} for gate in range(gates)
    ]


@KINDS
@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((2, 5, 4), "expected x of shape (N, T, 3), got (2, 5, 4)"),
        (
            (5, 3),
            "expected x of shape (N, T, 3), got (5, 3); one sequence is x[None], and one",
        ),
        ((3,), "expected x of shape (N, T, 3), got (3,)"),
        ((2, 0, 3), "expected sequences of at least one step, got x of shape (2, 0, 3)"),
    ],
)
def test_sequences_that_do_not_fit_are_refused(kind, shape, message):
    layer = kind(3, 4, rng=0)
    y = layer.forward(np.ones((1, 2, 3)))
    expected, _ = layer.backward(y)
    for verb in (layer.forward, layer.predict, layer.predict_from):
        with pytest.raises(ValueError, match=re.escape(f"{kind.__name__} 3 -> 4: {message}")):
            verb(np.zeros(shape))
    np.testing.assert_array_equal(layer.backward(y)[0], expected)


@KINDS
@pytest.mark.parametrize("shape", [(4,), (2, 3), (1, 2, 4), (3, 4), ()])
def test_a_state_that_does_not_fit_is_refused(kind, shape):
    states = [np.zeros(shape)] * (2 if kind is LSTM else 1)
    message = rf"{kind.__name__} 3 -> 4: expected h0 of shape \(2, 4\), a state for each sequence, "
    with pytest.raises(ValueError, match=message + re.escape(f"got {shape}")):
        kind(3, 4).forward(np.zeros((2, 5, 3)), *states)


def test_half_a_state_is_refused():
    x, state = np.zeros((2, 5, 3)), np.zeros((2, 4))
    for given, name in (((state,), "h0"), ((None, state), "c0")):
        message = rf"^LSTM 3 -> 4: expected h0 and c0 together, got only {name}; pass zeros for the"
        with pytest.raises(TypeError, match=message):
            LSTM(3, 4).forward(x, *given)


@pytest.mark.parametrize("activation", ["sigmoid", None, 3, ["tanh"]])
def test_an_unknown_activation_is_refused(activation):
    with pytest.raises(ValueError, match=r'^RNN: expected activation to be "tanh" or "relu", got '):
        RNN(3, 4, activation=activation)
