"""Layers whose output is linear in their parameters."""
