# %% both
import numpy as np
from sklearn.linear_model import LogisticRegression

from layers import SoftmaxCE
from nets import L2, datasets, fit, logistic_regression
from optimizers import SGD

data = datasets.digits()
x, y = data.x_train, data.y_train

# %% handgrad
net = logistic_regression(64, 10)
loss = SoftmaxCE()
penalty = L2(1 / (10.0 * len(x)))  # 1 / (C N)
fit(
    net,
    loss,
    SGD(0.1),
    x,
    y,
    regularizer=penalty,
    epochs=5,
    batch_size="all",
    progress=False,
)

# %% scikit-learn
model = LogisticRegression(
    C=10.0,
    tol=1e-8,
    max_iter=10_000,
)
model.fit(x, y)

# %% to take weights over
net.params["0.W"] = model.coef_.T  # theirs is (out, in)
net.params["0.b"] = model.intercept_

# %% the same: at their optimum, our gradient is 0
loss.forward(net.forward(x), y)
dscores, _ = loss.backward()
_, grads = net.backward(dscores)
slope = grads["0.W"] + penalty.gradients(net.params)["0.W"]
assert np.abs(slope).max() < 1e-5 < np.abs(grads["0.W"]).max()
