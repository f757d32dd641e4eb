"""Layers with one mistake each, and small right ones beside them.

None derives from `Layer`: they are what somebody writes who has only read the contract.
"""

from __future__ import annotations

import numpy as np

from layers import MSE, Dropout, FullyConnected, ReLU, Sigmoid, SoftmaxCE, Tanh


class Chain:
    """A net: layers one after the other. Right."""

    def __init__(self, *layers):
        self.layers = layers

    @property
    def params(self):
        return {
            f"{index}.{name}": array
            for index, layer in enumerate(self.layers)
            for name, array in layer.params.items()
        }

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dout):
        grads = {}
        for index in reversed(range(len(self.layers))):
            dout, its = self.layers[index].backward(dout)
            grads |= {f"{index}.{name}": gradient for name, gradient in its.items()}
        return dout, grads


class Plain:
    """No parameters."""

    params = {}  # noqa: RUF012, what a student may write


class Add(Plain):
    """y = a + b. Right."""

    def forward(self, a, b):
        return a + b

    def backward(self, dout):
        return (dout, dout), {}


class AddOneForgotten(Add):
    """Nothing is returned for b."""

    def backward(self, dout):
        return dout, {}


class Multiply(Plain):
    """y = a b. Right."""

    def forward(self, a, b):
        self.a, self.b = a, b
        return a * b

    def backward(self, dout):
        return (dout * self.b, dout * self.a), {}


class MultiplyMixedUp(Multiply):
    """The second gradient is the first one's."""

    def backward(self, dout):
        return (dout * self.b, dout * self.b), {}


class SinAndSquare(Plain):
    """Two outputs: (sin x, x**2). Right."""

    def forward(self, x):
        self.x = x
        return np.sin(x), x**2

    def backward(self, dout):
        dsin, dsquare = dout
        return dsin * np.cos(self.x) + 2 * self.x * dsquare, {}


class SinAndSquareOneForgotten(SinAndSquare):
    """What flows back through the second output is forgotten."""

    def backward(self, dout):
        return dout[0] * np.cos(self.x), {}


class Affine:
    """y = x W + b. Right; the classes below break one thing each."""

    def __init__(self, d=4, m=3, seed=0):
        rng = np.random.default_rng(seed)
        self.params = {"W": rng.normal(size=(d, m)), "b": rng.normal(size=m)}

    def forward(self, x):
        self.x = x
        return x @ self.params["W"] + self.params["b"]

    def dx(self, dout):
        return dout @ self.params["W"].T

    def dW(self, dout):
        return self.x.T @ dout

    def db(self, dout):
        return dout.sum(axis=0)

    def backward(self, dout):
        return self.dx(dout), {"W": self.dW(dout), "b": self.db(dout)}


class DxNegative(Affine):
    def dx(self, dout):
        return -super().dx(dout)


class DxWithWInsteadOfItsTranspose(Affine):
    """Fits only where W is square."""

    def dx(self, dout):
        return dout @ self.params["W"]


class DWTransposed(Affine):
    """Fits only where W is square."""

    def dW(self, dout):
        return super().dW(dout).T


class DWReshaped(Affine):
    """The right values in another order."""

    def dW(self, dout):
        return (dout.T @ self.x).reshape(self.params["W"].shape)


class DWAveraged(Affine):
    def dW(self, dout):
        return super().dW(dout) / len(self.x)


class DWDecayed(Affine):
    """A penalty that forward knows nothing of."""

    def dW(self, dout):
        return super().dW(dout) + 1e-3 * dout.sum() * self.params["W"]


class DbAveraged(Affine):
    def db(self, dout):
        return dout.mean(axis=0)


class DbOfOneExample(Affine):
    def db(self, dout):
        return dout[0].copy()


class DbOverAllUnits(Affine):
    def db(self, dout):
        return np.full(dout.shape[1], dout.sum())


class DbNotSummed(Affine):
    def db(self, dout):
        return dout


class StaleInput(Affine):
    """Keeps the input of the first call for good."""

    def forward(self, x):
        y = super().forward(x)
        self.first = getattr(self, "first", x)
        self.x = self.first
        return y


class Accumulating(Affine):
    """Adds to what the calls before have found."""

    def __init__(self):
        super().__init__()
        self.grads = {name: np.zeros_like(array) for name, array in self.params.items()}

    def forward(self, x):
        for gradient in self.grads.values():
            gradient[...] = 0
        return super().forward(x)

    def backward(self, dout):
        self.grads["W"] = self.grads["W"] + self.dW(dout)
        self.grads["b"] = self.grads["b"] + self.db(dout)
        return self.dx(dout), dict(self.grads)


class ReusingGradients(Affine):
    """Hands out the same memory again."""

    def __init__(self):
        super().__init__()
        self.buffer = np.empty_like(self.params["W"])
        self.calls = 0

    def dW(self, dout):
        self.buffer[...] = super().dW(dout)
        return self.buffer

    def backward(self, dout):
        self.calls += 1
        dx, grads = super().backward(dout)
        grads["W"] *= 1 + 1e-12 * self.calls  # otherwise nobody would see it
        return dx, grads


class UpdatingInBackward(Affine):
    """Makes its own step."""

    def backward(self, dout):
        dx, grads = super().backward(dout)
        self.params["W"] -= 0.1 * grads["W"]
        return dx, grads


class NormalizingInForward(Affine):
    """Changes its parameters on the way: each call halves b."""

    def forward(self, x):
        self.params["b"] *= 0.5
        return super().forward(x)


class KeyMissing(Affine):
    def backward(self, dout):
        dx, grads = super().backward(dout)
        del grads["b"]
        return dx, grads


class KeyTooMany(Affine):
    def backward(self, dout):
        dx, grads = super().backward(dout)
        return dx, {**grads, "c": grads["b"]}


class KeysOfTheGradients(Affine):
    def backward(self, dout):
        return self.dx(dout), {"dW": self.dW(dout), "db": self.db(dout)}


class OnlyDx(Affine):
    def backward(self, dout):
        return self.dx(dout)


class NoGrads(Affine):
    def backward(self, dout):
        return self.dx(dout), None


class GradsOneByOne(Affine):
    def backward(self, dout):
        return self.dx(dout), self.dW(dout), self.db(dout)


class GradsAsList(Affine):
    def backward(self, dout):
        return self.dx(dout), [self.dW(dout), self.db(dout)]


class DbOfNothing(Affine):
    def db(self, dout):
        return None


class DbOfWords(Affine):
    def db(self, dout):
        return ["one", "two", "three"]


class DbRagged(Affine):
    def db(self, dout):
        return [[1.0], [1.0, 2.0]]


class DbOfHalfTheUnits(Affine):
    def db(self, dout):
        return super().db(dout)[::2]


class DbNan(Affine):
    def db(self, dout):
        return super().db(dout) * np.array([1.0, np.nan, 1.0])


class DbInfinite(Affine):
    def db(self, dout):
        return super().db(dout) * np.array([1.0, np.inf, 1.0])


class DxOfAnotherShape(Affine):
    def dx(self, dout):
        return super().dx(dout).T


class WholeParameters(Affine):
    def __init__(self):
        super().__init__()
        self.params["W"] = np.arange(12).reshape(4, 3)


class RowSums:
    """y = sum over j of x[:, j] W[:, j]. Right."""

    def __init__(self, W):
        self.params = {"W": W}

    def forward(self, x):
        self.x = x
        return (x * self.params["W"]).sum(axis=1)

    def backward(self, dout):
        dout = dout[:, None]
        return dout * self.params["W"], {"W": dout * self.x}


class Square(Plain):
    """y = x**2. Right; the classes below break one thing each."""

    def forward(self, x):
        self.x = x
        return x**2

    def backward(self, dout):
        return 2 * self.x * dout, {}


class SquareIgnoringDout(Square):
    """A constant instead of slope times dout."""

    def backward(self, dout):
        return 2 * self.x, {}


class SquareOfTheSizeOfDout(Square):
    def backward(self, dout):
        return 2 * self.x * np.abs(dout), {}


class SquareShiftingTheInput(Square):
    def forward(self, x):
        y = super().forward(x.copy())
        x += 0.1
        return y


class SquareScalingDout(Square):
    def backward(self, dout):
        dout *= 2 * self.x
        return dout, {}


class SquareInOneBuffer(Square):
    """Hands out the same memory for each output."""

    def forward(self, x):
        self.x = x
        self.y = getattr(self, "y", np.empty_like(x))
        np.square(x, out=self.y)
        return self.y


class ReLUInPlace(Plain):
    """Writes into the caller's input; a second run finds nothing left to change."""

    def forward(self, x):
        x[x < 0] = 0
        self.mask = x > 0
        return x.copy()

    def backward(self, dout):
        return dout * self.mask, {}


class ReLUWritingIntoDout(Plain):
    """Writes into the caller's dout; a second run finds nothing left to change."""

    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, dout):
        dout[~self.mask] = 0
        return dout.copy(), {}


class ReLUWithoutMask(ReLU):
    def backward(self, dout):
        return dout.copy(), {}


class ReLUWithTheMaskOfDout(ReLU):
    def backward(self, dout):
        return dout * (dout > 0), {}


class ReLUTheWrongWayRound(ReLU):
    def backward(self, dout):
        return dout * (self._y <= 0), {}


class SigmoidOfTheInput(Sigmoid):
    """x (1 - x), where it should be y (1 - y)."""

    def forward(self, x):
        self.x = x
        return super().forward(x)

    def backward(self, dout):
        return dout * self.x * (1 - self.x), {}


class SigmoidTwice(Sigmoid):
    """The derivative is taken once more."""

    def backward(self, dout):
        dx, grads = super().backward(dout)
        return super().backward(dx)[0], grads


class TanhWithoutDerivative(Tanh):
    def backward(self, dout):
        return dout.copy(), {}


class DropoutUnscaled(Dropout):
    def backward(self, dout):
        return dout * (self._mask > 0), {}


class DropoutOfAnotherMask(Dropout):
    def backward(self, dout):
        return dout * self._mask[::-1], {}


class DropoutOfItsClass(Plain):
    """Draws from nothing that the check could put back."""

    hidden = np.random.default_rng(0)

    def forward(self, x):
        self.mask = type(self).hidden.random(x.shape) > 0.5
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask, {}


class MSENotAveraged(MSE):
    def backward(self, dout=1.0):
        return super().backward(dout)[0] * self._difference.size, {}


class MSEAveragedOverExamples(MSE):
    def backward(self, dout=1.0):
        return super().backward(dout)[0] * self._difference.shape[1], {}


class MSEIgnoringDout(MSE):
    def backward(self, dout=1.0):
        return super().backward(1.0)


class SoftmaxCENotAveraged(SoftmaxCE):
    def backward(self, dout=1.0):
        return super().backward(dout)[0] * len(self._e), {}


class SoftmaxCEWithoutLabels(SoftmaxCE):
    """Forgets to subtract 1 at the right class."""

    def backward(self, dout=1.0):
        return self._e * (self._weight / self._total)[:, None] * dout, {}


class SoftmaxCENegative(SoftmaxCE):
    def backward(self, dout=1.0):
        return -super().backward(dout)[0], {}


class Holding(Plain):
    """Multiplies by random numbers from wherever `draw` finds them."""

    def __init__(self, held, draw):
        self.held, self.draw = held, draw

    def forward(self, x):
        self.factor = self.draw(self.held, x)
        return x * self.factor

    def backward(self, dout):
        return dout * self.factor, {}


class Tampered:
    """Another layer, one gradient of which is passed through a function."""

    def __init__(self, layer, name, tamper):
        self.layer, self.name, self.tamper = layer, name, tamper

    @property
    def params(self):
        return self.layer.params

    def forward(self, *xs):
        return self.layer.forward(*xs)

    def backward(self, dout=1.0):
        dx, grads = self.layer.backward(dout)
        if self.name in grads:
            return dx, {**grads, self.name: self.tamper(grads[self.name])}
        if not isinstance(dx, tuple):
            return self.tamper(dx), grads
        wrong = int(self.name.removeprefix("x"))
        return tuple(self.tamper(g) if i == wrong else g for i, g in enumerate(dx)), grads


class Twice(FullyConnected):
    """One layer used twice, of which only the second use is counted: x W W."""

    def forward(self, x):
        self.h = super().forward(x)
        return super().forward(self.h)

    def backward(self, dout):
        dh, grads = super().backward(dout)
        return dh @ self.params["W"].T, grads
