"""Losses: layers whose output is a number."""
