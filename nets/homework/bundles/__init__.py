"""From one solved file to what students get and what grades them."""
