"""The gates of a computational graph."""
