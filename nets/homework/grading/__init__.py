"""Grading: a class, one submission, one test."""
