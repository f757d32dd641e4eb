"""The command `handgrad`."""
