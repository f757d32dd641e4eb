import copy
import csv
import math
import pickle

import numpy as np
import pytest

from nets.training.history import History

COLUMNS = tuple(History.__annotations__)


def run_of(epochs, **more):
    history = History()
    for epoch in range(1, epochs + 1):
        history.append(epoch=epoch, loss=1 / epoch, seconds=0.5, **more)
    return history


@pytest.fixture
def full():
    history = History()
    for epoch in (1, 2):
        history.append(
            validation_accuracy=np.float32(0.5),
            validation_loss=np.float64(2.5),
            accuracy=np.array(0.75),
            penalty=np.float64(0.25),
            loss=np.float64(1 / 3),
            seconds=2,
            epoch=np.int64(epoch),
        )
    return history


def test_columns_are_in_order_whatever_the_order_given(full):
    assert full.columns == COLUMNS
    assert list(full.rows()[0]) == list(COLUMNS)


def test_every_value_is_a_python_number(full):
    assert {type(value) for value in full.epoch} == {int}
    for name in COLUMNS[1:]:
        assert {type(value) for value in full[name]} == {float}, name


def test_attribute_and_item_give_the_same_curve(full):
    for name in COLUMNS:
        assert getattr(full, name) == full[name]
    assert full.loss == [1 / 3, 1 / 3]


def test_length_is_the_number_of_epochs():
    assert [len(run_of(n)) for n in (0, 1, 7)] == [0, 1, 7]


def test_rows_hold_what_was_appended():
    assert run_of(2).rows() == [
        {"epoch": 1, "loss": 1.0, "seconds": 0.5},
        {"epoch": 2, "loss": 0.5, "seconds": 0.5},
    ]


def test_measures_that_are_none_have_no_column():
    history = run_of(2, accuracy=None, validation_loss=0.5)
    assert history.columns == ("epoch", "loss", "validation_loss", "seconds")
    assert not hasattr(history, "accuracy")
    assert hasattr(history, "validation_loss")


@pytest.mark.parametrize("column", ["accuracy", "los", 0])
def test_unknown_column_is_refused_with_a_list_of_those_there_are(column):
    with pytest.raises(KeyError, match=rf"no column {column!r}; there are epoch, loss, seconds"):
        run_of(1)[column]


def test_missing_attribute_says_what_there_is():
    with pytest.raises(AttributeError, match="there are epoch, loss, seconds"):
        _ = run_of(1).accuracy


def test_an_epoch_with_other_columns_is_refused_and_changes_nothing():
    history = run_of(2)
    before = history.rows()
    with pytest.raises(ValueError, match=r"epoch, loss, seconds, got epoch, loss, accuracy"):
        history.append(epoch=3, loss=0.1, accuracy=0.9, seconds=0.5)
    assert history.rows() == before


def test_an_unknown_value_is_refused():
    with pytest.raises(TypeError, match="speed"):
        History().append(epoch=1, loss=0.5, seconds=0.5, speed=3)


def test_what_is_handed_out_is_not_the_history_itself():
    history = run_of(2)
    history.loss.append(0.0)
    history["loss"][0] = 9.0
    history.rows()[0]["loss"] = 9.0
    assert history.loss == [1.0, 0.5]


def test_empty_history_has_empty_curves():
    history = History()
    assert history.loss == []
    assert history.rows() == []
    assert repr(history) == "epoch  loss  seconds"
    assert "<tbody></tbody>" in history._repr_html_()


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda h: pickle.loads(pickle.dumps(h))])
def test_copies_are_independent(copied, full):
    twin = copied(full)
    twin.append(**twin.rows()[0])
    assert (len(full), len(twin)) == (2, 3)


def test_table_is_aligned(full):
    lines = repr(full).split("\n")
    assert lines[0].split() == list(COLUMNS)
    assert lines[1].split() == ["1", "0.3333", "0.2500", "0.7500", "2.5000", "0.5000", "2.000"]
    assert len({len(line) for line in lines}) == 1
    assert str(full) == repr(full)


def test_table_of_a_long_run_shows_its_ends():
    lines = repr(run_of(1000)).split("\n")
    assert [line.split()[0] for line in lines] == (
        ["epoch", "1", "2", "3", "4", "5", "...", "996", "997", "998", "999", "1000"]
    )
    assert len({len(line) for line in lines}) == 1
    assert len(repr(run_of(20)).split("\n")) == 21
    assert run_of(1000)._repr_html_().count("<tr>") == 13  # the curves, too


def test_tiny_and_huge_values_keep_their_digits():
    history = History()
    history.append(epoch=1, loss=1.25e-7, seconds=0.5)
    history.append(epoch=2, loss=0.0, seconds=0.5)
    assert "1.2500e-07" in repr(history)
    assert "0.0000e+00" in repr(history)


def test_values_that_are_not_finite_are_shown():
    history = History()
    for epoch, loss in enumerate([0.5, math.inf, math.nan], 1):
        history.append(epoch=epoch, loss=loss, seconds=0.5)
    assert [line.split()[1] for line in repr(history).split("\n")] == (
        ["loss", "0.5000", "inf", "nan"]
    )


def test_html_has_the_cells_of_the_text_and_no_colours(full):
    html = full._repr_html_()
    for word in repr(full).split():
        assert f">{word}<" in html
    assert "color" not in html
    assert "background" not in html
    assert "<script" not in html


def test_html_is_escaped(full, monkeypatch):
    monkeypatch.setattr("nets.training.history._texts", lambda *_: ["<b>", "&"])
    html = full._repr_html_()
    assert "<b>" not in html
    assert "&lt;b&gt;" in html
    assert "&amp;" in html


def test_csv_reads_back_exactly(tmp_path):
    history = History()
    values = [0.1 + 0.2, 1e-300, math.pi * 1e17, math.inf]
    for epoch, value in enumerate(values, 1):
        history.append(epoch=epoch, loss=value, seconds=1 / 3)
    path = tmp_path / "run.csv"
    history.to_csv(path)
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    assert [{name: float(text) for name, text in row.items()} for row in rows] == history.rows()
    assert path.read_text().startswith("epoch,loss,seconds\n1,0.30000000000000004,")


def test_csv_replaces_the_old_file_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "run.csv"
    run_of(5).to_csv(path)
    run_of(1).to_csv(str(path))
    assert len(path.read_text().splitlines()) == 2
    assert list(tmp_path.iterdir()) == [path]


def test_csv_that_cannot_be_put_in_place_leaves_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "run.csv"
    run_of(1).to_csv(path)
    before = path.read_text()

    def fail(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="full"):
        run_of(5).to_csv(path)
    assert path.read_text() == before
    assert list(tmp_path.iterdir()) == [path]


def test_plot_is_the_picture_of_the_curves(full):
    left, right = full.plot().axes
    assert list(left.lines[0].get_ydata()) == full.loss
    assert list(right.lines[1].get_ydata()) == full.validation_accuracy


def test_a_page_has_the_curves_below_the_columns():
    assert ">█▃▂▁▁</td>" in run_of(5)._repr_html_()
    assert "█" not in run_of(1)._repr_html_()


def test_columns_are_a_dict_and_complete_names(full):
    assert dict(full) == {name: full[name] for name in COLUMNS}
    assert set(COLUMNS) <= set(dir(full))
