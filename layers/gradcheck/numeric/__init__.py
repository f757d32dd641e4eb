"""Slopes from function values alone, compared with what backward returns."""
