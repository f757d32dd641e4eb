"""What is not a path is refused wherever a file is named."""

import os
import pathlib

import pytest

from layers import ReLU
from nets import Graph, Sequential
from nets.interop import read_tensors, write_tensors
from nets.interop.atomic import atomic_write, path_text, refused


def net():
    return Sequential(ReLU())


def graph():
    return Graph("x", "a", {"a": (ReLU(), "x")})


def write(path):
    with atomic_write(path) as file:
        file.write(b"")


VERBS = {
    "path_text": path_text,
    "write": write,
    "read_tensors": read_tensors,
    "write_tensors": lambda path: write_tensors(path, {}),
    "save": lambda path: net().save(path),
    "load": Sequential.load,
    "load_params": lambda path: net().load_params(path),
    "save a graph": lambda path: graph().save(path),
    "load a graph": Graph.load,
    "save a drawing": lambda path: graph().draw().save(path),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_anything_but_a_path_is_refused(verb):
    for path in (None, 3, 1.5, True, [], ["net"], b"net", ReLU(), object()):
        with pytest.raises(TypeError, match=r"^expected the (path|name) of a file, got"):
            verb(path)
    for path in ("", "a\0b"):
        with pytest.raises(ValueError, match=r"^expected the (path|name) of a file, got"):
            verb(path)


def test_a_tilde_is_the_users_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    net().save("~/net.safetensors")
    assert os.listdir(tmp_path) == ["net.safetensors"]
    assert repr(Sequential.load(pathlib.Path("~/net.safetensors"))) == repr(net())


def test_a_folder_in_the_place_of_a_file_is_named(tmp_path):
    with pytest.raises(IsADirectoryError, match="add a file name to it"):
        net().save(f"{tmp_path}/")
    with pytest.raises(IsADirectoryError, match="expected a safetensors file, got a folder"):
        Sequential.load(tmp_path)


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match=r"file/net': (cannot be read: not a directory|there is no)"):
        Sequential.load(tmp_path / "file" / "net")
    with pytest.raises(OSError, match="create it first"):
        net().save(tmp_path / "file" / "net")


def test_a_name_that_is_too_long_is_named(tmp_path):
    with pytest.raises(OSError, match="cannot be read: file name too long"):
        Sequential.load(tmp_path / ("n" * 300))


def test_what_the_system_refuses_names_the_file_and_not_one_beside_it(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied", "/somewhere/.handgrad-1.tmp")

    monkeypatch.setattr("builtins.open", refuse)
    for verb, text in ((net().save, "written"), (Sequential.load, "read")):
        with pytest.raises(PermissionError, match=rf"net': cannot be {text}: permission denied$"):
            verb(tmp_path / "net")


def test_an_error_without_words_is_named_by_its_class():
    assert str(refused(TimeoutError(), "net", "read")) == "'net': cannot be read: timeoutError"
