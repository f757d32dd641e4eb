"""What tests compare with numbers worked out by hand."""

import numpy as np


def path(optimizer, gradients, start=0.0):
    """Where one number goes, given its gradients."""
    params, places = {"theta": np.array([start], float)}, []
    for g in gradients:
        optimizer.step(params, {"theta": np.array([g], float)})
        places.append(float(params["theta"][0]))
    return places
