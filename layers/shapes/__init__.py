"""Layers that join, reshape or average their input."""
