"""A relative import, a package that is not installed, and training where the file is run."""

import a_package_that_is_not_installed as plots

from .base import Layer


class Double(Layer):
    def forward(self, x):
        return 2 * x

    def backward(self, dout):
        return 2 * dout  # wrong: dout


layer = Double()
for _ in range(10):
    plots.show(layer.forward(1.0))
