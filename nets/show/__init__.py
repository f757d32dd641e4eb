"""How nets, runs and data look in a notebook and in a terminal; page parts for them to share."""
