"""Layers of images of shape (N, C, H, W): examples, channels, rows and columns."""
