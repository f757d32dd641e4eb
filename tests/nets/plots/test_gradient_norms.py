import numpy as np
from matplotlib.colors import to_hex

from layers import MSE, FullyConnected, SoftmaxCE, Tanh
from nets import Sequential, plots
from tests.nets.plots.drawing import draw

X, LABELS = np.eye(2), np.array([0, 1])


def trace_of(net):
    return net.trace(X, LABELS, SoftmaxCE())


def small():
    return Sequential(FullyConnected(2, 3, rng=0), Tanh(), FullyConnected(3, 2, rng=1))


def test_both_kinds_of_norms_are_drawn_on_a_logarithmic_axis():
    trace = trace_of(small())
    (axes,) = plots.gradient_norms(trace).axes
    upstream, learning = axes.lines
    np.testing.assert_allclose(upstream.get_ydata(), [step.upstream for step in trace[:3]])
    np.testing.assert_array_equal(learning.get_xdata(), [0, 2])
    np.testing.assert_allclose(learning.get_ydata(), [trace[0].learning, trace[2].learning])
    assert [to_hex(line.get_color()) for line in axes.lines] == ["#0072b2", "#d55e00"]
    assert axes.get_yscale() == "log"
    low, high = axes.get_ylim()
    assert high / low >= 999
    names = [text.get_text() for text in axes.get_xticklabels()]
    assert names == ["0 FullyConnected", "1 Tanh", "2 FullyConnected"]


def test_a_gradient_of_zero_is_a_cross():
    net = small()
    net.params["2.W"] = np.zeros((3, 2))
    (axes,) = plots.gradient_norms(trace_of(net)).axes
    upstream, _, zeros = axes.lines
    assert list(np.isnan(upstream.get_ydata())) == [True, True, False]
    assert list(zeros.get_xdata()) == [0, 1]
    texts = [text.get_text() for text in axes.get_legend().get_texts()]
    assert texts == ["upstream", "of parameters", "zero"]


def test_a_long_net_has_numbers_for_names():
    net = Sequential(*[FullyConnected(2, 2, rng=index) for index in range(100)])
    figure = plots.gradient_norms(trace_of(net))
    assert figure.axes[0].get_xlabel() == "layer"
    assert figure.get_size_inches()[0] <= 9


def test_a_net_without_layers_and_one_without_gradients_can_be_drawn():
    draw(plots.gradient_norms(trace_of(Sequential())))
    net = Sequential(FullyConnected(2, 1, rng=0))
    draw(plots.gradient_norms(net.trace(X, net.predict(X), MSE())))
