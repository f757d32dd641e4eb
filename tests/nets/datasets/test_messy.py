"""Tables as people have them: what is read, and which sentence the others get."""

import re

import pytest

from nets.datasets import from_file, labelled_text

ROWS = [f"{i}.5,{2 * i},{'cat' if i % 2 else 'dog'}" for i in range(12)]
NAMED = "a,b,label"
RESAVE = "save it as UTF-8"


def lines(*rows, end="\n"):
    return end.join(rows)


def with_row(row, at=4, rows=ROWS):
    """The table with another row in line at + 1."""
    return lines(*rows[:at], row, *rows[at + 1 :])


def labelled(first, second):
    """The table with other labels."""
    return lines(*(row.replace("dog", first).replace("cat", second) for row in ROWS))


READ = [
    (lines(*ROWS), ("cat", "dog")),
    (lines(NAMED, *ROWS), ("cat", "dog")),
    (lines("0,1,label", *ROWS), ("cat", "dog")),  # what pandas writes for columns without names
    (lines("0,1,Species", *ROWS), ("cat", "dog")),
    (lines("", NAMED, "", *ROWS, "", ""), ("cat", "dog")),
    (lines(*ROWS, end="\r\n"), ("cat", "dog")),
    (lines(*ROWS, end="\r"), ("cat", "dog")),
    (lines(NAMED, *ROWS).encode("utf-8-sig"), ("cat", "dog")),
    (lines(*ROWS).replace(",", ", "), ("cat", "dog")),
    (lines(*(f'"{row}"'.replace(",", '","') for row in ROWS)), ("cat", "dog")),
    (labelled("y", "n"), ("n", "y")),  # a class may be called what a column of labels is
    (labelled("2", "10"), ("2", "10")),
    (labelled("1", "-1"), ("-1", "1")),
    (labelled("10.0", "2.0"), ("2.0", "10.0")),
    (labelled("red; wet", "red, dry").replace("red, dry", '"red, dry"'), ("red, dry", "red; wet")),
]


@pytest.mark.parametrize(("text", "classes"), READ)
def test_a_table_is_read_in_full(tmp_path, text, classes):
    path = tmp_path / "mine.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    data = from_file(path)
    assert data.classes == classes
    assert len(data.x_train) + len(data.x_test) == 12
    for x, y in ((data.x_train, data.y_train), (data.x_test, data.y_test)):
        odd = {classes[int(label)] for label in y[(x[:, 1] // 2 % 2) == 1]}
        assert len(odd) == 1
        assert x.flags.c_contiguous
        assert x.dtype == "float64"
        assert y.dtype == "int64"


REFUSED = [
    # The first line.
    (lines("0,1,2", *ROWS), "line 1: expected an example or names, got the numbers of the colum"),
    (lines("0,1,2", *labelled("1", "2").split("\n")), "line 1: expected an example or names"),
    (lines("a,2,c", *ROWS), "line 1, column 1: .* got 'a' among numbers"),
    (with_row("n/a,2,dog", 0), "line 1, column 1: expected a number, got 'n/a'; fill it in"),
    (with_row("n/a,n/a,dog", 0), "line 1, column 1: expected a number, got 'n/a'"),
    (lines("a,a,label", *ROWS), "line 1: columns 1 and 2 are both called 'a'; rename"),
    (lines("a,A,label", *ROWS), "line 1: columns 1 and 2 are both called 'A'; rename"),
    (lines(",b,label", *ROWS), "line 1, column 1: expected a name, got an empty .* index=False"),
    (lines("Unnamed: 0,b,label", *ROWS), "line 1, column 1: expected a name, got Unnamed: 0"),
    (lines("Id,b,label", *(f"{i},2,{'xy'[i % 2]}" for i in range(12))), "'Id' numbers the rows"),
    (lines(NAMED, *(f"r{row}" for row in ROWS)), "line 2, column 1: expected a number, got 'r0.5'"),
    (lines(NAMED, *(f"r,{row}" for row in ROWS)), "line 2: expected 3 cells, .* name of the row"),
    (lines("sep=;", *ROWS), "line 1: expected a row of the table, got Excel's 'sep=;'; delete"),
    (lines("# mine", *ROWS), "line 1: expected cells separated by commas, got one"),
    (lines(NAMED, *ROWS, NAMED, *ROWS), "line 14: the names of line 1 come again; delete"),
    # Labels.
    (with_row("1,2,"), "line 5, column 3: expected a label, got an empty cell; fill it in"),
    (lines("", NAMED, "", *ROWS[:4], "1,2,"), r"line 8, column 3 \('label'\): expected a label"),
    (with_row("1,2,nan"), "line 5, column 3: expected a label, got nan"),
    (with_row("1,2,fox"), "line 5, column 3: expected at least two examples .* one of 'fox'"),
    (with_row("1,2,Cat"), "line 5, column 3: the label 'Cat' differs from 'cat' in its writing"),
    (with_row("1,2,cat "), "line 5, column 3: the label 'cat ' differs from 'cat' in its wri"),
    (with_row("1,2,cat\u200b"), "line 5, column 3: the label .* differs from 'cat' in its writing"),
    (labelled("1", "0") + "\n1,2,1.0", "line 13, column 3: the label '1.0' differs from '1'"),
    (labelled("1", "0") + "\n1,2,01", "line 13, column 3: the label '01' differs from '1'"),
    (lines(*["1,2,cat"] * 12), "line 1, column 3: expected labels of at least two classes"),
    (lines(*(f"{i},1,{i * 1.37}" for i in range(20))), "line 1, column 3: .* are measurements; re"),
    (lines(*(f"{i},1,{i * 137}" for i in range(20))), "line 1, column 3: .* these are measuremen"),
    (lines(*(f"{i},1,{i % 24 / 8}" for i in range(99))), "24 different numbers in 99 examples"),
    # Numbers.
    (with_row("red,2,cat"), "line 5, column 1: expected a number, got 'red'; replace words"),
    (with_row(",2,cat"), "line 5, column 1: expected a number, got ''; fill it in"),
    (with_row("1,nan,cat"), "line 5, column 2: expected a number, got 'nan'; fill it in"),
    (with_row("1,-inf,cat"), "line 5, column 2: expected a number, got '-inf'; fill it in"),
    (with_row("1,1e999,cat"), "line 5, column 2: expected a number, got '1e999'; write .* unit"),
    (with_row("1,1e35,cat"), r"line 5: expected numbers up to 1e\+30, got 1e\+35"),
    (with_row('"1,5",2,cat'), "line 5, column 1: .* got '1,5'; write a decimal point"),
    (with_row('"1,234.5",2,cat'), "line 5, column 1: .* without thousands separators"),
    (with_row("1 234,2,cat"), "line 5, column 1: .* without thousands separators"),
    (with_row("\x1f1,2,cat"), r"line 5, column 1: expected a number, got .\\x1f1"),
    (with_row("1_0,2,cat"), "line 5, column 1: .* got '1_0'; write it without underscores"),
    (with_row("5%,2,cat"), "line 5, column 1: .* got '5%'; write the number alone"),
    (with_row("\u0661,2,cat"), "line 5, column 1: .* write it in the digits 0 to 9"),
    (with_row("1\u00a0,2,cat"), "line 5, column 1: expected a number, got '1.*'; write"),
    (lines(NAMED, '1,2,"a\n\nb"', "x,2,c"), "line 5, column 1: expected a number, got 'x'"),
    # Cells and lines.
    (with_row("1,5,2,cat"), "line 5: expected 3 cells, as in line 1, got 4; .* decimal comma"),
    (with_row("1,5,2,5,cat"), "line 5: expected 3 cells, as in line 1, got 5; .* decimal commas"),
    (with_row("1,cat"), "line 5: expected 3 cells, as in line 1, got 2; add the cells"),
    (with_row("   "), "line 5: expected 3 cells, as in line 1, got 1"),
    (with_row(",,"), "line 5: expected numbers and a label, got a line of empty cells; delete it"),
    (with_row(f"{ROWS[4]},"), "line 5: expected 3 cells, .* got 4; delete the commas at its end"),
    (lines(*(f"{row}," for row in ROWS)), "line 1, column 4: the last column is empty .* commas"),
    (with_row('1,2,"cat'), "line 5: a quote is opened and never closed; close it"),
    (with_row('1,2,"cat"s'), "line 5: cannot be read as a row of cells"),
    (lines(*ROWS).replace(",", ";"), "line 1: .* got one cell with semicolons in it, '0.5;0;dog'"),
    (lines(*ROWS).replace(",", ";").replace(".", ","), "line 1: .* got semicolons, as in '5;0;dog"),
    (lines(*ROWS).replace(",", "\t"), "line 1: .* got one cell with tabs in it"),
    (lines(*ROWS).replace(",", "|"), "line 1: .* got one cell with vertical bars in it"),
    ("1," * 10 + "9" * 200_000, "line 1: expected a cell of at most 131,072 characters"),
    # Not a table.
    ("", "expected a table, got an empty file"),
    ("one\ntwo\n", "line 1: expected at least two cells, separated by commas, got one, .one."),
    ("\n\n", "expected a table, got an empty file"),
    (NAMED, "expected examples below the names in line 1, got none"),
    (
        lines("größe,label", *ROWS).encode("latin-1"),
        f"line 1: expected .* the byte 0xf6, as in .*{RESAVE}",
    ),
    (lines(*ROWS, "1,2,größe").encode("latin-1"), f"line 13: .* the byte 0xf6, as in .*{RESAVE}"),
    (lines(*ROWS).encode("utf-16"), f"expected text in UTF-8, got UTF-16 or UTF-32; {RESAVE}"),
    (lines(*ROWS).encode("utf-16-be"), f"line 1: .* got a NUL character, .*{RESAVE}"),
    (with_row("1,2\0,cat"), f"line 5: expected text in UTF-8, got a NUL character, .*{RESAVE}"),
    (b"PK\x03\x04...", "got a zip archive or an Excel workbook; save the sheet as CSV UTF-8"),
    (b"\x1f\x8b...", "expected a table as text, got a gzip file; unpack it first"),
    (lines(*ROWS[:5]), "expected at least 10 examples, got 5"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_a_table_that_may_be_wrong_is_refused(tmp_path, text, message):
    path = tmp_path / "mine.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ValueError, match=f"^{re.escape(str(path))}[:,] (?s:.*{message})"):
        from_file(path)


def test_tabs_separate_cells_too(tmp_path):
    path = tmp_path / "mine.tsv"
    path.write_text(lines(NAMED, *ROWS).replace(",", "\t"))
    data = from_file(path)
    assert (data.classes, data.columns) == (("cat", "dog"), ("a", "b"))
    assert data.label_column == "column 3 ('label')"
    path.write_text(lines(*ROWS).replace(",", "\t").replace("4.5", '"4.5"'))
    with pytest.raises(ValueError, match=r"line 5, column 1: .*; write it without quotes"):
        from_file(path)


def test_every_class_keeps_an_example_to_train_on(tmp_path):
    path = tmp_path / "mine.csv"
    for first in range(20):
        rows = [f"{i},{i}.5,{'rare' if i - first in (0, 1) else 'often'}" for i in range(21)]
        path.write_text(lines(*rows))
        data = from_file(path)
        assert set(data.y_train) == {0, 1}
        assert len(data.y_train) + len(data.y_test) == 21


TEXTS = [f"text {i},{'cat' if i % 2 else 'dog'}" for i in range(12)]
REFUSED_TEXTS = [
    ("mine.csv", with_row("so,", 4, TEXTS), "line 5, column 2: expected a label, got an empty"),
    ("mine.csv", with_row("so,fox", 4, TEXTS), "line 5, column 2: .* one of 'fox'"),
    ("mine.csv", with_row("so,Dog", 4, TEXTS), "line 5, column 2: the label 'Dog' differs from"),
    ("mine.csv", with_row("so, dog", 4, TEXTS), "line 5, column 2: the label ' dog' differs from"),
    ("mine.csv", with_row("so, now,dog", 4, TEXTS), "line 5: expected 2 cells, .* needs quotes"),
    ("mine.csv", with_row(" ,dog", 4, TEXTS), "line 5, column 1: expected a text, got an empty"),
    ("mine.csv", lines("text,label", '"a\n\nb",c', ",d"), "line 5, column 1: expected a text"),
    ("mine.csv", lines(*TEXTS).replace(",", ";"), "line 1: .* one cell with semicolons in it"),
    ("mine.csv", lines(*TEXTS).replace("text", "Größe").encode("cp1252"), "line 1: .* byte 0xf6"),
    ("mine.csv", lines("text,text,label", "a,b,c"), "line 1: columns 1 and 2 are both called"),
    ("mine.csv", lines("id,what,mark", "a,b,c"), "line 1: expected names, with a column called te"),
    ("mine.csv", lines(",text,label", "0,b,c"), "line 1, column 1: expected a name, got an empty"),
    ("mine.csv", "text,label", "expected examples below the names in line 1, got none"),
    ("mine.tsv", lines(*TEXTS), "line 1: expected cells separated by tabs, got one cell with co"),
]


@pytest.mark.parametrize(("name", "text", "message"), REFUSED_TEXTS)
def test_texts_that_may_be_wrong_are_refused(tmp_path, name, text, message):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ValueError, match=f"^{re.escape(str(path))}[:,] (?s:.*{message})"):
        labelled_text(path)


def test_quotes_are_text_between_tabs(tmp_path):
    path = tmp_path / "mine.tsv"
    rows = [f'"so {i}\t{"uv"[i % 2]}' for i in range(12)]
    path.write_text(lines("text\tlabel", *rows))
    data = labelled_text(path)
    assert sorted(data.x_train + data.x_test) == sorted(row.split("\t")[0] for row in rows)
