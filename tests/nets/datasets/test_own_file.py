"""Data sets from a user's own file."""

import zipfile
from contextlib import suppress

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
        ({"x": X[:0], "y": Y[:0]}, r"with N of 1 or more examples, got \(0, 2\)"),
        ({"x": X, "y": np.eye(2)[Y]}, r"pass y.argmax\(axis=1\) for one-hot rows"),
        ({"x": X, "X": X, "y": Y}, "two arrays are called x; delete one of them"),
        ({"x": X, "y": np.where(Y, np.nan, 1.0)}, r"y\[1\]: expected a label, got nan"),
        ({"x": X, "y": np.where(X[:, 0] < 2, 7, Y)}, r"y\[0\]: .* at least two examples .* '7'"),
        ({"x": X, "y": Y.astype(complex)}, "expected y to hold labels, numbers or text"),
        ({"x": X * 1j, "y": Y}, "expected x to hold finite real numbers, got dtype complex128"),
        (
            {"x_train": X, "y_train": Y, "x_test": X[:, :1], "y_test": Y},
            r"the same shape in both parts, got \(2,\) in x_train and \(1,\) in x_test",
        ),
        (
            {"x_train": X, "y_train": Y, "x_test": X, "y_test": Y + 1},
            r"y_test\[1\]: the class '2' is in the test part only",
        ),
        ({"x": X, "y": np.zeros(20)}, r"y\[0\]: expected labels of at least two classes"),
        ({"x": X, "y": np.arange(20) / 7}, "got 20 different numbers in 20 examples"),
        ({"x": X[:6], "y": Y[:6]}, "expected at least 10 examples, got 6"),
        ({"x": np.where(X == 3, np.nan, X), "y": Y}, "expected x to hold finite real numbers"),
        ({"x": X.astype(str), "y": Y}, "expected x to hold finite real numbers"),
        ({"x": X.astype(object), "y": Y}, "cannot be read as a NumPy archive"),
    ],
)
def test_invalid_archives_are_refused(npz, arrays, message):
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


def test_other_files(table, tmp_path):
    with pytest.raises(ValueError, match=r"expected a file that ends in \.npz, \.csv or \.tsv"):
        from_file(table("1,2", "mine.txt"))
    with pytest.raises(FileNotFoundError, match=r"nowhere\.csv: there is no such file"):
        from_file(tmp_path / "nowhere.csv")


def test_numbers_too_large_to_square_are_refused(npz):
    with pytest.raises(ValueError, match=r"x\[1\]: expected numbers up to 1e\+30, got 1e\+300"):
        from_file(npz(x=np.where(X == 3, 1e300, X), y=Y))


def test_an_archive_in_any_layout_gives_rows_in_c_order(npz):
    for x in (np.asfortranarray(X), X[::-1][::-1], X.astype(">f4"), X.astype(np.uint8)):
        data = from_file(npz(x_train=x, y_train=Y.astype(">i2"), x_test=x, y_test=Y))
        assert (data.x_train == X).all()
        for rows, labels in ((data.x_train, data.y_train), (data.x_test, data.y_test)):
            assert rows.flags.c_contiguous
            assert rows.flags.writeable
            assert rows.dtype.isnative
            assert rows.dtype == np.float64
            assert labels.dtype == np.int64
            assert labels.flags.writeable


def test_classes_that_are_numbers_are_in_the_order_of_numbers(npz):
    assert from_file(npz(x=X, y=np.array([10, 2])[Y])).classes == ("2", "10")
    assert from_file(npz(x=X, y=np.array([1, -1])[Y])).classes == ("-1", "1")
    assert from_file(npz(x=X, y=np.array([b"v", b"u"])[Y])).classes == ("u", "v")


def _npy(shape):
    """A .npy file that claims a shape, without the values."""
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (_npy((10**12, 8)), r"x.npy announces 64,000,000,000,000 bytes of values, and has 0"),
        (_npy((-4, 2)), "x.npy has a negative length"),
        (_npy((2, 2)) + b"short", "x.npy announces 32 bytes of values, and has 5"),
        (b"text", "EOF: reading magic string"),
    ],
)
def test_sizes_are_checked_before_memory_is_taken(tmp_path, content, message):
    path = tmp_path / "mine.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", content)
    with pytest.raises(ValueError, match=f"mine.npz: cannot be read .*{message}"):
        from_file(path)


def test_an_archive_of_objects_is_not_unpickled(npz):
    with pytest.raises(ValueError, match=r"y\.npy holds Python objects, which are not loaded"):
        from_file(npz(x=X, y=np.array(["u", None] * 10, object)))


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("nets.datasets.archive.LARGEST", 1000)
    path = tmp_path / "mine.npz"
    np.savez_compressed(path, x=np.zeros((20, 50)), y=Y)
    with pytest.raises(ValueError, match=r"unpacked, it has .* bytes, more than 1,000"):
        from_file(path)


def damaged(content, rng):
    """The content with a byte changed, cut off, or bytes put in."""
    at, kind = int(rng.integers(len(content))), rng.integers(3)
    if kind == 0:
        return content[:at] + rng.bytes(1) + content[at + 1 :]
    return content[:at] if kind == 1 else content[:at] + rng.bytes(3) + content[at:]


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_a_damaged_archive_is_read_or_refused_with_a_sentence(tmp_path, save):
    path = tmp_path / "mine.npz"
    save(path, x=X, y=Y)
    content, rng = path.read_bytes(), np.random.default_rng(0)
    for _ in range(150):
        path.write_bytes(damaged(content, rng))
        with suppress(ValueError):
            from_file(path)
