# %% both
import numpy as np
from sklearn.neural_network import MLPClassifier

from layers import SoftmaxCE, softmax
from nets import datasets, fit, mlp
from optimizers import Adam

x, y, x_test, y_test = datasets.digits()

# %% handgrad
net = mlp(64, 32, 10, activation="relu", rng=0)
fit(
    net,
    SoftmaxCE(),
    Adam(0.001),
    x,
    y,
    epochs=20,
    batch_size=200,
    progress=False,
    rng=0,
)
ours = net.predict(x_test).argmax(axis=1)

# %% scikit-learn
model = MLPClassifier(
    hidden_layer_sizes=(32,),
    solver="adam",
    learning_rate_init=0.001,
    max_iter=20,
    batch_size=200,
    random_state=0,
)
model.fit(x, y)
theirs = model.predict(x_test)

# %% to take weights over
for i, W, b in zip((0, 2), model.coefs_, model.intercepts_, strict=True):
    net.params[f"{i}.W"], net.params[f"{i}.b"] = W, b  # both are (in, out)

# %% the same
assert min(np.mean(ours == y_test), np.mean(theirs == y_test)) > 0.8
assert np.allclose(softmax(net.predict(x_test)), model.predict_proba(x_test), atol=1e-6)
