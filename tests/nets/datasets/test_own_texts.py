"""A user's own texts."""

import gzip
import re

import numpy as np
import pytest

from nets.datasets import labelled_text, text_file

LINES = [f"text number {i},{'uv'[i % 2]}" for i in range(20)]


@pytest.fixture
def file(tmp_path):
    def write(text, name="mine.csv"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


class TestTextFile:
    def test_a_text_is_read_as_it_is(self, file):
        assert text_file(file("Él said:\n\n“so”.", "a.txt")) == "Él said:\n\n“so”."

    def test_it_may_be_compressed_and_have_a_mark_or_other_line_ends(self, file):
        packed = gzip.compress("\ufeffone\r\ntwo".encode())
        assert text_file(file(packed, "a.txt.gz")) == "one\ntwo"

    @pytest.mark.parametrize("text", ["", " \n\t"])
    def test_an_empty_text_is_refused(self, file, text):
        path = file(text, "a.txt")
        with pytest.raises(ValueError, match=re.escape(f"{path}: the file is empty; expected a")):
            text_file(path)

    @pytest.mark.parametrize(
        ("content", "name"),
        [
            ("größe".encode("latin-1"), "a.txt"),
            (b"no gzip", "a.txt.gz"),
            (gzip.compress(b"text" * 99)[:-9], "a.txt.gz"),
        ],
        ids=["latin-1", "no gzip", "cut off"],
    )
    def test_anything_but_text_is_refused(self, file, content, name):
        with pytest.raises(
            ValueError, match=rf"{name}(, line 1: expected text in UTF-8|: expected a whole gzip)"
        ):
            text_file(file(content, name))

    def test_a_missing_file(self, tmp_path):
        with pytest.raises(
            FileNotFoundError, match=r"nowhere: there is no such file; the data that come with"
        ):
            text_file(tmp_path / "nowhere")


class TestTables:
    def test_a_table_is_split_and_no_text_is_lost(self, file):
        texts = labelled_text(file("\n".join(LINES)))
        assert (len(texts.x_train), len(texts.x_test)) == (16, 4)
        assert texts.classes == ("u", "v")
        labels = [texts.classes[y] for y in (*texts.y_train, *texts.y_test)]
        found = [f"{x},{y}" for x, y in zip(texts.x_train + texts.x_test, labels, strict=True)]
        assert sorted(found) == sorted(LINES)
        assert texts.y_train.dtype == np.int64

    @pytest.mark.parametrize("text", ["Text", "sentence", "REVIEW", "comment", "document", "name"])
    @pytest.mark.parametrize("label", ["label", "Class", "target"])
    def test_a_table_names_its_columns(self, file, text, label):
        lines = [f"id,{label},{text}"] + [f"{i},{'uv'[i % 2]},so {'uv'[i % 2]}" for i in range(20)]
        texts = labelled_text(file("\n".join(lines)))
        assert len(texts.x_train) + len(texts.x_test) == 20
        assert {f"so {texts.classes[y]}" for y in texts.y_train} == {"so u", "so v"}
        for x, y in zip(texts.x_train, texts.y_train, strict=True):
            assert x == f"so {texts.classes[y]}"

    @pytest.mark.parametrize("names", ["what,label", "text,what"])
    def test_of_two_columns_one_name_tells_the_other(self, file, names):
        texts = labelled_text(file("\n".join([names, *LINES])))
        assert sorted(texts.x_train + texts.x_test) == sorted(x.split(",")[0] for x in LINES)

    def test_tabs_and_quotes(self, file):
        lines = [f"{'uv'[i % 2]}\tone, two" for i in range(20)]
        texts = labelled_text(file("\n".join(["label\ttext", *lines]), "mine.tsv"))
        assert set(texts.x_train) == {"one, two"}
        quoted = "\n".join(f'"a ""b"", c",{i % 2}' for i in range(20))
        assert set(labelled_text(file(quoted)).x_train) == {'a "b", c'}

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("one\ntwo\n", "expected a"),
            ("id,text,mark\n1,a,u\n", "a column called text and one called label, got id, text,"),
            ("a,u\n" * 12, "at least two classes, got 'u' for all 12 examples"),
            ("a,u\nb,v\n" * 3, "expected at least 10 examples, got 6"),
        ],
    )
    def test_invalid_tables_are_refused(self, file, text, message):
        with pytest.raises(ValueError, match=r"mine\.csv.*" + re.escape(message)):
            labelled_text(file(text))

    def test_other_files(self, file, tmp_path):
        with pytest.raises(ValueError, match=r"expected a folder, or a file that ends in \.csv or"):
            labelled_text(file("a,u", "mine.txt"))
        with pytest.raises(FileNotFoundError, match="nowhere: there is no such file or folder"):
            labelled_text(tmp_path / "nowhere")


class TestFolders:
    def test_a_folder_for_each_class(self, file, tmp_path):
        for i in range(20):
            file(f"text {i}", f"set/{'uv'[i % 2]}/{i}.txt")
        file("no text", "set/u/notes.md")
        texts = labelled_text(tmp_path / "set")
        assert repr(texts) == "set: 16 training and 4 test texts, 2 classes"
        for x, y in zip(texts.x_train, texts.y_train, strict=True):
            assert int(x.split()[1]) % 2 == y

    def test_folders_called_train_and_test_are_the_parts(self, file, tmp_path):
        for part in ("train", "test"):
            for i in range(3):
                file(f"{part} {i}", f"set/{part}/{'uv'[i % 2]}/{i}.txt")
        x_train, y_train, x_test, y_test = labelled_text(tmp_path / "set")
        assert x_train == ("train 0", "train 2", "train 1")
        assert x_test == ("test 0", "test 2", "test 1")
        assert y_train.tolist() == y_test.tolist() == [0, 0, 1]

    def test_a_folder_without_texts_is_refused(self, file, tmp_path):
        path = file("text", "set/text.txt").parent
        message = f"{path}: expected a folder for each class, with a .txt file for each text in it"
        with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
            labelled_text(path)

    def test_an_empty_file_is_named(self, file, tmp_path):
        path = file("", "set/u/empty.txt")
        with pytest.raises(ValueError, match=re.escape(f"{path}: the file is empty")):
            labelled_text(tmp_path / "set")
