"""`handgrad predict`, after `handgrad train`."""

import csv
import io
import json

import numpy as np
import pytest

from nets import Sequential
from nets.cli.main import main
from nets.cli.tasks import numbers

RNG = np.random.default_rng(0)
LABELS = RNG.integers(0, 3, 60)
X = np.round(RNG.normal(size=(60, 2)) + 5 * LABELS[:, None], 3) * [1000, 0.01]
TREES = np.array(["ash", "birch", "cedar"])
NEW = "\n".join(f"{a},{b}" for a, b in X[:5])
TOLD = [f"{a},{b},{TREES[k]}" for (a, b), k in zip(X[:5], LABELS, strict=False)]


@pytest.fixture(scope="module")
def trees(tmp_path_factory):
    """The folder of a run on a table with names."""
    folder = tmp_path_factory.mktemp("trees")
    table = folder / "trees.csv"
    rows = [f"{a},{b},{TREES[k]}" for (a, b), k in zip(X, LABELS, strict=True)]
    table.write_text("\n".join(["height,width,species", *rows]))
    assert (
        main(["train", "--data", str(table), "--out", str(folder / "run"), "--epochs", "20"]) == 0
    )
    return folder / "run"


@pytest.fixture(scope="module")
def reviews(tmp_path_factory):
    """The folder of a run on texts."""
    folder = tmp_path_factory.mktemp("reviews")
    table = folder / "reviews.csv"
    table.write_text("text,label\n" + "a fine film,good\nso dull a film,bad\n" * 20)
    options = ["--task", "text", "--data", str(table), "--out", str(folder / "run")]
    assert main(["train", *options, "--learning-rate", "0.05"]) == 0
    return folder / "run"


@pytest.fixture
def file(tmp_path):
    def write(text, name="new.csv"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize(
    ("text", "labelled"),
    [
        (NEW, False),
        (f"height,width\n{NEW}", False),
        ("height,width,species\n" + NEW.replace("\n", ",\n") + ",", False),
        ("\n".join(TOLD), True),
        ("\n".join(["height,width,species", *TOLD]), True),
        ("\n".join(["height,width,kind", *TOLD]), True),
        (
            "\n".join(["species,width,height", *(",".join(r.split(",")[::-1]) for r in TOLD)]),
            True,
        ),
    ],
)
def test_a_table_is_read_with_and_without_names_and_labels(run, trees, file, text, labelled):
    code, out, err = run("predict", trees, file(text))
    assert code == 0
    found = rows(out)
    net = Sequential.load(trees / "weights.safetensors")
    assert [row["prediction"] for row in found] == TREES[net.predict(X[:5]).argmax(1)].tolist()
    assert [row["example"] for row in found] == list("12345")
    assert all(
        sum(float(row[f"p({name})"]) for name in TREES) == pytest.approx(1, abs=1e-5)
        for row in found
    )
    assert ("label" in found[0]) == labelled
    assert err == ("accuracy 100.00 %, 5 of 5\n" if labelled else "")


def test_an_archive_is_read_and_a_file_written(run, trees, tmp_path):
    np.savez(tmp_path / "new.npz", x=X, y=TREES[LABELS])
    code, out, err = run("predict", trees, tmp_path / "new.npz", "--out", tmp_path / "told.csv")
    assert (code, err) == (0, "")
    wrote, accuracy = out.splitlines()
    assert wrote == f"wrote {tmp_path / 'told.csv'}"
    assert float(accuracy.split()[1]) > 90
    assert accuracy.endswith("of 60")
    assert [row["label"] for row in rows((tmp_path / "told.csv").read_text())] == TREES[
        LABELS
    ].tolist()


def test_the_accuracy_of_the_test_part_is_the_one_that_training_printed(run, tmp_path):
    _, printed, _ = run("train", "--epochs", 2, "--out", tmp_path / "run")
    data = numbers.BUNDLED["digits"]()
    np.savez(tmp_path / "new.npz", x=data.x_test.reshape(-1, 8, 8), y=data.y_test)
    code, out, err = run("predict", tmp_path / "run", tmp_path / "new.npz")
    assert code == 0
    assert len(rows(out)) == 60
    assert err.split()[1:] == printed.split("test accuracy ")[1].split()[:5]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("dull\na fine day\n", "new.txt"),
        ("text\ndull\na fine day\n", "new.csv"),
        ("dull,bad\na fine day,good\n", "new.csv"),
        ("label\ttext\nbad\tdull\ngood\ta fine day\n", "new.tsv"),
    ],
)
def test_texts_are_read(run, reviews, file, text, name):
    code, out, err = run("predict", reviews, file(text, name))
    assert code == 0
    assert [row["prediction"] for row in rows(out)] == ["bad", "good"]
    assert err == ("" if "bad" not in text else "accuracy 100.00 %, 2 of 2\n")


def test_a_net_of_own_layers(run, trees, file, tmp_path):
    own = file(
        "import layers\nclass ReLU(layers.Layer):\n"
        "    def forward(self, x):\n        self.x = x\n        return x * (x > 0)\n"
        "    def backward(self, dout):\n        return dout * (self.x > 0), {}\n",
        "own.py",
    )
    data = trees.parent / "trees.csv"
    folder = tmp_path / "run"
    assert (
        run("train", "--data", data, "--layers", own, "--out", folder, "--learning-rate", 0.02)[0]
        == 0
    )
    code, _, err = run("predict", folder, file(NEW))
    assert code == 2
    assert "was trained with layers of yours; add --layers FILE.py" in err
    code, out, _ = run("predict", folder, file(NEW), "--layers", own)
    assert code == 0
    assert [row["prediction"] for row in rows(out.split("\n", 1)[1])] == TREES[LABELS[:5]].tolist()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1\n2\n", "line 1: expected 2 numbers in each line, and perhaps a label, got 1 cells"),
        ("1,2,3,4\n", "line 1: expected 2 numbers in each line"),
        ("size,width\n1,2\n", "got none called 'height'; rename the column"),
        ("height,width\n1,red\n", "line 2, column 2: expected a number, got 'red'"),
        ("height,width\n", "expected examples below the names in line 1, got none"),
        ("1,2,fox\n", "line 1, column 3: the label 'fox' is not a class of"),
        ("1,2,ash\n3,4,\n", "line 2, column 3: the label '' is not a class of"),
        ("", "expected a table, got an empty file"),
    ],
)
def test_a_file_that_does_not_fit_is_a_sentence(run, trees, file, text, message):
    path = file(text)
    code, out, err = run("predict", trees, path)
    assert (code, out) == (2, "")
    assert message in err
    assert str(path) in err


def test_an_unsuitable_run_is_refused(run, trees, file, tmp_path):
    path = file(NEW)
    assert "expected the folder of a run" in run("predict", tmp_path / "none", path)[2]
    assert "run.json: there is no such file; expected" in run("predict", tmp_path, path)[2]
    assert "none.csv: there is no such file" in run("predict", trees, tmp_path / "none.csv")[2]
    for content in ("", "[]", "{}", '{"task": "numbers"}', '{"task": "text", "length": "x"}'):
        (tmp_path / "run.json").write_text(content)
        (tmp_path / "classes.json").write_text('["a", "b"]')
        code, out, err = run("predict", tmp_path, path)
        assert (code, out) == (2, "")
        assert err.startswith(f"handgrad: {tmp_path}/")
    (tmp_path / "run.json").write_text('{"task": "lm"}')
    assert "got a language model, which has none" in run("predict", tmp_path, path)[2]


def test_a_run_writes_what_it_is_about(trees, reviews):
    assert json.loads((trees / "classes.json").read_text()) == TREES.tolist()
    about = json.loads((trees / "run.json").read_text())
    assert (about["task"], about["columns"]) == ("numbers", ["height", "width"])
    assert json.loads((reviews / "classes.json").read_text()) == ["bad", "good"]
