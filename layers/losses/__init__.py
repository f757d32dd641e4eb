"""Losses: layers that output a number."""
