"""Nets of layers, and what one does with them."""

from nets.sequential import Sequential

__all__ = ["Sequential"]
