"""Only temporary files that nobody writes any more are removed."""

import os
import time
from pathlib import Path

import pytest

from nets.interop import atomic as leftovers
from nets.interop.atomic import SCHEME, remove_leftovers, temporary_name

GONE = 2**31 - 2  # above the largest number of a process on any system


@pytest.fixture
def target(tmp_path):
    return str(tmp_path / "net")


def left(target, monkeypatch, process=None, machine=None, age=0.0):
    """A temporary file of a process of a machine, last written to some seconds ago."""
    with monkeypatch.context() as patch:
        if process:
            patch.setattr(leftovers.os, "getpid", lambda: process)
        if machine:
            patch.setattr(leftovers.platform, "node", lambda: machine)
        path = Path(temporary_name(target))
    path.write_bytes(b"half")
    os.utime(path, (time.time() - age,) * 2)
    return path


DAY = 24 * 60 * 60


@pytest.mark.parametrize(
    ("how", "is_removed"),
    [
        ({"process": GONE}, True),
        ({}, False),
        ({"process": os.getppid()}, False),
        ({"process": 1}, False),
        ({"process": GONE, "machine": "another"}, False),
        ({"process": GONE, "machine": "another", "age": 2 * DAY}, True),
        ({"age": 2 * DAY}, True),
        ({"age": DAY / 2}, False),
    ],
)
def test_what_is_left_is_removed(target, monkeypatch, how, is_removed):
    path = left(target, monkeypatch, **how)
    other = left(f"{target}2", monkeypatch, **how)
    remove_leftovers(target)
    assert path.exists() is not is_removed
    assert other.exists()


@pytest.mark.parametrize(
    "name", [".tmp", ".0123456789abcdef.tmp", "net", ".handgrad-x-y-1-z.tmp", ".handgrad-notes.tmp"]
)
def test_files_of_other_names_are_left(tmp_path, target, name):
    path = tmp_path / name
    path.write_bytes(b"mine")
    os.utime(path, (0, 0))
    remove_leftovers(target)
    assert path.exists()


def test_what_cannot_be_removed_is_left(target, monkeypatch):
    path = left(target, monkeypatch, process=GONE)
    path.unlink()
    path.mkdir()
    remove_leftovers(target)
    assert path.is_dir()


def test_a_folder_that_cannot_be_listed_is_no_error(tmp_path):
    remove_leftovers(str(tmp_path / "missing" / "net"))


def test_on_windows_no_process_is_asked(target, monkeypatch):
    path = left(target, monkeypatch, process=GONE)
    monkeypatch.setattr(leftovers, "CAN_ASK", False)
    with monkeypatch.context() as patch:
        patch.setattr(leftovers.os, "kill", None)
        remove_leftovers(target)
    assert path.exists()


def test_names_are_free_and_say_what_they_are_for(target):
    names = {temporary_name(target) for _ in range(100)}
    assert len(names) == 100
    assert all(SCHEME.fullmatch(os.path.basename(name)) for name in names)
    assert {os.path.dirname(name) for name in names} == {os.path.dirname(target)}
