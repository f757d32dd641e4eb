"""A zoo of wrong layers and nets: every mistake in every layer where it makes sense.

``python -m tests.layers.gradcheck.zoo`` prints how many are caught, and how many called by name.
"""
