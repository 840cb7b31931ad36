"""Which encodings of text there are: those that files are written in, under any of their names."""

from __future__ import annotations

import pytest

from etl_batch.text.encodings import encoding_named, is_ebcdic, is_utf8


@pytest.mark.parametrize(
    ("name", "python"),
    [
        ("UTF8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("Latin-1", "iso8859-1"),
        ("windows-1252", "cp1252"),
        ("utf_16_le", "utf-16-le"),
        ("cp037", "cp037"),
        ("shift-jis", "shift_jis"),
    ],
)
def test_any_name_of_an_encoding(name: str, python: str) -> None:
    assert encoding_named(name) == python


@pytest.mark.parametrize(
    "name",
    ["", "utf-9", "hex", "base64", "rot13", "zlib", "idna", "punycode", "unicode_escape", "raw_unicode_escape",
     "undefined", "charmap", "utf\0", "latin 1 or so"],
)  # fmt: skip
def test_what_no_text_file_is_written_in(name: str) -> None:
    assert encoding_named(name) is None
    assert not is_utf8(name)


@pytest.mark.parametrize("name", ["cp037", "cp500", "cp1140", "IBM037"])
def test_ebcdic(name: str) -> None:
    assert is_ebcdic(name)
    assert not is_utf8(name)


@pytest.mark.parametrize("name", ["ascii", "latin-1", "utf-16", "utf-9", "hex", "no\0name"])
def test_no_ebcdic(name: str) -> None:
    assert not is_ebcdic(name)


@pytest.mark.parametrize("name", ["utf-8", "UTF_8", "u8", "utf-8-sig"])
def test_utf8_by_any_name(name: str) -> None:
    assert is_utf8(name)


@pytest.mark.parametrize("name", ["utf-7", "utf-16", "ascii", "cp65001x"])
def test_not_utf8(name: str) -> None:
    assert not is_utf8(name)
