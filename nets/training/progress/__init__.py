"""How far a training run is: in a terminal, in a notebook, in a log."""
