import pytest

from nets.interop.strict_json import parse
from tests.nets.interop.files import packed, refuse

DAMAGED = {
    "UTF-8": (packed(b'{"\xff": 1}'), "the header is not UTF-8 text"),
    "UTF-16": (packed("{}".encode("utf-16")), "the header is not UTF-8 text"),
    "zeros": (b"\0" * 16, "the header is not JSON"),
    "JSON": (packed(b"{'W': 1}"), "the header is not JSON: Expecting property name"),
    "BOM": (packed(b"\xef\xbb\xbf{}"), "the header is not JSON"),
    "NaN": (packed(b'{"W": NaN}'), "the header holds NaN, which is not JSON"),
    "list": (packed([]), r"expected the header to be a JSON object, got \[\]"),
    "string": (packed(b'"' + b"a" * 10_000 + b'"'), r"JSON object, got 'a+\.\.\.a+'"),
    "deep": (packed(b"[" * 200_000), "nested too deep"),
    "deep entry": (packed(b'{"W": ' + b"[" * 200_000), "nested too deep"),
    "digits": (packed(b'{"W": ' + b"9" * 5000 + b"}"), "a number of 5000 digits"),
    "twice": (packed(b'{"W": 1, "W": 2}'), "the header holds the name 'W' twice"),
    "key twice": (packed(b'{"W": {"dtype": 1, "dtype": 1}}'), "the name 'dtype' twice"),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_damage_is_told_in_one_sentence_that_names_the_file(tmp_path, damage):
    refuse(tmp_path / "net.bin", *DAMAGED[damage])


def test_what_is_whole_is_read():
    raw = b' {"a": [1, -2.5e3, 18446744073709551615, "\\u00e9\xc3\xa9"], "": {"a": null}} \n'
    assert parse(raw) == {"a": [1, -2500.0, 2**64 - 1, "éé"], "": {"a": None}}
