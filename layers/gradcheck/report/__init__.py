"""What a gradient check found, for people and for programs."""
