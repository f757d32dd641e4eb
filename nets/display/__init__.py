"""How nets, runs and data look, in a notebook and in a terminal."""
