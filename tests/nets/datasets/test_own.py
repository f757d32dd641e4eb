"""Data sets from a user's own file."""

import numpy as np
import pytest

from nets.datasets import from_file

X = np.arange(40.0).reshape(20, 2)
Y = np.arange(20) % 2


@pytest.fixture
def npz(tmp_path):
    def write(**arrays):
        path = tmp_path / "mine.npz"
        np.savez(path, **arrays)
        return path

    return write


@pytest.fixture
def table(tmp_path):
    def write(text, name="mine.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_an_archive_is_split_and_no_example_is_lost(npz):
    data = from_file(npz(x=X, y=Y))
    assert (len(data.x_train), len(data.x_test)) == (16, 4)
    rows = np.concatenate([data.x_train, data.x_test])
    labels = np.concatenate([data.y_train, data.y_test])
    order = rows[:, 0].argsort()
    assert (rows[order] == X).all()
    assert (labels[order] == Y).all()


def test_an_archive_with_its_own_test_part_keeps_it(npz):
    data = from_file(npz(X_train=X, y_train=Y, X_test=X[:3], y_test=Y[:3]))
    assert (data.x_test == X[:3]).all()
    assert (data.y_train == Y).all()


def test_pictures_become_rows_and_keep_their_shape(npz):
    data = from_file(npz(x=np.zeros((20, 4, 3), np.uint8), y=Y))
    assert data.x_train.shape == (16, 12)
    assert data.x_train.dtype == np.float64
    assert data.image_shape == (4, 3)


def test_classes_may_be_words_or_any_numbers(npz):
    data = from_file(npz(x=X, y=np.array(["yes", "no"])[Y]))
    assert data.classes == ("no", "yes")
    assert set(data.y_train) == {0, 1}
    assert from_file(npz(x=X, y=10 * Y + 5)).classes == ("5", "15")


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x": X}, r"expected arrays named x and y, .* got x, so y is missing"),
        ({"a": X}, "so x is missing"),
        ({"x_train": X, "y_train": Y}, "so x_test is missing"),
        ({"x": X, "y": Y[:5]}, r"one label for each example, got shapes \(20, 2\) and \(5,\)"),
        ({"x": X[:, 0], "y": Y}, r"expected x of shape \(N, ...\)"),
        ({"x": X, "y": np.zeros(20)}, "got 1 different values in 20 examples"),
        ({"x": X, "y": np.arange(20) / 7}, "got 20 different values in 20 examples"),
        ({"x": X[:6], "y": Y[:6]}, "expected at least 10 examples, got 6"),
        ({"x": np.where(X == 3, np.nan, X), "y": Y}, "expected x to hold finite real numbers"),
        ({"x": X.astype(str), "y": Y}, "expected x to hold finite real numbers"),
        ({"x": X.astype(object), "y": Y}, "cannot be read as a NumPy archive"),
    ],
)
def test_archives_that_will_not_do(npz, arrays, message):
    with pytest.raises(ValueError, match=message):
        from_file(npz(**arrays))


def test_a_damaged_archive(tmp_path):
    for content in (b"", b"PK\x03\x04 and then nothing", b"text"):
        path = tmp_path / "broken.npz"
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"broken\.npz: cannot be read as a NumPy archive"):
            from_file(path)


@pytest.mark.parametrize("label", ["Label", "class", "TARGET", "species", "y"])
def test_a_table_names_its_label_column(table, label):
    lines = [f"a,{label},b"] + [f"{i},{'uv'[i % 2]},{2 * i}" for i in range(20)]
    data = from_file(table("\n".join(lines)))
    assert data.classes == ("u", "v")
    assert (data.x_train[:, 1] == 2 * data.x_train[:, 0]).all()
    assert (data.y_train == data.x_train[:, 0] % 2).all()


def test_a_table_without_names_has_its_label_last(table):
    data = from_file(table("\ufeff" + "\n".join(f"{i},{i % 3}" for i in range(30)) + "\n\n"))
    assert len(data.x_train) + len(data.x_test) == 30
    assert (data.y_train == data.x_train[:, 0] % 3).all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected lines of at least two cells"),
        ("one\ntwo\n", "expected lines of at least two cells"),
        ("1,0\n2,1,3\n", "expected 2 cells in each line, got 3 in line 2"),
        ("a,label\n1,0\nred,1\n", "expected numbers in line 3, got 'red'"),
        ("a,label\n1,0\n,1\n", "expected numbers in line 3, got ''"),
        ("a,label\n1,0\nnan,1\n", "expected numbers in line 3, got 'nan'"),
        ("1,0\n" * 12, "got 1 different values"),
    ],
)
def test_tables_that_will_not_do(table, text, message):
    with pytest.raises(ValueError, match=message):
        from_file(table(text))


def test_a_table_in_another_encoding(tmp_path):
    path = tmp_path / "latin.csv"
    path.write_bytes("größe,label\n1,0\n2,1\n".encode("latin-1"))
    with pytest.raises(ValueError, match="cannot be read as a table"):
        from_file(path)


def test_other_files(table, tmp_path):
    with pytest.raises(ValueError, match=r"expected a file that ends in \.npz or \.csv"):
        from_file(table("1,2", "mine.txt"))
    with pytest.raises(FileNotFoundError, match=r"nowhere\.csv: there is no such file"):
        from_file(tmp_path / "nowhere.csv")


def test_numbers_too_large_to_square_are_refused(npz):
    with pytest.raises(ValueError, match=r"expected numbers up to 1e\+30, got 1e\+300"):
        from_file(npz(x=np.where(X == 3, 1e300, X), y=Y))
