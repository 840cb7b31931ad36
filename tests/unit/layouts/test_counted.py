"""Tables whose occurrences a field counts: what of them is there, and what of their description is refused."""

from __future__ import annotations

import pytest

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.count_values import count_in
from etl_batch.layouts.counted import Counted, around, counted_clauses, from_within, ranges
from etl_batch.layouts.counted_records import laid_out
from etl_batch.layouts.counted_toml import counted_in
from etl_batch.layouts.counted_walk import CountWalk, NoCountError, walked
from etl_batch.layouts.draft import draft_of
from etl_batch.layouts.layout import Field
from etl_batch.layouts.reading import parse_layout

OUTER = Counted(by="N", least=1, most=3, offset=4, size=6)
INNER = Counted(by="M", least=0, most=2, offset=12, size=2)


def field(name: str, offset: int, length: int = 1) -> Field:
    return Field(name=name, type="str", offset=offset, length=length)


def test_a_field_is_there_from_a_count_on() -> None:
    fields = [field("before", 3), field("first", 4), field("second", 10), field("inside", 14), field("behind", 22)]
    assert {
        name: [str(one.condition) for one in its] for name, its in counted_clauses(fields, [INNER, OUTER]).items()
    } == {
        "second": ["N >= 2"],
        "inside": ["N >= 2", "M >= 2"],
    }
    inside = {place.name: its for place, its in around([INNER, OUTER], fields)}
    assert inside["inside"] == (OUTER, INNER)
    assert inside["behind"] == ()


def test_tables_within_others_come_first_and_a_count_has_all_bounds() -> None:
    at_the_end = Counted(by="M", least=1, most=9, offset=20, size=1)
    assert from_within([OUTER, INNER]) == [INNER, OUTER]
    last = Counted(by="L", least=0, most=2, offset=18, size=2)
    assert from_within([OUTER, last]) == [last, OUTER]
    assert ranges([OUTER, INNER, at_the_end]) == {"N": (1, 3), "M": (1, 2)}


@pytest.mark.parametrize(
    ("its", "raw", "count"),
    [
        ({"type": "zoned", "encoding": "cp037"}, b"\xf1\xf2", 12),
        ({"type": "zoned"}, b"1\x00", 10),
        ({"type": "zoned"}, b"1\xff", None),
        ({"type": "zoned", "sign": "leading separate", "encoding": "cp037"}, b"\x4e\xf7", 7),
        ({"type": "zoned", "sign": "leading separate", "encoding": "cp037"}, b"\x4e\xc1", None),
        ({"type": "packed"}, b"\x01\x2c", 12),
        ({"type": "packed"}, b"\x01\x25", None),
        ({"type": "packed", "signed": False}, b"\x01\x25", 125),
        ({"type": "i16", "big_endian": True}, b"\xff\xfe", -2),
        ({"type": "u16"}, b"\x01\x02", 513),
        ({"type": "i32", "text": True}, b" 7", 7),
    ],
)
def test_a_count_is_read_from_its_bytes(its: dict[str, object], raw: bytes, count: int | None) -> None:
    assert count_in(Field(name="N", offset=0, length=len(raw), **its), raw) == count  # type: ignore[arg-type]


TOML = """\
record_size = 12
encoding = "ascii"
depending_on = "moving"
record_format = "V"
[[field]]
name = "N"
type = "zoned"
length = 1
[[field]]
name = "A_1"
type = "str"
length = 4
[[field]]
name = "A_2"
type = "str"
length = 4
[[field]]
name = "END"
type = "str"
length = 3
[[counted]]
by = "N"
most = 2
offset = 1
size = 4
"""


def test_a_record_is_laid_out_or_does_not_fit() -> None:
    layout = parse_layout(TOML, "x.toml")
    assert draft_of(layout).layout("x.toml") == layout
    assert laid_out(b"1aaaaEND", layout, moves=True) == b"1aaaa\0\0\0\0END"
    assert laid_out(b"0END", layout, moves=True) == b"0" + bytes(8) + b"END"
    for record in (b"3aaaaEND", b"xaaaaEND", b"1aaaaENDE", b"1aaaaEN", b""):
        assert laid_out(record, layout, moves=True) is None
    assert laid_out(b"1aaaaxxxxEND", layout, moves=False) == b"1aaaaxxxxEND"
    assert laid_out(b"1aaaaEND", layout, moves=False) is None
    assert [str(one.when) for one in layout.fields if one.when] == ["(N >= 1)", "(N >= 2)"]
    assert layout.fields[0].counts == (0, 2)


def test_counts_alone_tell_one_record_from_the_next() -> None:
    layout = parse_layout(TOML.replace('record_format = "V"\n', ""), "x.toml")
    assert layout.by_counts is not None
    walk, content = CountWalk(layout.by_counts), b"1aaaaEND0END2aaaabbbbEND"
    assert [walk.length(content, at) for at in (0, 8, 12, 24)] == [8, 4, 12, None]
    found = walked(walk, content, 0, len(content), 99)
    assert (found.places, found.lengths, found.stop, found.broken) == ([0, 8, 12], [8, 4, 12], 24, None)
    assert walked(walk, content[:20], 0, len(content), 99).stop == 12
    assert walked(walk, content, 0, len(content), 2).places == [0, 8]
    cut = walked(walk, content[:-1], 0, len(content) - 1, 99)
    assert (cut.stop, cut.broken) == (12, "the record ends beyond the file, of which 11 bytes are left")
    said = "field 'N' of the record says that a table occurs 3 times, and 0 to 2 are allowed: 0x33"
    assert walked(walk, b"0END3END", 0, 8, 99).broken == said
    with pytest.raises(NoCountError, match="occurs no number of times"):
        walk.length(b"\xff", 0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('by = "N"', "by = 3"), "counted 1: by is 3; give the name of the field"),
        (('by = "N"', 'by = "M"'), "counted 1: there is no field M"),
        (('by = "N"', 'by = "END"'), "counted 1: END is no whole number (str), and counts nothing"),
        (("most = 2", "least = 3\nmost = 2"), "counted 1 has least 3; give a whole number from 0 to 2"),
        (("most = 2", "most = 3"), "counted 1 ends at byte 13, past the record's end at 12"),
        (("offset = 1", "offset = 0"), "N lies behind what it counts, and moves with it"),
        (
            ("size = 4", "size = 3"),
            "field 'A_1' at byte 1 does not lie within one occurrence of the table counted by N",
        ),
        (("most = 2", "times = 2"), "counted 1 has an unknown key 'times'; the keys are by, least, most, offset, size"),
        (('depending_on = "moving"', 'depending_on = "both"'), "depending_on is 'both'; give 'fixed' or 'moving'"),
        (('depending_on = "moving"', ""), "has [[counted]], and does not say whether what follows a table moves"),
        (("[[counted]]\nby", "[[other]]\nby"), "has an unknown key 'other'"),
        (("[[counted]]", "[counted]"), "counted is no list of tables"),
        (
            ("[[counted]]", '[[counted]]\nby = "N"\nmost = 2\noffset = 3\nsize = 4\n[[counted]]'),
            "a table counted by N at byte 3 overlaps one counted by N, and is not within one of its occurrences",
        ),
    ],
)
def test_what_is_wrong_with_a_table_is_said(change: tuple[str, str], said: str) -> None:
    assert change[0] in TOML
    with pytest.raises(LayoutInvalid) as caught:
        parse_layout(TOML.replace(*change), "x.toml")
    assert said in caught.value.message


def test_too_many_tables_are_refused_before_any_is_looked_at() -> None:
    with pytest.raises(LayoutInvalid, match="10,001 tables that are counted; 10,000 are the most"):
        counted_in({"counted": [{}] * 10_001}, [], 1, "x.toml")
