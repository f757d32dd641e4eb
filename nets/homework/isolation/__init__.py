"""A submission in a process of its own, and what it may do there."""
