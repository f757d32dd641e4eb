"""The names that courses give to gradients: dW, grad_w, W_grad, dweights, dLdW."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from layers.gradcheck.forms.argument_roles import plain

BEFORE = ("d", "grad", "gradient", "dl", "dld", "dlossd", "dloss", "dj", "djd", "dcost", "nabla")
AFTER = ("grad", "grads", "gradient", "gradients", "g", "derivative")
SHORT = {"weights": "w", "weight": "w", "biases": "b", "bias": "b", "kernels": "k", "kernel": "k"}


def is_gradient_of(name: str, tensor: str) -> bool:
    """Whether something of this name is the gradient of a tensor.

    >>> is_gradient_of("dLdW", "W"), is_gradient_of("dw", "weights"), is_gradient_of("db", "W")
    (True, True, False)
    """
    return plain(name) in _names(tensor)


def _names(tensor: str) -> set[str]:
    """All names of the gradient of a tensor."""
    whole = plain(tensor)
    stems = {whole, SHORT.get(whole, whole)} | {long for long in SHORT if SHORT[long] == whole}
    before = {start + stem for start in BEFORE for stem in stems}
    return before | {stem + end for end in AFTER for stem in stems}


def by_name(tensors: Sequence[str], found: Any) -> dict[str, Any]:
    """The gradients of tensors: of the same or a derived key, or in a list of the same order."""
    if not isinstance(found, Mapping):
        return dict(zip(tensors, found, strict=len(tensors) == len(found)))
    keys = {tensor: _key(tensor, found) for tensor in tensors}
    return {tensor: found[key] for tensor, key in keys.items() if key is not None}


def _key(tensor: str, found: Mapping[Any, Any]) -> Any:
    if tensor in found:
        return tensor
    return next((key for key in found if is_gradient_of(str(key), tensor)), None)
