"""A file that is written is the old one or the new one, whatever happens in between."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nets
from nets.interop import read_tensors
from nets.interop.atomic import atomic_write

ROOT = Path(nets.__file__).parents[1]
posix = pytest.mark.skipif(os.name != "posix", reason="permissions and links of POSIX")


def write(path, content):
    with atomic_write(path) as file:
        file.write(content)


def write_half(path, interruption):
    with atomic_write(path) as file:
        file.write(b"half")
        raise interruption


def test_a_new_file_and_one_that_replaces_another(tmp_path):
    path = tmp_path / "net"
    for content in (b"first", b"", b"second, longer"):
        write(path, content)
        assert path.read_bytes() == content
        assert os.listdir(tmp_path) == ["net"]


def test_a_path_may_be_a_string_without_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write("net", b"here")
    assert (tmp_path / "net").read_bytes() == b"here"


def test_the_longest_name_that_the_file_system_allows(tmp_path):
    write(tmp_path / ("n" * 255), b"long")
    assert (tmp_path / ("n" * 255)).read_bytes() == b"long"


def test_until_the_block_ends_the_old_file_is_there(tmp_path):
    path = tmp_path / "net"
    write(path, b"old")
    with atomic_write(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
        (temporary,) = set(os.listdir(tmp_path)) - {"net"}
        assert temporary.startswith(".")
    assert path.read_bytes() == b"new"


def test_two_writers_do_not_meet(tmp_path):
    path = tmp_path / "net"
    with atomic_write(path) as one, atomic_write(path) as two:
        one.write(b"one")
        two.write(b"two, longer")
    assert path.read_bytes() == b"one"
    assert os.listdir(tmp_path) == ["net"]


@pytest.mark.parametrize("interruption", [ValueError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("before", [None, b"old"])
def test_an_exception_leaves_what_was_there(tmp_path, interruption, before):
    path = tmp_path / "net"
    if before:
        path.write_bytes(before)
    with pytest.raises(interruption, match="mid-write"):
        write_half(path, interruption("mid-write"))
    assert [path.read_bytes() for path in tmp_path.iterdir()] == ([before] if before else [])


@pytest.mark.parametrize("call", ["fsync", "replace", "chmod"])
def test_a_disk_that_refuses_leaves_what_was_there(tmp_path, monkeypatch, call):
    path = tmp_path / "net"
    path.write_bytes(b"old")

    def refuse(*_):
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(os, call, refuse)
    with pytest.raises(OSError, match="no space left"):
        write(path, b"new")
    assert os.listdir(tmp_path) == ["net"]
    assert path.read_bytes() == b"old"


def test_a_folder_that_cannot_be_forced_to_the_disk_is_not_an_error(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError("a folder cannot be opened here")

    monkeypatch.setattr(os, "open", refuse)
    write(tmp_path / "net", b"new")
    assert (tmp_path / "net").read_bytes() == b"new"


@posix
def test_the_bytes_reach_the_disk_before_the_name_and_the_name_before_the_end(
    tmp_path, monkeypatch
):
    done = []
    sync, replace = os.fsync, os.replace

    def watched_sync(descriptor):
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        done.append("folder" if is_folder else os.fstat(descriptor).st_size)
        sync(descriptor)

    def watched_replace(*names):
        done.append("rename")
        replace(*names)

    monkeypatch.setattr(os, "fsync", watched_sync)
    monkeypatch.setattr(os, "replace", watched_replace)
    write(tmp_path / "net", b"12345")
    assert done == [5, "rename", "folder"]


@posix
@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600)])
def test_a_new_file_obeys_the_umask(tmp_path, umask, mode):
    before = os.umask(umask)
    try:
        write(tmp_path / "net", b"new")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "net").stat().st_mode) == mode


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_the_mode_of_the_old_file_stays_and_holds_while_writing(tmp_path, mode):
    path = tmp_path / "net"
    path.write_bytes(b"old")
    path.chmod(mode)
    with atomic_write(path) as file:
        assert stat.S_IMODE(os.fstat(file.fileno()).st_mode) == mode
    assert stat.S_IMODE(path.stat().st_mode) == mode


@posix
@pytest.mark.parametrize("before", [None, b"old"])
def test_a_link_stays_a_link_and_its_file_is_replaced(tmp_path, before):
    target = tmp_path / "runs" / "1"
    target.parent.mkdir()
    if before:
        target.write_bytes(before)
    link = tmp_path / "latest"
    link.symlink_to(target)
    write(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert os.listdir(target.parent) == ["1"]


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no folder '.*runs'; create it first"):
        write(tmp_path / "runs" / "net", b"")


@pytest.mark.parametrize("name", ["", "new/", "."])
def test_a_folder_is_refused(tmp_path, name):
    with pytest.raises(IsADirectoryError, match="got that of a folder; add a file name to it"):
        write(os.path.join(tmp_path, name), b"")
    assert os.listdir(tmp_path) == []


@posix
def test_a_device_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="expected a file or a name that is free"):
        write(tmp_path / "pipe", b"")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


HALF = """
import sys
from nets.interop.atomic import atomic_write
with atomic_write(sys.argv[1]) as file:
    file.write(b"half")
    file.flush()
    print("ready", flush=True)
    sys.stdin.read()
"""

FOREVER = """
import itertools, sys
import numpy as np
from nets.interop import write_tensors
print("ready", flush=True)
for i in itertools.count():
    write_tensors(sys.argv[1], {"W": np.full(200_000, i)}, {"i": str(i)})
"""


def started(code, path):
    child = subprocess.Popen(
        [sys.executable, "-c", code, path], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout.readline().strip() == b"ready"
    return child


def kill(child):
    child.kill()
    child.communicate()
    assert child.returncode


def test_a_process_killed_in_the_middle_leaves_the_old_file(tmp_path):
    path = tmp_path / "net"
    path.write_bytes(b"old")
    kill(started(HALF, path))
    assert path.read_bytes() == b"old"
    (temporary,) = set(os.listdir(tmp_path)) - {"net"}
    assert (tmp_path / temporary).read_bytes() == b"half"
    write(tmp_path / "other", b"new")
    assert temporary in os.listdir(tmp_path)
    write(path, b"new")
    assert path.read_bytes() == b"new"
    assert set(os.listdir(tmp_path)) == {"net", "other"}


def test_a_process_that_is_writing_keeps_its_temporary_file(tmp_path):
    path = tmp_path / "net"
    child = started(HALF, path)
    (temporary,) = os.listdir(tmp_path)
    try:
        write(path, b"new")
        assert set(os.listdir(tmp_path)) == {"net", temporary}
    finally:
        child.communicate(b"")
    assert path.read_bytes() == b"half"
    assert os.listdir(tmp_path) == ["net"]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="Linux tells the state")
def test_a_process_that_was_killed_and_not_waited_for_is_gone(tmp_path):
    path = tmp_path / "net"
    child = started(HALF, path)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    write(path, b"new")
    assert os.listdir(tmp_path) == ["net"]
    kill(child)


@pytest.mark.slow
def test_a_process_killed_at_any_time_leaves_one_whole_file(tmp_path):
    path = tmp_path / "net"
    for wait in (0.0, 0.004, 0.013, 0.04):
        child = started(FOREVER, path)
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(0.05 + wait)
        kill(child)
        if path.exists():
            tensors, metadata = read_tensors(path)
            assert np.array_equal(tensors["W"], np.full(200_000, int(metadata["i"])))
    assert path.exists()
