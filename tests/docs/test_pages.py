"""What the pages show is run: the code, what it prints, and both sides of each comparison."""

import re
import runpy
from itertools import pairwise
from pathlib import Path

import pytest

from tests.docs.printed import agree, blocks, printed

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SNIPPETS = sorted(DOCS.glob("coming-from/*/*.py"))
PEERS = {"cs231n": "numpy", "pytorch": "torch", "keras": "keras", "scikit-learn": "sklearn"}
TITLES = {
    "cs231n": "CS231n",
    "pytorch": "PyTorch",
    "keras": "Keras",
    "scikit-learn": "scikit-learn",
}
WIDEST = 58  # letters that stand in half a page


@pytest.mark.slow  # importing Keras and PyTorch takes seconds
@pytest.mark.parametrize("path", SNIPPETS, ids=lambda path: f"{path.parent.name}/{path.stem}")
@pytest.mark.filterwarnings("default")  # warnings inside other libraries
def test_both_sides_say_the_same(path, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    peer = PEERS[path.parent.name]
    if peer == "keras":
        pytest.importorskip("torch", reason="the oracle: pip install handgrad[oracle]")
    pytest.importorskip(peer, reason="the oracle: pip install handgrad[oracle]")
    runpy.run_path(str(path))


@pytest.mark.parametrize("path", SNIPPETS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_comparison_has_two_sides_and_an_end(path):
    pytest.importorskip("sphinx", reason="the site: pip install handgrad[docs]")
    from docs.building.side_by_side import parts

    page = (DOCS / "coming-from" / f"{path.parent.name}.md").read_text()
    assert f"{path.parent.name}/{path.name}\n" in page
    shown = parts(path.read_text())
    titles, theirs = [title for title, _ in shown], TITLES[path.parent.name]
    assert titles[0] == "both"
    assert titles[-1].startswith("the same")
    assert "assert " in shown[-1][1]
    after = [second for first, second in pairwise(titles) if first == "handgrad"]
    assert after == [theirs] * titles.count(theirs) != []
    halves = [code for title, code in shown if title in ("handgrad", theirs)]
    assert [line for code in halves for line in code.splitlines() if len(line) > WIDEST] == []


def test_the_first_page_begins_as_the_readme():
    assert blocks("docs/index.md", "python") == blocks("README.md", "python")[:1]


def test_every_page_that_shows_output_is_compared_here():
    pages = [path.relative_to(ROOT).as_posix() for path in DOCS.glob("*.md")]
    pages += [path.relative_to(ROOT).as_posix() for path in DOCS.glob("coming-from/*.md")]
    assert {page for page in pages if blocks(page, "text")} == {"docs/start.md", "docs/design.md"}


@pytest.fixture(scope="module")
def newcomer():
    """What the code of the page for newcomers prints, and its names."""
    return printed("docs/start.md")


def test_newcomers_see_what_the_page_shows(newcomer):
    shown = blocks("docs/start.md", "text")
    assert len(shown) == len(newcomer[0])
    assert [pair for pair in zip(shown, newcomer[0], strict=True) if not agree(*pair)] == []


def test_newcomers_read_as_many_digits_as_the_page_says(newcomer):
    told = re.search(r"about (\d+) % of them correctly", (DOCS / "start.md").read_text())[1]
    assert newcomer[1]["accuracy"] == pytest.approx(float(told) / 100, abs=0.01)


@pytest.mark.parametrize(
    ("shown", "found", "verdict"),
    [
        ("worst error  1.5e+00", "worst error 1.5e+00", True),
        ("backward returned 4.6147127", "backward returned 4.618720283", False),
        ("the numeric gradient is -9.237440565", "the numeric gradient is -9.237440561", True),
        ("9,610 parameters", "9,611 parameters", False),
        ("x[0, 1]", "x[0, 2]", False),
        ("3.000 * x", "-3.000 * x", False),
    ],
)
def test_the_comparison_can_fail(shown, found, verdict):
    assert agree(shown, found) is verdict


def test_the_design_draws_folders_that_exist():
    drawing = blocks("docs/design.md", "text")[0]
    folders = re.findall(r"(\w+)/", drawing)
    assert folders
    assert [name for name in folders if not any(ROOT.glob(f"[lno]*/{name}"))] == []


def test_the_design_quotes_an_error_as_it_is():
    import numpy as np

    from layers import FullyConnected, ReLU
    from nets import Sequential

    net = Sequential(FullyConnected(4, 4), ReLU(), FullyConnected(5, 2))
    with pytest.raises(ValueError, match="layer 2") as caught:
        net.forward(np.ones((6, 4)))
    assert blocks("docs/design.md", "text")[-1] == f"{caught.value}\n"
