# %% both
import numpy as np
import torch

from layers import Dropout

x = np.ones((1000, 4))

# %% handgrad
dropout = Dropout(0.25, rng=0)  # drops a quarter
trained = dropout.forward(x)
used = dropout.predict(x)

# %% PyTorch
module = torch.nn.Dropout(0.25)  # drops a quarter
module.train()
theirs_trained = module(torch.from_numpy(x))
module.eval()
theirs_used = module(torch.from_numpy(x))

# %% the same
assert set(np.unique(trained)) == set(np.unique(theirs_trained)) == {0, 1 / 0.75}
assert abs(np.mean(trained == 0) - 0.25) < 0.03
assert (used == x).all()
assert (theirs_used.numpy() == x).all()
