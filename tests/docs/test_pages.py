"""What the pages show is run: the code, what it prints, and both sides of each comparison."""

import re
import runpy
from itertools import pairwise
from pathlib import Path

import pytest

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
NUMBER = re.compile(r"-?\d\.\d+(e-\d+)?|\[\d, \d\]")


def blocks(page, language):
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)


@pytest.mark.parametrize("path", SNIPPETS, ids=lambda path: f"{path.parent.name}/{path.stem}")
@pytest.mark.filterwarnings("default")  # those of other libraries are not ours to mend
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
    readme = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[1]
    assert blocks("index.md", "python") == [readme]


@pytest.fixture(scope="module")
def shown():
    """What the code of the page for newcomers prints, run in one namespace."""
    lines, namespace = [], {"__name__": "start", "print": lambda value: lines.append(str(value))}
    for code in blocks("start.md", "python"):
        exec(compile(code, "start.md", "exec"), namespace)
    return lines, namespace


def test_newcomers_see_what_the_page_shows(shown):
    wanted = [NUMBER.sub("#", text.strip()) for text in blocks("start.md", "text")]
    assert [NUMBER.sub("#", text) for text in shown[0]] == wanted


def test_newcomers_read_as_many_digits_as_they_were_told(shown):
    assert shown[1]["accuracy"] > 0.96


def test_the_design_quotes_an_error_as_it_is():
    import numpy as np

    from layers import FullyConnected, ReLU
    from nets import Sequential

    net = Sequential(FullyConnected(4, 4), ReLU(), FullyConnected(5, 2))
    with pytest.raises(ValueError, match="layer 2") as caught:
        net.forward(np.ones((6, 4)))
    assert blocks("design.md", "text") == [f"{caught.value}\n"]
