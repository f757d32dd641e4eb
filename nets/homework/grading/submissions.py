"""What students handed in: which file is graded, and what is said of every entry of a folder."""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from nets.homework.bundles.strip import UNWRITTEN
from nets.homework.grading.assignment import HIDDEN, INI, PUBLIC, SETTINGS, Assignment

GRADED, MISSING, WRONG_NAME = "graded", "not handed in", "wrong name"
UNREADABLE, UNGRADED = "could not be read", "could not be graded"
CODE = (".py", ".ipynb")
IGNORED = ("__MACOSX", "__pycache__")
LARGEST = 64 << 20  # bytes of one submission
MOST = 2000  # files of one submission
DEEPEST = 3  # folders within a submission that are searched
# What browsers, mail programs and students append to a name: "dense (1)", "dense-2", "dense copy".
NUMBERED = re.compile(r"(\s*\(\d+\)|[-_ ]\d+|[-_ ]copy( \d+)?|[-_ ]final)+$")


@dataclass(frozen=True)
class Submission:
    """What one student handed in.

    Attributes
    ----------
    student : str
        The name of the entry, in characters that can be printed.
    entry : path
        The file, folder or zip.
    status : str
        "graded", "not handed in", "wrong name", "could not be read" or "could not be graded".
    note : str
        What was taken or left aside, or why nothing is graded.
    """

    student: str
    entry: Path
    status: str = GRADED
    note: str = ""


def find(folder: Path) -> list[Submission]:
    """One submission for each entry of a folder, except hidden ones."""
    entries = sorted(entry for entry in folder.iterdir() if _counts(entry))
    by_name: dict[str, list[Path]] = {}
    for entry in entries:
        by_name.setdefault(_student(entry), []).append(entry)
    return [made for name, same in by_name.items() for made in _of_one_name(name, same)]


def _of_one_name(name: str, entries: list[Path]) -> Iterator[Submission]:
    """One submission for a file and a notebook of one name, else one for each entry."""
    if len(entries) > 1 and all(_is_code(entry) for entry in entries):
        chosen, *others = sorted(entries, key=lambda entry: (holes(entry), entry.suffix != ".py"))
        aside = ", ".join(printable(entry.name) for entry in others)
        note = f"{printable(chosen.name)} was taken; {aside} was left aside"
        yield Submission(printable(name), chosen, note=note)
        return
    for entry in entries:
        made = Submission(printable(name if len(entries) == 1 else entry.name), entry)
        if entry.is_symlink():
            made = replace(made, status=UNREADABLE, note="it is a link, which is not followed")
        elif not (entry.is_dir() or _is_code(entry) or entry.suffix.lower() == ".zip"):
            made = replace(made, status=WRONG_NAME, note="it is not a Python file, notebook or zip")
        yield made


def _is_code(entry: Path) -> bool:
    return entry.suffix.lower() in CODE and not entry.is_dir() and not entry.is_symlink()


def _counts(entry: Path) -> bool:
    return not entry.name.startswith(".") and entry.name not in IGNORED


def _student(entry: Path) -> str:
    return entry.stem if entry.suffix.lower() in (*CODE, ".zip") else entry.name


def printable(name: str) -> str:
    r"""A file's name as text; bytes that are not UTF-8 are written as ``\xfc``."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def stage(submission: Submission, assignment: Assignment, work: Path) -> Submission:
    """Copy what is graded into an empty folder, under the name that the assignment gives it.

    Files beside the graded one go along, but not those beside a file that is itself the entry:
    they are other students'. Links are left out.

    Parameters
    ----------
    submission : Submission
        What to copy.
    assignment : Assignment
        Its file's name.
    work : path
        The folder.

    Returns
    -------
    Submission
        With its status, and with a note on what was taken.
    """
    entry = submission.entry
    if submission.status != GRADED:
        return submission
    with suppress(FileNotFoundError):
        if _is_code(entry):
            shutil.copyfile(entry, work / Path(assignment.file).with_suffix(entry.suffix.lower()))
            return submission
        unpacked = work / "unpacked"
        unpacked.mkdir()
        try:
            _copy(entry, unpacked)
        except (
            OSError,
            ValueError,
            RuntimeError,
            NotImplementedError,
            zipfile.BadZipFile,
        ) as error:
            return replace(submission, status=UNREADABLE, note=f"{error}")
        chosen, note = choose(unpacked, assignment)
        if chosen is None:
            return replace(submission, status=WRONG_NAME if note else MISSING, note=note)
        final = Path(assignment.file).with_suffix(chosen.suffix.lower()).name
        for path in chosen.parent.iterdir():
            other = path != chosen and path.name.lower() in _names(assignment)
            if not other:
                path.rename(work / (final if path == chosen else path.name))
        shutil.rmtree(unpacked)
        return replace(submission, note=note)
    return replace(submission, status=UNREADABLE, note="it cannot be found")


def stage_public(path: Path, assignment: Assignment, work: Path) -> None:
    """Copy a student's file into an empty folder, with what is beside it but the assignment."""
    kept = (*_names(assignment), SETTINGS, PUBLIC, HIDDEN, INI, *assignment.files)
    for file in _files(path.parent, DEEPEST):
        place = file.relative_to(path.parent)
        if file == path or str(place).lower() not in kept:
            (work / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, work / place)


def _copy(entry: Path, to: Path) -> None:
    if entry.is_dir():
        files = [path for path in _files(entry, 10) if not path.is_symlink()]
        _require_small(len(files), sum(path.stat().st_size for path in files))
        for path in files:
            target = to / path.relative_to(entry)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        return
    with zipfile.ZipFile(entry) as archive:
        infos = archive.infolist()
        _require_small(len(infos), sum(info.file_size for info in infos))
        archive.extractall(to)


def _require_small(count: int, size: int) -> None:
    if count > MOST or size > LARGEST:
        raise ValueError(
            f"it holds {count} files of {size} bytes, and at most {MOST} files of {LARGEST} bytes "
            "are taken"
        )


def choose(folder: Path, assignment: Assignment) -> tuple[Path | None, str]:
    """The file to grade, as Python or a notebook, and a note on the choice.

    A name that differs by capitals or a number is taken. Of several, the one with the fewest holes
    comes first, then the exact name, then Python before notebooks, then the least deep.
    """
    files = [path for path in _files(folder, DEEPEST) if path.suffix.lower() in CODE]
    stem = Path(assignment.file).stem
    near = [path for path in files if _plain(path.stem) in (stem.lower(), _plain(stem))]
    if not near:
        names = ", ".join(printable(path.name) for path in files[:5])
        return None, f"there is no {assignment.file} but {names}" if names else ""
    near.sort(
        key=lambda path: (
            holes(path),
            len(path.relative_to(folder).parts),
            path.stem != stem,
            path.suffix.lower() != ".py",
            path.name,
        )
    )
    chosen, *others = near
    notes = []
    if chosen.name != assignment.file or others:
        notes.append(f"{_place(chosen, folder)} was taken")
    notes += [f"{_place(path, folder)} was left aside" for path in others]
    return chosen, "; ".join(notes)


def _place(path: Path, folder: Path) -> str:
    return printable(str(path.relative_to(folder)))


def _plain(stem: str) -> str:
    return NUMBERED.sub("", stem.lower())


def _names(assignment: Assignment) -> Sequence[str]:
    path = Path(assignment.file)
    return [path.with_suffix(suffix).name.lower() for suffix in CODE]


def holes(path: Path) -> int:
    """How many parts of a file are not written yet."""
    with suppress(OSError):
        return path.read_text(encoding="utf-8", errors="replace").count(UNWRITTEN)
    return 0


def _files(folder: Path, deepest: int) -> Iterator[Path]:
    """The files in a folder and the folders in it, without hidden ones and links."""
    for entry in sorted(folder.iterdir()):
        if not _counts(entry) or entry.is_symlink():
            continue
        if entry.is_dir() and deepest > 1:
            yield from _files(entry, deepest - 1)
        elif entry.is_file():
            yield entry
