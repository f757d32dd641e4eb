"""Downloading a file: it is complete and has the correct checksum, or is not written."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from nets.interop.atomic import atomic_write

TIMEOUT = 30.0  # seconds without a byte
PIECE = 1 << 16  # bytes between two updates of the progress line


def download(
    url: str,
    target: str | os.PathLike[str],
    sha256: str,
    show: Callable[..., Any] = print,
) -> None:
    """Fetch a file, and write it to `target` if its SHA-256 sum is the given one.

    Folders are made as needed. `show` takes a line that says what is fetched; `print` shows the
    progress on a terminal instead.

    Raises
    ------
    ConnectionError
        If the file cannot be fetched, or not all of it.
    ValueError
        If its checksum is wrong. Either way nothing was written.
    OSError
        If the file cannot be written.
    """
    content = _fetched(url, Path(target), show)
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ValueError(
            f"{url}: expected a file with the SHA-256 sum {sha256}, got one with {found}; it was "
            "damaged or replaced on the way and is not kept: try again later"
        )
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(target) as file:
        file.write(content)


def _fetched(url: str, target: Path, show: Callable[..., Any]) -> bytes:
    """The file's bytes, in memory until they are checked."""
    content = bytearray()
    try:
        with urlopen(url, timeout=TIMEOUT) as response:
            length = response.headers.get("Content-Length", "")
            total = int(length) if length.isdecimal() else 0
            with _progress(url, total, show) as update:
                while piece := response.read(PIECE):
                    content += piece
                    update(len(content))
        # A connection that breaks off looks like the end of the file to `read`.
        if len(content) < total:
            raise URLError(f"it broke off after {len(content)} of {total} bytes")
    except (OSError, HTTPException) as error:
        raise ConnectionError(
            f"{url}: the download failed ({_reason(error)}); try again, or fetch the file by "
            f"other means and save it as '{target}'"
        ) from error
    return bytes(content)


def _reason(error: Exception) -> str:
    """The reason of an error, without the wrapping of urllib."""
    if isinstance(error, HTTPError):
        error.close()  # it holds the connection
        return str(error)
    cause = error.reason if isinstance(error, URLError) else error
    return str(cause) or type(cause).__name__


@contextmanager
def _progress(url: str, total: int, show: Callable[..., Any]) -> Iterator[Callable[[int], None]]:
    """Show what is fetched: a line that is updated on a terminal, else a single line."""
    if show is not print or sys.stdout is None or not sys.stdout.isatty():
        show(f"downloading {url}" + (f" ({_size(total)})" if total else ""))
        yield lambda received: None
        return
    name, of_total = url.rpartition("/")[2], f" of {_size(total)}" if total else ""
    try:
        yield lambda received: print(f"\r{name}: {_size(received)}{of_total}", end="", flush=True)
    finally:
        print()


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"
