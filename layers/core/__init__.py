"""The contract of a layer, and the code that all layers share."""
