"""The README's snippets run, its commands are those of .ci/run, and what it shows is true."""

import os
import re
from itertools import islice, pairwise
from pathlib import Path

import pytest

from nets import datasets
from nets.cli.main import main
from tests.docs.printed import TRAINED, agree, blocks, printed
from tests.layers.gradcheck.zoo import peers as zoo
from tests.layers.gradcheck.zoo.right import checks

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SPEED = (ROOT / "PERFORMANCE.md").read_text(encoding="utf-8")
WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
WORDS += ["eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen"]


def told(pattern):
    """The numbers of a sentence of the README, in digits or words."""
    found = re.search(pattern, " ".join(README.split()))
    assert found, f"README says nothing like {pattern}"
    words = [group.lower().replace(",", "") for group in found.groups()]
    return [float(WORDS.index(word)) if word in WORDS else float(word) for word in words]


@pytest.fixture(scope="module")
def shown():
    """What the snippets print, run one after the other in one namespace."""
    return printed("README.md")[0]


def test_the_first_snippet_reads_as_many_digits_as_it_says(shown):
    (comment,) = re.findall(r"print\(.*# (.+)", blocks("README.md", "python")[0])
    (expected, found) = (float(text.split("%")[0]) / 100 for text in (comment, shown[0]))
    assert found == pytest.approx(expected, **{"abs": TRAINED["abs_tol"]})
    assert comment.split("%")[1] == shown[0].split("%")[1]


def test_the_report_of_the_wrong_layer_is_the_one_that_is_shown(shown):
    assert agree(blocks("README.md", "text")[0], shown[1])


def test_the_digits_are_as_many_as_it_says():
    data = datasets.digits()
    expected = [len(data.x_train) + len(data.x_test), len(data.x_test)]
    assert told(r"([\d,]+) real handwritten digits, and watch it read the (\d+) that") == expected


def test_it_counts_the_activations():
    files = list((ROOT / "layers" / "activations").glob("[a-z]*.py"))
    assert told(r"`ReLU` and (\w+) other activations") == [len(files) - 1]


def test_it_counts_what_is_here():
    page = (ROOT / "notebooks" / "README.md").read_text(encoding="utf-8")
    lectures = len(re.findall(r"^- \*\*", page, re.MULTILINE))
    books = len(list((ROOT / "notebooks").glob("[0-9]*.ipynb")))
    assert told(r"the (\w+) lectures.* (\w+) executed notebooks") == [lectures, books]
    assignments = len(list((ROOT / "notebooks" / "homework").glob("[0-9]*")))
    assert told(r"\[(\w+) assignments\]") == [assignments]


@pytest.mark.slow
def test_the_command_misreads_as_many_digits_as_the_picture_shows(tmp_path, capsys):
    assert main(["train", "--out", str(tmp_path)]) == 0
    correct, of = map(int, re.search(r", (\d+) of (\d+)\n", capsys.readouterr().out).groups())
    of_caption, misread = told(r"of the (\d+) test digits.*the (\w+) that the net misread")
    assert of_caption == of
    assert misread / of == pytest.approx((of - correct) / of, abs=TRAINED["abs_tol"])


@pytest.mark.skipif(
    not {"HANDGRAD_LONG", "HANDGRAD_DATA"} <= set(os.environ),
    reason="takes minutes; set HANDGRAD_LONG=1, and HANDGRAD_DATA to a folder with the real MNIST",
)
def test_the_command_reads_mnist_as_well_as_it_says(tmp_path, capsys):
    (percent,) = told(r"--hidden 512,512 # ([\d.]+) % on the 10,000 test images")
    options = ["--data", "mnist", "--hidden", "512,512", "--out", str(tmp_path)]
    assert main(["train", *options]) == 0
    correct, of = map(int, re.search(r", (\d+) of (\d+)\n", capsys.readouterr().out).groups())
    assert of == 10_000
    assert correct / of == pytest.approx(percent / 100, abs=0.002)


@pytest.mark.slow
def test_the_check_says_of_a_sample_of_the_zoo_what_the_table_says_of_a_fourth():
    (table,) = re.findall(r"^\| `handgrad` \|(.*)\|$", README, re.MULTILINE)
    shares = [int(part) / int(of) for part, of in re.findall(r"(\d+) of (\d+)", table)]
    assert shares == [1, 1, 1, 0, 0]
    for wrong in zoo.chosen(0, 400):
        assert zoo.verdict(zoo.ours, wrong.make(), wrong.inputs, wrong.loss)[0], wrong.name
        assert zoo.named("handgrad", wrong, "") == (True, True), wrong.name
    for name, layer, inputs, options in islice(checks(5000), 0, None, 12):
        assert not zoo.verdict(zoo.ours, layer, inputs, options.get("loss"))[0], name


@pytest.mark.slow
def test_the_table_of_the_zoo_counts_its_correct_layers():
    (table,) = re.findall(r"^\| `handgrad` \|(.*)\|$", README, re.MULTILINE)
    every, ordinary = (cell.split(" of ")[1].strip() for cell in table.split("|")[-2:])
    assert int(every) == sum(1 for seed in range(5000, 5010) for _ in checks(seed))
    named = [name for seed in range(5000, 5100) for name, *_ in checks(seed)]
    assert int(ordinary) == sum(" on normal" in n and n.endswith("scale 1") for n in named)


def column(name):
    """How many times ours the figures of a library are, by the row of PERFORMANCE.md's table."""
    rows = [line.strip("| ").split(" | ") for line in SPEED.splitlines() if line.startswith("| ")]
    place = rows[0].index(name)
    table = [row for row in rows if re.match(r"(S|M|L|XL): ", row[0])]
    return {row[0]: float(re.search(r"\(([\d.]+)\)", row[place])[1]) for row in table}


def test_its_speeds_are_those_of_the_table():
    claims = {
        "PyTorch": r"([\d.]+) to ([\d.]+) times as fast as in PyTorch",
        "JAX jit": r"([\d.]+) to ([\d.]+) times as fast as in JAX",
    }
    for name, pattern in claims.items():
        factors = column(name).values()
        assert told(pattern) == pytest.approx([min(factors), max(factors)], abs=0.05), name
    for name in ("PyTorch", "JAX jit", "scikit-learn", "Thinc"):
        assert min(column(name).values()) > 1, name
    alone = [factor for row, factor in column("NumPy alone").items() if row.endswith("Adam")]
    expected = pytest.approx([min(alone), max(alone)], abs=0.05)
    assert told(r"a step with Adam takes ([\d.]+) to ([\d.]+) times as long") == expected
    nets = [
        [int(size) for size in re.findall(r"\d+", row.split(",")[0])] for row in column("Thinc")
    ]
    counts = [sum((d + 1) * m for d, m in pairwise(net)) for net in nets]
    small, large = told(r"a net of ([\d,]+) parameters to one of (\d+) million")
    assert [min(counts), max(counts)] == pytest.approx([small, large * 1e6], rel=0.25)


def test_ci_runs_the_test_command_and_the_slow_tests():
    commands = " ".join(blocks("README.md", "console"))
    assert "-m pytest --cov" in commands
    assert '-m pytest --cov -m ""' in (ROOT / ".ci" / "run").read_text()  # and the slow tests


def test_links_and_pictures_exist():
    targets = re.findall(r"\]\(([^)#:]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_the_changelog_and_the_package_agree_on_the_version():
    version = re.search(r"^version = (.+)$", (ROOT / "setup.cfg").read_text(), re.MULTILINE)[1]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text()
