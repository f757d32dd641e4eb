"""A write removes the temporary files that killed processes left, and no others."""

import os
import time

import pytest

from nets.interop import atomic
from nets.interop.atomic import atomic_write

GONE = 2**31 - 2  # above the largest number of a process on any system
DAY = 24 * 60 * 60


def write(path):
    with atomic_write(path) as file:
        file.write(b"whole")


@pytest.fixture
def left(monkeypatch):
    """A function that leaves the temporary file of a process of a machine, so many seconds old."""

    def leave(path, process=None, machine=None, age=0.0):
        before = {*os.listdir(path.parent)}
        with monkeypatch.context() as patch:
            if process:
                patch.setattr(atomic.os, "getpid", lambda: process)
            if machine:
                patch.setattr(atomic.platform, "node", lambda: machine)
            with atomic_write(path):
                (name,) = {*os.listdir(path.parent)} - before
        path.unlink()
        half = path.parent / name
        half.write_bytes(b"half")
        os.utime(half, (time.time() - age,) * 2)
        return half

    return leave


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
def test_what_a_process_left_is_removed_when_no_process_writes_it(tmp_path, left, how, is_removed):
    half, other = left(tmp_path / "net", **how), left(tmp_path / "net2", **how)
    write(tmp_path / "net")
    assert half.exists() is not is_removed
    assert other.exists()


def test_what_cannot_be_removed_is_left(tmp_path, left):
    half = left(tmp_path / "net", process=GONE)
    half.unlink()
    half.mkdir()
    write(tmp_path / "net")
    assert half.is_dir()


def test_on_windows_no_process_is_asked(tmp_path, left, monkeypatch):
    half = left(tmp_path / "net", process=GONE)
    monkeypatch.setattr(atomic, "CAN_ASK", False)
    monkeypatch.setattr(atomic.os, "kill", None)
    write(tmp_path / "net")
    assert half.exists()


@pytest.mark.parametrize(
    "name", [".tmp", ".0123456789abcdef.tmp", "other", ".handgrad-x-y-1-z.tmp", ".handgrad-a.tmp"]
)
def test_files_of_other_names_are_left(tmp_path, name):
    (tmp_path / name).write_bytes(b"mine")
    os.utime(tmp_path / name, (0, 0))
    write(tmp_path / "net")
    assert (tmp_path / name).exists()
