"""Windows that slide over images of shape (N, C, H, W): examples, channels, rows and columns."""
