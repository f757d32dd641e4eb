import gzip
import hashlib
import importlib
import io
import os
import re
import socket
import sys
import threading
from contextlib import closing
from dataclasses import replace
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError, URLError

import pytest

from nets.datasets import download as module
from nets.datasets import mnist
from nets.datasets.download import download
from nets.datasets.mnist_files import FILES, MNIST

BODY = bytes(range(256)) * 1000
SUM = hashlib.sha256(BODY).hexdigest()

pytestmark = pytest.mark.usefixtures("nowhere")


class Handler(BaseHTTPRequestHandler):
    """Serves ``server.files``; each entry says what to send and how much of it to announce."""

    def do_GET(self):
        if self.path not in self.server.files:
            self.send_error(404)
            return
        body, announced = self.server.files[self.path]
        self.server.asked.append(self.path)
        self.send_response(200)
        if announced is not None:
            self.send_header("Content-Length", str(announced))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Keep quiet."""


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.files, server.asked = {"/data.gz": (BODY, len(BODY))}, []
        server.url = f"http://127.0.0.1:{server.server_port}/"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def dead():
    """An address at which nobody listens."""
    with closing(socket.socket()) as taken:  # bound but not listening, so nobody else takes it
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_file_is_fetched_and_its_folder_made(server, tmp_path):
    target = tmp_path / "new" / "folder" / "data.gz"
    assert download(f"{server.url}data.gz", str(target), SUM) is None
    assert target.read_bytes() == BODY
    assert os.listdir(target.parent) == ["data.gz"]


def test_the_target_appears_whole(server, tmp_path, monkeypatch):
    seen = []
    rename = os.replace

    def watched(source, target):
        seen.append((os.path.dirname(source), os.path.exists(target), os.path.getsize(source)))
        rename(source, target)

    monkeypatch.setattr(os, "replace", watched)
    download(f"{server.url}data.gz", tmp_path / "data.gz", SUM)
    assert seen == [(str(tmp_path.resolve()), False, len(BODY))]


def test_a_file_that_is_there_is_replaced(server, tmp_path):
    (tmp_path / "data.gz").write_bytes(b"old")
    download(f"{server.url}data.gz", tmp_path / "data.gz", SUM)
    assert (tmp_path / "data.gz").read_bytes() == BODY


def test_a_length_that_is_not_announced(server, tmp_path, capsys):
    server.files["/data.gz"] = (BODY, None)
    download(f"{server.url}data.gz", tmp_path / "data.gz", SUM)
    assert (tmp_path / "data.gz").read_bytes() == BODY
    assert capsys.readouterr().out == f"downloading {server.url}data.gz\n"


# What is shown


def test_one_line_where_there_is_no_terminal(server, tmp_path, capsys):
    download(f"{server.url}data.gz", tmp_path / "data.gz", SUM)
    shown = capsys.readouterr()
    assert shown.out == f"downloading {server.url}data.gz (256 kB)\n"
    assert shown.err == ""


def test_a_line_that_is_updated_on_a_terminal(server, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdout", Terminal())
    download(f"{server.url}data.gz", tmp_path / "data.gz", SUM)
    first, *between, last = sys.stdout.getvalue().split("\r")
    assert first == ""
    assert between[0] == "data.gz: 66 kB of 256 kB"
    assert last == "data.gz: 256 kB of 256 kB\n"


def test_a_terminal_line_is_ended_when_the_connection_breaks(server, tmp_path, monkeypatch):
    server.files["/data.gz"] = (BODY[:1000], len(BODY))
    monkeypatch.setattr(sys, "stdout", Terminal())
    with pytest.raises(ConnectionError):
        download(f"{server.url}data.gz", tmp_path / "data.gz", SUM)
    assert sys.stdout.getvalue().endswith("\n")


def test_no_standard_output_at_all(server, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)  # as under pythonw
    download(f"{server.url}data.gz", tmp_path / "data.gz", SUM)
    assert (tmp_path / "data.gz").exists()


# What goes wrong


def test_a_wrong_checksum_leaves_nothing_behind(server, tmp_path):
    url = f"{server.url}data.gz"
    sentence = f"{url}: expected a file with the SHA-256 sum {'0' * 64}, got one with {SUM}; it was"
    with pytest.raises(ValueError, match=re.escape(sentence)):
        download(url, tmp_path / "new" / "data.gz", "0" * 64)
    assert os.listdir(tmp_path) == []


def test_a_wrong_checksum_leaves_the_old_file(server, tmp_path):
    (tmp_path / "data.gz").write_bytes(b"old")
    with pytest.raises(ValueError, match="SHA-256"):
        download(f"{server.url}data.gz", tmp_path / "data.gz", "0" * 64)
    assert (tmp_path / "data.gz").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["data.gz"]


def test_a_connection_that_breaks_off(server, tmp_path):
    server.files["/data.gz"] = (BODY[:1000], len(BODY))
    with pytest.raises(ConnectionError, match=r"data.gz: the download failed \(.*\b1000\b") as info:
        download(f"{server.url}data.gz", tmp_path / "data.gz", SUM)
    assert isinstance(info.value.__cause__, (URLError, HTTPException))
    assert os.listdir(tmp_path) == []


def test_nobody_listens(dead, tmp_path):
    target = tmp_path / "new" / "data.gz"
    with pytest.raises(ConnectionError, match="the download failed") as info:
        download(f"{dead}data.gz", target, SUM)
    assert f"save it as '{target}'" in str(info.value)
    assert "urlopen" not in str(info.value)
    assert isinstance(info.value.__cause__, URLError)
    assert os.listdir(tmp_path) == []


def test_a_server_without_the_file(server, tmp_path):
    with pytest.raises(ConnectionError, match=r"other.gz: the download failed .*404") as info:
        download(f"{server.url}other.gz", tmp_path / "other.gz", SUM)
    assert isinstance(info.value.__cause__, HTTPError)
    assert os.listdir(tmp_path) == []


def test_a_server_that_falls_silent(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "TIMEOUT", 0.05)
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/data.gz"
        with pytest.raises(ConnectionError, match=r"the download failed \(timed out\)"):
            download(url, tmp_path / "data.gz", SUM)


def test_a_disk_that_refuses_is_not_called_a_broken_connection(server, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises((FileExistsError, NotADirectoryError)):  # which one, the system decides
        download(f"{server.url}data.gz", tmp_path / "file" / "data.gz", SUM)


# MNIST, through all of it


@pytest.fixture
def source(server, fill, tmp_path, monkeypatch):
    """MNIST as a small data set on the local server."""
    fill(tmp_path / "origin")
    sums = []
    for name in FILES:
        body = (tmp_path / "origin" / f"{name}.gz").read_bytes()
        server.files[f"/{name}.gz"] = (body, len(body))
        sums.append(hashlib.sha256(body).hexdigest())
    source = replace(MNIST, url=server.url, sha256=tuple(sums))
    monkeypatch.setattr(importlib.import_module("nets.datasets.mnist"), "MNIST", source)
    return source


def test_mnist_is_downloaded_once(source, server, nowhere, capsys):
    assert repr(mnist()) == "mnist: 6 training and 3 test images of 28 x 28, 10 classes"
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" (")[0] for line in lines] == [
        f"downloading {server.url}{name}.gz" for name in FILES
    ]
    mnist()
    assert server.asked == [f"/{name}.gz" for name in FILES]
    assert capsys.readouterr().out == ""
    assert sorted(os.listdir(nowhere / "mnist")) == sorted(f"{name}.gz" for name in FILES)


def test_mnist_keeps_the_correct_files_when_a_checksum_is_wrong(source, server, nowhere):
    good = server.files[f"/{FILES[1]}.gz"]
    other = gzip.compress(b"something else")
    server.files[f"/{FILES[1]}.gz"] = (other, len(other))
    with pytest.raises(ValueError, match=f"{FILES[1]}.gz: expected a file with the SHA-256 sum"):
        mnist()
    assert os.listdir(nowhere / "mnist") == [f"{FILES[0]}.gz"]
    server.files[f"/{FILES[1]}.gz"] = good
    mnist()
    assert server.asked.count(f"/{FILES[0]}.gz") == 1


def test_mnist_without_a_network_says_what_to_do(dead, nowhere, monkeypatch):
    source = replace(MNIST, url=dead)
    monkeypatch.setattr(importlib.import_module("nets.datasets.mnist"), "MNIST", source)
    with pytest.raises(ConnectionError, match="the download failed") as info:
        mnist()
    sentence = str(info.value)
    assert all(f"{name}.gz" in sentence for name in FILES)
    assert f"are at {dead}" in sentence
    assert f"they belong in the folder '{nowhere / 'mnist'}', or in any other" in sentence
    assert "path=" in sentence
    assert isinstance(info.value.__cause__, URLError)
    assert not nowhere.exists()
