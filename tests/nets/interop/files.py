"""Files of tensors, well-formed or not, as bytes, and what becomes of the damaged ones."""

import json
import tracemalloc

import pytest

from nets.interop import read_tensors


def packed(header, data=b""):
    """The bytes of a file with this header, well-formed or not."""
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(raw).to_bytes(8, "little") + raw + data


def one(name="W", data=b"\0" * 8, **changed):
    """The bytes of a file with one tensor, of which some keys are changed or (None) left out."""
    entry = {"dtype": "F64", "shape": [1], "data_offsets": [0, 8], **changed}
    return packed({name: {k: v for k, v in entry.items() if v is not None}}, data)


def u1(*offsets):
    return {"dtype": "U8", "shape": [offsets[1] - offsets[0]], "data_offsets": list(offsets)}


def refuse(path, content, said):
    """Check that a file of these bytes is refused, in one sentence and at little cost."""
    path.write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=f"(?s){said}") as caught:
            read_tensors(path)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()
    message = str(caught.value)
    assert message.startswith(f"{str(path)!r}: cannot be read as safetensors: ")
    assert len(message) < 600
    assert "\n" not in message
