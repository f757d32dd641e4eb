"""Layers with an output that is linear in their parameters."""
