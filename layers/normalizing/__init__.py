"""Layers that give numbers mean 0 and variance 1: over a batch, an example, or some channels."""
