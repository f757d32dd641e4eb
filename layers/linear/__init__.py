"""Layers that are linear in their parameters."""
