"""Activations: one function, applied to every entry."""
