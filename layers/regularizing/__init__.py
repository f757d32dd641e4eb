"""Layers that act only in training."""
