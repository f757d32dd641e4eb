"""Before NumPy is imported: each process of the tests computes with one thread."""

import os

# Several processes run side by side, and more threads than cores would wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
