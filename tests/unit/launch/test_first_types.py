"""The first records of each type in a file of several: told as a job tells them, each beside its bytes."""

from __future__ import annotations

from itertools import pairwise

import pytest

from etl_batch.errors import EmptyInput
from etl_batch.launch.kept_files import data_root
from etl_batch.launch.questions import ShownTypes, first_kinds
from etl_batch.layouts.reading import parse_layout
from etl_batch.permissions import SUPER_ADMIN
from etl_batch.values import Actor
from tests.conftest import Home
from tests.data_makers.record_types import ENDS, LAYOUT, SIZE, line, note, order, with_ends
from tests.helpers.record_files import in_v

ADMIN = Actor(name="ada", os_user="test", role=SUPER_ADMIN)
_LENGTHS = {b"01": 14, b"02": 8, b"03": 8, b"00": 10, b"99": 16}
_UNEQUAL = ('record_format = "V"\n' + LAYOUT + ENDS).replace("record_size = 24\n", "")
_LINES = """
lines = true
[[field]]
name = "TYPE"
type = "str"
length = 1
[[record]]
name = "PERSON"
when = "TYPE = 'P'"
key = "NAME"
[[record.field]]
name = "NAME"
type = "str"
length = 6
[[record.field]]
name = "AGE"
type = "u8"
length = 3
[[record]]
name = "VISIT"
when = "TYPE = 'V'"
parent = "PERSON"
[[record.field]]
name = "DAY"
type = "u16"
length = 5
"""


def _found(home: Home, content: bytes, layout: str) -> ShownTypes:
    home.put("x.bin", content)
    return first_kinds(ADMIN, data_root(home.path).child("x.bin"), home.config(), parse_layout(layout, "x"))


def _texts(found: ShownTypes) -> dict[str, list[list[str | None]]]:
    return {one.type.name: [[cell.problem or cell.text for cell in row] for row in one.cells] for one in found.types}


def test_records_of_one_length(home: Home) -> None:
    records = [order(7), line(3, 250, gift=1), b"77" + bytes(SIZE - 2), order(8, "milk"), note("hello")]
    found = _found(home, with_ends(b"".join(records)), LAYOUT + ENDS)
    assert (found.seen, found.unknown, found.first_unknown) == (7, 1, 3 * SIZE)
    texts = _texts(found)
    assert texts["ORDER"] == [["01", "7", "tea"], ["01", "8", "milk"]]
    assert texts["LINE"] == [["02", "3", "2.50", "true"]]
    assert texts["NOTE"] == [["09", "hello"]]
    orders = found.types[0].records
    assert [orders.position(number) for number in range(orders.count)] == [SIZE, 4 * SIZE]
    assert orders.record(1) == records[3]


def test_behind_a_header_of_the_file(home: Home) -> None:
    found = _found(home, b"HEAD" + order(7), "header_bytes = 4\n" + LAYOUT)
    assert _texts(found)["ORDER"] == [["01", "7", "tea"]]
    assert found.types[0].records.position(0) == 4


def test_which_is_the_last_is_known_of_a_whole_file_alone(home: Home) -> None:
    content = with_ends(order(7) * 200_000)
    small, large = _found(home, with_ends(order(7)), LAYOUT + ENDS), _found(home, content, LAYOUT + ENDS)
    assert {one.type.name: one.records.count for one in small.types}["TRAILER"] == 1
    assert {one.type.name: one.records.count for one in large.types}["TRAILER"] == 0
    assert large.unknown == 0


def test_records_of_unequal_length_end_where_they_end(home: Home) -> None:
    whole = with_ends(order(7) + line(3, 250))
    records = [whole[at : at + SIZE] for at in range(0, len(whole), SIZE)]
    cut = [one[: _LENGTHS[one[:2]]] for one in records]
    cut[2:2] = [b"01\x09\0\0\0", order(1)[:14] + b"more"]
    file = in_v(cut)
    found = _found(home, bytes(file.content), _UNEQUAL)
    texts = _texts(found)
    assert texts["LINE"] == [["02", "3", "2.50", "false"]]
    assert texts["ORDER"] == [
        ["01", "7", "tea"],
        ["01", "9", "the record ends after 6 bytes"],
        ["the record has 18 bytes, 14 at the most by the layout", "1", "tea"],
    ]
    assert found.unknown == 0
    places = [one.records.position(0) for one in found.types if one.type.name in {"HEADER", "ORDER", "LINE"}]
    assert len(set(places)) == 3
    assert all(one.records.record_size == one.type.layout.record_size for one in found.types)


@pytest.mark.parametrize("letters", ["ada", "zoë"])
def test_lines_of_text_as_they_stand_there(home: Home, letters: str) -> None:
    text = f"P{letters:<6}042\nV00017\nX???\nPbob   \nV0001\n"
    found = _found(home, text.encode(), _LINES)
    texts = _texts(found)
    assert texts["PERSON"][0] == ["P", letters, "42"]
    assert texts["VISIT"][0] == ["V", "17"]
    assert (found.seen, found.unknown) == (5, 1)
    assert found.first_unknown == text.encode().index(b"X")
    starts = [one.records.position(number) for one in found.types for number in range(one.records.count)]
    assert all(text.encode()[at - 1 : at] in {b"", b"\n"} for at in starts)
    assert all(first < second for first, second in pairwise(sorted(starts)))


def test_not_one_record_says_what_to_change(home: Home) -> None:
    with pytest.raises(EmptyInput, match="not one whole record"):
        _found(home, b"short", LAYOUT)
