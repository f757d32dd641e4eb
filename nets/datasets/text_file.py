"""The text of a file in UTF-8."""

from __future__ import annotations

import os
from pathlib import Path

from nets.datasets.data_paths import existing, unpacked

WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")  # of UTF-16 and UTF-32
RESAVE = "save it as UTF-8 (in Excel: CSV UTF-8; in pandas: encoding='utf-8')"
LARGEST = 1 << 30  # bytes of an unpacked text


def text_file(path: str | os.PathLike[str]) -> str:
    """The text of a plain file, in UTF-8; it may be compressed by gzip and end in ``.gz``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is empty, not in UTF-8, damaged, or larger than 1 GiB unpacked.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "short.txt")
    ...     _ = path.write_text("In the beginning")
    ...     text_file(path)
    'In the beginning'
    """
    path = existing(path, "text_file")
    is_packed = path.suffix.lower() == ".gz"
    with unpacked(path, is_packed) as file:
        content = file.read(LARGEST + 1 if is_packed else -1)
    if is_packed and len(content) > LARGEST:
        raise ValueError(f"{path}: unpacked, it has more than {LARGEST:,} bytes; cut it into parts")
    text = decoded(path, content)
    if not text.strip():
        raise ValueError(f"{path}: the file is empty; expected a text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def decoded(path: Path, content: bytes) -> str:
    """The content of a file as text, without a byte order mark.

    Raises
    ------
    ValueError
        If it is not in UTF-8; the message has the line.
    """
    if content.startswith(WIDE_MARKS):
        raise ValueError(f"{path}: expected text in UTF-8, got UTF-16 or UTF-32; {RESAVE}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place, found = (
            error.start,
            f"the byte {content[error.start]:#x}, as in Latin-1 or Windows-1252",
        )
    else:
        if "\0" not in text:
            return text
        place, found = content.index(b"\0"), "a NUL character, as in UTF-16 or a damaged file"
    line = len((content[:place] + b"x").splitlines())
    raise ValueError(f"{path}, line {line}: expected text in UTF-8, got {found}; {RESAVE}")
