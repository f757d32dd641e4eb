"""Nets of layers, and what one does with them."""
