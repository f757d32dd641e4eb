"""Downloading a file: it is complete and has the correct checksum, or is not written."""

from __future__ import annotations

import hashlib
import os
import sys
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
    content, name = bytearray(), url.rpartition("/")[2]  # in memory until it is checked
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    try:
        with urlopen(url, timeout=TIMEOUT) as response:
            length = response.headers.get("Content-Length", "")
            total = int(length) if length.isdecimal() else 0
            if not is_terminal:
                print(f"downloading {url}" + (f" ({_size(total)})" if total else ""))
            of_total = f" of {_size(total)}" if total else ""
            while piece := response.read(PIECE):
                content += piece
                if is_terminal:
                    print(f"\r{name}: {_size(len(content))}{of_total}", end="", flush=True)
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
    finally:
        if is_terminal and content:
            print()
    if (found := hashlib.sha256(content).hexdigest()) != sha256:
        raise ValueError(
            f"{url}: expected a file with the SHA-256 sum {sha256}, got one with {found}; it was "
            "damaged or replaced on the way and is not kept: try again later"
        )
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(target) as file:
        file.write(content)


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"
