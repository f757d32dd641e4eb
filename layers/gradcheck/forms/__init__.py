"""The forms in which courses write layers."""
