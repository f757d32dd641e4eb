"""Optimizers: each sees a dict of parameters and a dict of gradients, nothing else."""
