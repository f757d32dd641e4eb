"""Saving nets, loading them, and exchanging them with other libraries."""

from nets.interop.safetensors import read_tensors, write_tensors

__all__ = ["read_tensors", "write_tensors"]
