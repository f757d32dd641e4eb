"""Nets of named nodes: computation graphs, and their pictures."""
