"""Building, and what it refuses."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from nets.cli.main import main
from nets.homework import build
from tests.nets.homework import zoo

README = Path(__file__).parents[4] / "README.md"


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "source"
    shutil.copytree(zoo.SOURCE, folder)
    return folder


def test_what_is_written(built):
    student, grader = built
    names = {path.name for path in student.iterdir()}
    assert names >= {"dense.py", "dense.ipynb", "test_public.py", "README.md", "assignment.json"}
    assert "test_hidden.py" not in names
    everything = "".join(p.read_text() for p in student.iterdir() if p.is_file())
    assert "SOLUTION" not in everything
    assert "self.x.T @ dout" not in everything
    assert not (grader / "dense.py").exists()
    assert "| The slope of ReLU at 0 is 0 | 1 |" in (grader / "instructor.md").read_text()


def write(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_the_files_of_the_assignment_go_along(source, tmp_path, capsys):
    path = source / "dense.py"
    path.write_text(
        path.read_text().replace(
            "import numpy as np\n",
            "import numpy as np\nfrom sums import rows\n\nSCALE = np.loadtxt('data/one.txt')\n",
            1,
        )
    )
    write(
        source,
        {
            "sums.py": "def rows(a):\n    return a.sum(axis=0)\n",
            "data/one.txt": "1.0\n",
            "hidden_cases.py": "CASES = [1.0]\n",
            "conftest.py": "import pytest\n\n\n@pytest.fixture\ndef one():\n    return 1.0\n",
            "__pycache__/sums.pyc": "",
            "test_public.py": "import pytest\nfrom sums import rows\n\n\n"
            "@pytest.mark.points(1)\ndef test_scale(submission, one):\n"
            "    assert submission.ReLU().forward(rows(submission.SCALE + [[0]])) == one\n",
            "test_hidden.py": "import pytest\nfrom hidden_cases import CASES\n\n\n"
            "@pytest.mark.points(1)\ndef test_cases(submission):\n"
            "    assert submission.ReLU().forward(submission.SCALE) == CASES[0]\n",
        },
    )
    student, grader = build(source, tmp_path / "out")
    given = {path.relative_to(student).as_posix() for path in student.rglob("*")}
    assert given >= {"sums.py", "data/one.txt", "conftest.py"}
    assert "hidden_cases.py" not in given
    assert (grader / "hidden_cases.py").is_file()
    assert (grader.parent / "otter" / "data" / "one.txt").is_file()
    with zipfile.ZipFile(tmp_path / "out" / "gradescope.zip") as bundle:
        assert {"bundle/hidden_cases.py", "bundle/data/one.txt"} <= set(bundle.namelist())
    shutil.copyfile(path, student / "dense.py")
    assert main(["check", str(student / "dense.py")]) == 0
    out = ["--out", str(tmp_path / "results.json")]
    assert main(["grade", str(path), "--assignment", str(grader), *out]) == 0
    assert "2 of 2 points" in capsys.readouterr().out


def test_the_author_is_warned(source, tmp_path):
    write(
        source,
        {
            "test_public.py": "import numpy as np\nimport pytest\n\n\n"
            "@pytest.mark.points(1)\ndef test_a(submission, credit):\n"
            '    """Gradients."""\n'
            "    credit.gradients(submission.FullyConnected(2, 2), np.ones((2, 2)))\n",
            "test_hidden.py": "import pytest\n\n\n@pytest.mark.points(1)\n"
            'def test_b(submission):\n    """Gradients."""\n    submission.ReLU().forward(1.0)\n',
        },
    )
    with pytest.warns(UserWarning) as warned:  # noqa: PT030, the two texts are compared below
        build(source, tmp_path / "out")
    told = "\n".join(str(warning.message) for warning in warned)
    assert "2 tests have the title 'Gradients', and students cannot tell them apart" in told
    assert "test_public.py::test_a: the parameter b is 0 everywhere, which hides mistakes" in told


@pytest.mark.parametrize("name", ["layers.Relu", "numpy.dot"])
def test_a_forbidden_name_that_does_not_exist_is_refused(source, tmp_path, name):
    settings = json.loads((source / "assignment.json").read_text())
    (source / "assignment.json").write_text(json.dumps({**settings, "forbidden": [name]}))
    with pytest.raises(ValueError, match=f"there is no {name}"):
        build(source, tmp_path / "out")


def test_a_solution_that_fails_is_refused(source, tmp_path, capsys):
    path = source / "dense.py"
    path.write_text(path.read_text().replace("x > 0", "x >= 0"))
    assert main(["assignment", "build", str(source), "--out", str(tmp_path / "out")]) == 2
    assert (
        "the solution does not pass its own test test_hidden.py::test_kink"
        in capsys.readouterr().err
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_stub_that_passes_is_refused(source, tmp_path):
    with (source / "test_public.py").open("a") as file:
        file.write("\n\n@pytest.mark.points(1)\ndef test_free(submission):\n    pass\n")
    with pytest.raises(ValueError, match=r"holes already gets 1 points for .*test_free"):
        build(source, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_tests_without_points_are_refused(source, tmp_path):
    (source / "test_hidden.py").unlink()
    (source / "test_public.py").write_text("def test_nothing():\n    pass\n")
    with pytest.raises(ValueError, match="expected tests with points, found none"):
        build(source, tmp_path / "out")


def test_tests_that_cannot_be_run_are_a_sentence(source, tmp_path):
    (source / "test_public.py").write_text("import nowhere_at_all\n")
    (source / "test_hidden.py").unlink()
    with pytest.raises(ValueError, match="the tests cannot be run"):
        build(source, tmp_path / "out")


def test_no_assignment(tmp_path, capsys):
    assert main(["assignment", "build", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "expected an assignment, but there is no assignment.json" in capsys.readouterr().err


def test_invalid_settings_are_refused(source, tmp_path, capsys):
    (source / "assignment.json").write_text(json.dumps({"colour": "red"}))
    assert main(["assignment", "build", str(source), "--out", str(tmp_path / "out")]) == 2
    assert "expected title, file, forbidden and limits" in capsys.readouterr().err


def test_check_says_what_the_public_part_of_the_grader_says(built, tmp_path, capsys):
    student, grader = built
    folder = tmp_path / "mine"
    shutil.copytree(student, folder)
    wrong = zoo.WRONG["bias averaged"]
    (folder / "dense.py").write_text(wrong)
    assert main(["check", str(folder / "dense.py")]) == 1
    checked = capsys.readouterr().out
    assert "7 of 8 points" in checked
    assert checked.strip() in README.read_text()
    (tmp_path / "dense.py").write_text(wrong)
    out = tmp_path / "results.json"
    arguments = [str(tmp_path / "dense.py"), "--assignment", str(grader), "--out", str(out)]
    assert main(["grade", *arguments]) == 0
    assert capsys.readouterr().out.startswith(checked[: checked.index("7 of 8 points")])


def test_the_students_notebook_checks_itself(built, tmp_path, capsys):
    folder = Path(shutil.copytree(built[0], tmp_path / "mine"))
    book = json.loads((folder / "dense.ipynb").read_text())
    assert "!handgrad check dense.ipynb" in book["cells"][-1]["source"]
    assert main(["check", str(folder / "dense.ipynb")]) == 1
    said = capsys.readouterr().out
    assert "NotImplementedError: this part is not written yet (code cell " in said
    assert "0 of 8 points" in said
