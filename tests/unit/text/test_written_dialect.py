"""Which bytes a CSV is written in, and how a reader has to be told."""

from __future__ import annotations

import codecs

import pytest

from etl_batch.text.written_dialect import WrittenDialect, characters_of, is_written


@pytest.mark.parametrize(
    ("encoding", "bom", "mark", "read_as"),
    [
        ("utf-8", False, b"", "utf-8"),
        ("UTF8", True, codecs.BOM_UTF8, "utf-8-sig"),
        ("utf-8-sig", False, codecs.BOM_UTF8, "utf-8-sig"),
        ("utf-16", False, codecs.BOM_UTF16_LE, "utf-16"),
        ("utf-16", True, codecs.BOM_UTF16_LE, "utf-16"),
        ("utf-16-le", False, b"", "utf-16-le"),
        ("utf-16-be", True, codecs.BOM_UTF16_BE, "utf-16"),
        ("latin-1", False, b"", "iso8859-1"),
        ("windows-1252", False, b"", "cp1252"),
    ],
)
def test_a_file_begins_as_its_encoding_says_and_a_reader_gets_the_text_back(
    encoding: str, bom: bool, mark: bytes, read_as: str
) -> None:
    written = WrittenDialect(encoding=encoding)
    assert is_written(encoding)
    assert (written.mark(bom=bom), written.read_as(bom=bom)) == (mark, read_as)
    assert (mark + "Käse".encode(written.codec)).decode(read_as) == "Käse"


def test_a_table_has_each_character_that_the_codec_has() -> None:
    table = characters_of("cp1252")
    assert len(table) == 251  # five codes are of none
    assert all(bytes([code]).decode("cp1252") == character for character, code in table.items())


@pytest.mark.parametrize("encoding", ["shift_jis", "gb18030", "utf-7", "utf-32", "utf-8x", "hex", ""])
def test_what_has_no_table_is_not_written(encoding: str) -> None:
    assert not is_written(encoding)
