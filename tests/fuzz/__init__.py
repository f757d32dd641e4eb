"""Fuzzers of the public entries: layouts, options and damaged files."""
