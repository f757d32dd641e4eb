"""Attention between the steps of a sequence, and what tells their positions apart."""
