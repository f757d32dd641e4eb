"""What `--data` may be called: data that come with the library, and the user's files."""

from __future__ import annotations

from pathlib import Path

BUNDLED = {
    "numbers": ("digits", "mnist", "fashion-mnist"),
    "text": ("names",),
    "lm": ("names",),
}


def check_data_name(task: str, name: str) -> None:
    """Raise if a name is neither that of bundled data for the task nor that of a file."""
    if name in BUNDLED[task] or (name and Path(name).exists()):
        return
    others = [other for other, names in BUNDLED.items() if name in names]
    if others:
        raise ValueError(
            f"--data {name}: these data belong to --task {' and --task '.join(others)}"
        )
    ours = ", ".join(BUNDLED[task])
    raise ValueError(
        f"--data {name or repr(name)}: there is no such file or folder, and the data that come "
        f"with handgrad for --task {task} are: {ours}"
    )
