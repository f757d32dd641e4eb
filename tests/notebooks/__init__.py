"""The notebooks, executed: `python -m tests.notebooks` writes them, the tests compare them."""
