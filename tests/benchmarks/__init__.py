"""Timings: `python -m tests.benchmarks` compares whole training steps with other libraries."""
