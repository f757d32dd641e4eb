"""Images inside a page, without a library for images."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterable
from typing import Any

import numpy as np

from layers.core.notebook import cut, text
from layers.core.params import Array

LARGEST = 96  # pixels across; larger images are thinned
TILE = "width:52px;image-rendering:pixelated;border:1px solid rgba(128,128,128,0.5)"


def tiles(labelled: Iterable[tuple[Array, str]]) -> str:
    """Images in rows, with labels below: grey ``(height, width)``, or ``(height, width, 3)``.

    All have one scale, on which the smallest number is black.
    """
    found = list(labelled)
    low = min((float(image.min()) for image, _ in found), default=0.0)
    high = max((float(image.max()) for image, _ in found), default=0.0)
    cells = "".join(
        f'<div style="text-align:center;margin-right:8px"><img style="{TILE}" '
        f'alt="{text(cut(label))}" src="data:image/png;base64,{_encoded(image, low, high)}">'
        f'<div style="max-width:52px;overflow:hidden">{text(cut(label, 12))}</div></div>'
        for image, label in found
    )
    return f'<div style="display:flex;flex-wrap:wrap;margin:0.4em 0">{cells}</div>'


def png(pixels: Any) -> bytes:
    """A PNG file of bytes (height, width) or (height, width, 3)."""
    height, width = pixels.shape[:2]
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, -1)], axis=1)
    kind = 0 if pixels.ndim == 2 else 2
    head = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows.tobytes())), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_part(*part) for part in parts)


def _part(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _encoded(image: Array, low: float, high: float) -> str:
    every = -(-max(image.shape[:2]) // LARGEST)
    with np.errstate(invalid="ignore"):  # nan is black
        shares = (image[::every, ::every].astype(np.float64) - low) / ((high - low) or 1.0)
    pixels = np.rint(255 * np.clip(np.nan_to_num(shares), 0, 1)).astype(np.uint8)
    return base64.b64encode(png(pixels)).decode()
