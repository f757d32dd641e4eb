"""What every layer rests on: the contract, and the machinery behind it."""
