"""Losses: layers with a number for an output."""
