"""All notebooks run, show what they showed when they were committed, and end in exercises."""

import os
import re
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest

from tests.notebooks.comparing import difference, errors, same
from tests.notebooks.executing import FOLDER, SOURCES, executed, from_source, merged, run

IDS = [source.stem for source in SOURCES]
of_each_notebook = pytest.mark.parametrize("source", SOURCES, ids=IDS)


def needs_mnist(source):
    return "datasets.mnist" in source.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def runs(request):
    """The notebooks to test under way, two at a time, each in a process of one thread."""
    with pytest.MonkeyPatch.context() as patch:
        for library in ("OPENBLAS", "OMP"):
            patch.setenv(f"{library}_NUM_THREADS", "1")
        items = [i for i in request.session.items if i.name.startswith("test_it_runs_and_shows")]
        wanted = [item.callspec.params["source"] for item in items]
        ready = [s for s in wanted if "HANDGRAD_DATA" in os.environ or not needs_mnist(s)]
        with ThreadPoolExecutor(2) as pool:
            yield {source: pool.submit(run, source) for source in ready}


def committed(source):
    return nbformat.read(source.with_suffix(".ipynb"), as_version=4)


def test_they_are_numbered_from_1():
    assert [source.name[:2] for source in SOURCES] == [f"{n:02}" for n in range(1, 13)]
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == IDS


def test_the_index_names_each_with_its_title():
    index = re.findall(r"^\| \[(.+?)\]\((.+?)\) \|", (FOLDER / "README.md").read_text(), re.M)
    assert [name for _, name in index] == [f"{stem}.ipynb" for stem in IDS]
    titles = [from_source(source).cells[0].source.splitlines()[0][2:] for source in SOURCES]
    assert [t for (t, _), full in zip(index, titles, strict=True) if not full.startswith(t)] == []


def facts(cell):
    return cell.cell_type, cell.source, dict(cell.metadata)


@of_each_notebook
def test_text_and_notebook_are_in_step(source):
    nbformat.validate(committed(source))
    text, book = from_source(source).cells, committed(source).cells
    assert [facts(cell) for cell in text] == [facts(cell) for cell in book]


@pytest.mark.slow
@of_each_notebook
def test_it_runs_and_shows_what_it_showed(source, runs):
    if source not in runs:
        pytest.skip("HANDGRAD_DATA does not name a folder with the real MNIST")
    now = nbformat.reads(runs[source].result(), as_version=4)
    for old, new in zip(committed(source).cells, now.cells, strict=True):
        assert errors(new) == []
        assert not difference(old, new), f"{old.source}\n{difference(old, new)}"


def is_picture(output):
    return any(kind.startswith("image/") for kind in output.get("data", ()))


def alt_text(cell):
    """What a cell says of its picture, in the form that the site reads."""
    return cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")


@of_each_notebook
def test_it_is_written_for_people(source):
    cells = committed(source).cells
    title, last = cells[0].source, cells[-1].source
    assert title.startswith("# ")
    assert last.startswith("## Exercises")
    exercises = len(re.findall(r"^\d\. ", last, re.MULTILINE))
    assert exercises >= 3
    answers = re.findall(r"<details><summary>Answer</summary>\n\n +\S[\s\S]*?</details>", last)
    assert len(answers) == exercises
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    assert max(len(source.splitlines()) for source in code) <= 30
    assert not any("sys.path" in source for source in code)
    drawn = [cell for cell in cells if any(map(is_picture, cell.get("outputs", ())))]
    assert drawn
    assert [cell.source for cell in drawn if not alt_text(cell)] == []


@of_each_notebook
def test_every_code_cell_was_run_in_order(source):
    counts = [c.execution_count for c in committed(source).cells if c.cell_type == "code"]
    assert counts == [*range(1, len(counts) + 1)]


@pytest.mark.parametrize(
    ("old", "new", "words_only", "verdict"),
    [
        ("loss 1.000 in 3 steps", "loss 1.001  in 3 steps", False, True),
        ("loss 1.0", "loss 2.0", False, False),
        ("loss 1.0", "cost 1.0", False, False),
        ("1,437 images", "1,200 images", False, False),
        ("took 1.0 s", "took 9.3 s", True, True),
        ("took 1.0 s", "took 1.0 ms", True, False),
        ("error 1.2e-10", "error 7e-11", False, True),
        ("error 1.2e-10", "error 1.2", False, False),
        ("x = \N{MINUS SIGN}4", "x = 4", False, False),
    ],
)
def test_the_comparison_can_fail(old, new, words_only, verdict):
    assert same(old, new, words_only) is verdict


def cell(*outputs, tags=()):
    return nbformat.v4.new_code_cell(outputs=list(outputs), metadata={"tags": list(tags)})


def test_cells_differ_in_text_in_kinds_and_in_number_of_outputs_but_not_in_pixels():
    def shown(**data):
        return nbformat.v4.new_output("display_data", data)

    text, other = shown(**{"text/plain": "one"}), shown(**{"text/plain": "two"})
    image, pixels = shown(**{"image/png": "abc"}), shown(**{"image/png": "xyz"})
    stderr = nbformat.v4.new_output("stream", name="stderr", text="a warning")
    assert not difference(cell(text, image), cell(text, pixels))
    assert not difference(cell(text), cell(other, tags=["machine"]))
    assert "was\none\nand now is\ntwo" in difference(cell(text), cell(other))
    assert "other kinds" in difference(cell(text), cell(text, text))
    assert "other kinds" in difference(cell(text), cell(image))
    assert errors(cell(text, stderr)) == ["a warning"]


def test_the_pieces_of_a_stream_are_one_output():
    def piece(name, text):
        return nbformat.v4.new_output("stream", name=name, text=text)

    picture = nbformat.v4.new_output("display_data", {"text/plain": "a picture"})
    found = merged([piece("stdout", "a"), picture, piece("stderr", "b"), piece("stdout", "c")])
    assert found == [piece("stdout", "ac"), picture, piece("stderr", "b")]


@pytest.mark.slow
def test_a_notebook_that_fails_says_where(tmp_path):
    path = tmp_path / "broken.py"
    path.write_text("# %%\nmissing + 1\n")
    with pytest.raises(
        RuntimeError, match=r"(?s)broken does not run through.*missing.* not defined"
    ):
        executed(path)
