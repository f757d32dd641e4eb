"""Files of tensors as bytes, well-formed or not."""

import json


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
