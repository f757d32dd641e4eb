"""The walls of the kernel hold where Python's own hook has been switched off."""

import os

import pytest

from nets.cli.main import main
from nets.homework.grading import classroom
from nets.homework.isolation.limits import Limits
from nets.homework.isolation.sandbox import Sandbox, standing
from nets.homework.isolation.seccomp import MACHINES, program
from nets.homework.isolation.walls import WALLS
from tests.nets.homework import zoo

PRELUDE = """
import ctypes, os, resource, socket, sys, threading
import numpy as np
import _posixsubprocess
from nets.homework.isolation import guard

guard.TOUCHING = guard.LOOKING = guard.REFUSED = ()
LIBC = ctypes.CDLL(None, use_errno=True)


def tried(code):
    names = dict(globals())
    try:
        exec(code, names)
    except OSError:
        return "refused"
    return names.get("got", "through")


def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
"""
FORK = (
    "_posixsubprocess.fork_exec([b'/bin/true'], [b'/bin/true'], True, (), None, None, -1, -1, -1, "
    "-1, -1, -1, *os.pipe(), False, False, -1, None, None, None, -1, None, False)"
)
ATTACKS = {
    "Landlock": {
        "reads the tests": "open('SECRET').read()",
        "reads by a folder": "os.open('test_hidden.py', 0, dir_fd=os.open('FOLDER', os.O_PATH))",
        "reads by a link": "os.symlink('SECRET', 'a')\nopen('a').read()",
        "reads by C": "checked(LIBC.open(b'SECRET', 0))",
        "looks around": "os.listdir('FOLDER')",
        "writes results": "open('FOLDER/results.json', 'w')",
        "empties a file": "os.truncate('SECRET', 0)",
        "removes a file": "os.remove('SECRET')",
        "renames a file": "os.rename('SECRET', 'SECRET.old')",
        "reads the grader's memory": "open(f'/proc/{os.getppid()}/mem', 'rb')",
        "opens the grader's files": "os.listdir(f'/proc/{os.getppid()}/fd')",
        "reads the grader's command": "open(f'/proc/{os.getppid()}/cmdline').read()",
        "makes a node": "os.mkfifo('pipe')",
    },
    "seccomp": {
        "forks": "os.fork()",
        "forks by C": "checked(LIBC.fork())",
        "starts a program": FORK,
        "becomes a program": "os.execv('/bin/true', ['true'])",
        "connects": "socket.create_connection(('127.0.0.1', 9))",
        "listens": "socket.socket(socket.AF_UNIX).bind('socket')",
        "signals the grader": "os.kill(os.getppid(), 0)",
        "signals by C": "checked(LIBC.syscall(234, os.getppid(), os.getppid(), 0))",
        "limits the grader": "resource.prlimit(os.getppid(), resource.RLIMIT_CPU)",
        "traces the grader": "checked(LIBC.ptrace(16, os.getppid(), 0, 0))",
        "leaves its namespace": "checked(LIBC.unshare(0x10000000))",
    },
}
HARMLESS = {
    "own files": "open('a', 'w').write('1')\ngot = open('a').read()",
    "own folders": "os.makedirs('b/c')\nos.rename('b/c', 'b/d')\nos.rmdir('b/d')\ngot = '1'",
    "threads": "t = threading.Thread(target=print)\nt.start()\nt.join()\ngot = '1'",
    "modules": "import sqlite3, decimal, zoneinfo\ngot = '1'",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("grader")
    (folder / "test_hidden.py").write_text("secret")
    return folder


@pytest.fixture(scope="module")
def submission(folder, tmp_path_factory):
    path = tmp_path_factory.mktemp("handed") / "mine.py"
    path.write_text(PRELUDE)
    sandbox = Sandbox(path, Limits(seconds=10, total_seconds=300))
    yield sandbox
    sandbox.close()


CASES = [(wall, name, code) for wall, codes in ATTACKS.items() for name, code in codes.items()]


@pytest.mark.parametrize(("wall", "name", "code"), CASES, ids=[name for _, name, _ in CASES])
def test_what_is_refused(submission, folder, wall, name, code):
    module = submission.begin()
    if wall not in submission.walls:
        pytest.skip(f"this machine has no {wall}")
    secret = folder / "test_hidden.py"
    code = code.replace("SECRET", str(secret)).replace("FOLDER", str(folder))
    assert module.tried(code) == "refused"
    assert os.listdir(folder) == ["test_hidden.py"]
    assert secret.read_text() == "secret"


@pytest.mark.parametrize("name", HARMLESS)
def test_what_works_as_before(submission, name):
    assert submission.begin().tried(HARMLESS[name]) == "1"


@pytest.mark.parametrize("machine", MACHINES)
def test_a_filter_has_whole_steps_and_ends_by_allowing(machine):
    steps = program(machine, 7)
    assert len(steps) % 8 == 0
    assert steps[-4:] == (0x7FFF0000).to_bytes(4, "little")


def test_grading_is_refused_where_a_wall_is_missing(built, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(classroom, "standing", lambda: ["limits", "seccomp"])
    (tmp_path / "dense.py").write_text(zoo.SOLUTION)
    arguments = [str(tmp_path / "dense.py"), "--assignment", str(built[1]), "--require-isolation"]
    assert main(["grade", *arguments]) == 2
    assert "this machine does not give Landlock, namespaces" in capsys.readouterr().err
    assert "Not available on this machine: Landlock, namespaces." in list(classroom.isolation())


def test_what_is_standing_is_known():
    assert set(standing()) <= set(WALLS)
