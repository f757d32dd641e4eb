"""Families of mistakes, each a set of hypotheses."""
