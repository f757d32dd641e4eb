"""Where a run is written, and what is refused before anything is."""

import pytest

from nets.cli.main import main
from nets.cli.run_folder import fresh_folder


def test_every_run_gets_a_folder_of_its_own(tmp_path, capsys):
    wanted = tmp_path / "a" / "out"
    for name in ("out", "out-2", "out-3"):
        folder = fresh_folder(wanted)
        assert folder == wanted.with_name(name)
        assert folder.is_dir()
        assert fresh_folder(wanted) == folder  # it is empty yet
        (folder / "weights.safetensors").write_bytes(b"")
    assert f"{wanted} holds an earlier run; this one goes into {wanted}-3" in capsys.readouterr()[0]


def test_a_folder_with_other_files_is_refused(tmp_path):
    (tmp_path / "weights.safetensors").touch()
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(ValueError, match=r"one with other files, such as thesis\.tex; choose an"):
        fresh_folder(tmp_path)
    with pytest.raises(ValueError, match=r"expected a folder, got a file; choose another name"):
        fresh_folder(tmp_path / "thesis.tex")
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ("--momentum", "0.5"),
            "--momentum belongs to --optimizer sgd, and this is --optimizer ad",
        ),
        (("--data", ""), "--data '': there is no such file or folder, and the data that come with"),
        (("--data", "digit"), "for --task numbers are: digits, mnist, fashion-mnist"),
        (("--data", "names"), "--data names: these data belong to --task text and --task lm"),
        (("--task", "text", "--data", "digits"), "these data belong to --task numbers"),
        (("--data", "/"), "/: expected a file, got a folder"),
        (("--out", "/dev/null/run"), "a part of this path is a file, where a folder is expected"),
    ],
)
def test_impossible_options_are_refused_before_training(
    tmp_path, monkeypatch, capsys, options, message
):
    monkeypatch.chdir(tmp_path)
    assert main(["train", *options]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
