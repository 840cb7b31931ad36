"""What a rejected row looks like in the rejects file."""

from __future__ import annotations

import csv
from pathlib import Path, PurePosixPath

import pytest

from etl_batch.formats.binary.binary_input import BinaryInput
from etl_batch.layouts.reading import parse_layout
from etl_batch.pipeline.outputs.rejects import raw_text, rejected_line
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place
from etl_batch.values import Rejected
from tests.data_makers.records import LAYOUT


@pytest.mark.parametrize(
    ("raw", "form", "text"),
    [
        (b"\x01ab", "bin", "016162"),
        (b"plain", "bin", "706c61696e"),
        (b"a,b,c", "csv", "a,b,c"),
        ("Ünï".encode(), "csv", "Ünï"),
        (b"a\xffb", "csv", "61ff62"),
        (b"a\0b", "csv", "610062"),
        (b"", "csv", ""),
        (b'a,"b\nc"\r\n', "csv", 'a,"b\nc"'),
        (b"a\xff\n", "csv", "61ff0a"),
    ],
)
def test_text_stays_text_where_it_can(raw: bytes, form: str, text: str) -> None:
    assert raw_text(raw, form) == text


def test_every_cell_is_escaped_and_quoted() -> None:
    where = Place(Path("/home/data"), PurePosixPath("=a.bin"))
    source = BinaryInput(0, where, FileIdentity(1, 2, 3, 4), parse_layout(LAYOUT, "x"))
    line = rejected_line(Rejected(0, 5, 200, 'field "x": =1, or 2', b"=1"), source).decode()
    assert next(csv.reader([line])) == ["/home/data/=a.bin", "5", "200", 'field "x": =1, or 2', "3d31"]


def test_raw_text_is_escaped_unless_escaping_is_off() -> None:
    where = Place(Path("/home/data"), PurePosixPath("a.bin"))
    source = BinaryInput(0, where, FileIdentity(1, 2, 3, 4), parse_layout(LAYOUT, "x"))
    row = Rejected(0, 5, 200, "a;=1", b"")
    assert b',"a;\'=1",' in rejected_line(row, source)
    assert b',"a;=1",' in rejected_line(row, source, escape=False)
