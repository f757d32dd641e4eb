"""Downloading a file: it is complete and has the correct checksum, or is not written."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from nets.interop.atomic import atomic_write

TIMEOUT = 30.0  # seconds without a byte
PIECE = 1 << 16  # bytes between two updates of the progress line


def download(url: str, target: str | os.PathLike[str], sha256: str) -> None:
    """Fetch a file, and write it to `target` if its SHA-256 sum is the given one.

    Folders are made as needed. A line says what is fetched; on a terminal it shows the progress.

    Raises
    ------
    ConnectionError
        If the file cannot be fetched, or not all of it.
    ValueError
        If its checksum is wrong. Either way nothing was written.
    OSError
        If the file cannot be written.
    """
    content = bytearray()  # in memory until it is checked
    try:
        with urlopen(url, timeout=TIMEOUT) as response:
            length = response.headers.get("Content-Length", "")
            total = int(length) if length.isdecimal() else 0
            with _progress(url, total) as update:
                while piece := response.read(PIECE):
                    content += piece
                    update(len(content))
        # A connection that breaks off looks like the end of the file to `read`.
        if len(content) < total:
            raise URLError(f"it broke off after {len(content)} of {total} bytes")
    except (OSError, HTTPException) as error:
        if isinstance(error, HTTPError):
            error.close()  # it holds the connection
        # The reason of an error, without the wrapping of urllib.
        reason = error if isinstance(error, HTTPError) else getattr(error, "reason", error)
        raise ConnectionError(
            f"{url}: the download failed ({str(reason) or type(reason).__name__}); try again, or "
            f"fetch the file by other means and save it as '{Path(target)}'"
        ) from error
    if (found := hashlib.sha256(content).hexdigest()) != sha256:
        raise ValueError(
            f"{url}: expected a file with the SHA-256 sum {sha256}, got one with {found}; it was "
            "damaged or replaced on the way and is not kept: try again later"
        )
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(target) as file:
        file.write(content)


@contextmanager
def _progress(url: str, total: int) -> Iterator[Callable[[int], None]]:
    if sys.stdout is None or not sys.stdout.isatty():
        print(f"downloading {url}" + (f" ({_size(total)})" if total else ""))
        yield lambda received: None
        return
    name, of_total = url.rpartition("/")[2], f" of {_size(total)}" if total else ""
    try:
        yield lambda received: print(f"\r{name}: {_size(received)}{of_total}", end="", flush=True)
    finally:
        print()


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"
