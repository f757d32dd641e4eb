"""An assignment on disk: its settings, its tests and its questions."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from nets.homework.grading.results import Question
from nets.homework.isolation.forbidden import imported_by
from nets.homework.isolation.limits import Limits

SETTINGS, INI = "assignment.json", "pytest.ini"
PUBLIC, HIDDEN, PAGE = "test_public.py", "test_hidden.py", "instructor.md"
SECRET = "hidden"  # how the names of files begin that students do not get


@dataclass(frozen=True)
class Assignment:
    """An assignment's settings, from ``assignment.json``.

    Attributes
    ----------
    folder : path
        Its path.
    title : str
        Its name.
    file : str
        The name of the file that students hand in; a notebook of that name is taken too.
    forbidden : list of str
        Names of this library that a submission may not use: ``layers.ReLU``.
    allowed : list of str
        Names of this library that the solved file uses; known once it has been built.
    files : list of str
        Other files that are handed out: helper modules, ``conftest.py``, data; known once it has
        been built.
    limits : Limits
        What a submission may use.
    questions : list of Question
        The tests with points; known once it has been built.
    """

    folder: Path
    title: str
    file: str
    forbidden: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    limits: Limits = field(default_factory=Limits)
    questions: list[Question] = field(default_factory=list)

    @property
    def tests(self) -> list[Path]:
        """The existing test files: the public and the hidden one."""
        return [self.folder / name for name in (PUBLIC, HIDDEN) if (self.folder / name).is_file()]

    def handed_out(self) -> list[str]:
        """The other files that students get."""
        return [name for name in self.files if not Path(name).name.startswith(SECRET)]

    def write(self, folder: Path, questions: list[Question]) -> None:
        """Write the settings into another folder, with these questions."""
        settings = asdict(replace(self, questions=questions))
        del settings["folder"]
        (folder / SETTINGS).write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")


def read(folder: Path) -> Assignment:
    """The assignment in a folder.

    Raises
    ------
    FileNotFoundError
        If it has no settings.
    ValueError
        If its settings are invalid.
    """
    path = folder / SETTINGS
    if not path.is_file():
        raise FileNotFoundError(f"{folder}: expected an assignment, but there is no {SETTINGS}")
    try:
        settings: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        limits = Limits(**settings.pop("limits", {}))
        questions = [Question(**question) for question in settings.pop("questions", [])]
        solved = folder / str(settings.get("file"))
        if settings.get("forbidden") and "allowed" not in settings and solved.is_file():
            settings["allowed"] = imported_by(solved.read_text(encoding="utf-8"))
        if "files" not in settings and not questions:
            own = (SETTINGS, INI, PUBLIC, HIDDEN, PAGE, str(settings.get("file")))
            settings["files"] = [name for name in others(folder) if name not in own]
        return Assignment(folder, limits=limits, questions=questions, **settings)
    except (SyntaxError, ValueError, TypeError) as error:
        raise ValueError(f"{path}: expected title, file, forbidden and limits: {error}") from error


def others(folder: Path) -> list[str]:
    """The files in a folder and in those in it, without hidden ones, caches and links."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and not any(part.startswith((".", "__")) for part in path.relative_to(folder).parts)
    )


def in_folder(folder: Path, assignment: Assignment) -> Path:
    """The file of an assignment in a folder: as a notebook, if there is only that."""
    book = folder / Path(assignment.file).with_suffix(".ipynb").name
    file = folder / assignment.file
    return book if book.is_file() and not file.is_file() else file


def is_assignment(folder: Path) -> bool:
    """Whether a folder holds an assignment."""
    return (folder / SETTINGS).is_file()
