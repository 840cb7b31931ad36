"""How records of unequal length follow each other: what is usual, and what a layout may say."""

from __future__ import annotations

import tomllib

import pytest

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.framing import Framing, framing_of
from etl_batch.layouts.framing_toml import framing_in, framing_lines
from etl_batch.layouts.reading import parse_layout
from etl_batch.options.record_framing import RecordFormat, SaidLength, ShortRecords

FIELD = '[[field]]\nname = "a"\ntype = "u16"\n'


def test_an_rdw_of_its_own_words_is_that_of_z_os() -> None:
    framing = framing_of(RecordFormat.V, SaidLength())
    assert (framing.head, framing.at, framing.bytes, framing.is_big, framing.includes_itself) == (4, 0, 2, True, True)
    assert (framing.add, framing.least, framing.mark) == (0, 4, (0xFFFF0000, 0))


@pytest.mark.parametrize(("said", "add", "least", "mark"), [
    (SaidLength(includes_itself=False), 4, 4, 0xFFFF0000),
    (SaidLength(at=2, is_big=False), 0, 4, 0x0000FFFF),
    (SaidLength(bytes=4), 0, 4, 0),
    (SaidLength(head=2, includes_itself=False), 2, 2, 0),
    (SaidLength(adjust=-4), -4, 4, 0xFFFF0000),
    (SaidLength(at=3, bytes=4), 0, 7, 0x00FFFFFF),
])  # fmt: skip
def test_what_is_said_otherwise(said: SaidLength, add: int, least: int, mark: int) -> None:
    framing = framing_of(RecordFormat.V, said)
    assert (framing.add, framing.least, framing.mark) == (add, least, (mark, 0))


def test_a_segment_says_in_its_third_byte_which_part_it_is() -> None:
    for form, is_blocked in ((RecordFormat.VS, False), (RecordFormat.VBS, True)):
        framing = framing_of(form, SaidLength())
        assert (framing.is_spanned, framing.is_blocked, framing.mark) == (True, is_blocked, (0xFFFC0000, 0))


def test_micro_focus_has_the_length_in_all_but_the_first_four_bits() -> None:
    framing = framing_of(RecordFormat.MF, SaidLength())
    assert (framing.head, framing.add, framing.least, framing.seen) == (2, 2, 2, 4)
    assert (framing.mask, framing.mark, framing.multiple, framing.shortest_step) == (0xFFF, (0xF0, 0x40), 4, 8)


def test_a_length_field_is_of_the_record() -> None:
    framing = framing_of(RecordFormat.LENGTH_FIELD, SaidLength(at=6, includes_itself=False))
    assert (framing.head, framing.add, framing.least, framing.mark) == (0, 2, 8, (0, 0))


def test_the_longest_record_need_not_be_said() -> None:
    layout = parse_layout('record_format = "V"\nrdw.endian = "little"\nrdw.at = 2\n' + FIELD, "here")
    assert layout.record_size == 2
    assert layout.framing == Framing(format=RecordFormat.V, is_big=False, at=2)
    assert parse_layout(FIELD.replace("[[", "record_size = 4\n[[", 1), "here").framing is None


@pytest.mark.parametrize(("toml", "why"), [
    ('record_format = "X"', "here: record_format is 'X'; give one of F, FB, V, VB, VS, VBS, MF, length-field"),
    ("record_format = 1", "here: record_format is 1; give one of"),
    ('rdw = "big"', "here: rdw is 'big'; give rdw.endian"),
    ('rdw.endian = "middle"', "here: rdw.endian is 'middle'; give 'big' or 'little'"),
    ("rdw.includes_itself = 1", "here: rdw.includes_itself is 1; give true or false"),
    ('rdw.at = "x"', "here: rdw.at is 'x'; give a whole number"),
    ("rdw.at = -1", "here: rdw: at is -1; give 0 to 32760"),
    ("rdw.to = 1", "here: rdw has an unknown key 'to'"),
    ('short_records = "auto"', "here: short_records is 'auto'; give error or null"),
    ('record_format = "F"\nrdw.at = 1', "here: record_format is F, of which neither rdw nor short_records is said"),
])  # fmt: skip
def test_errors_of_a_layout(toml: str, why: str) -> None:
    with pytest.raises(LayoutInvalid) as found:
        parse_layout(f"{toml}\nrecord_size = 2\n{FIELD}", "here")
    assert found.value.message.startswith(why)


@pytest.mark.parametrize("framing", [
    Framing(format=RecordFormat.V),
    Framing(format=RecordFormat.V, is_big=False, includes_itself=False, at=2, short_records=ShortRecords.NULL),
    Framing(format=RecordFormat.LENGTH_FIELD, head=0, bytes=3, adjust=-7),
    Framing(format=RecordFormat.FB, head=0),
])  # fmt: skip
def test_what_is_written_is_read_again(framing: Framing) -> None:
    assert framing_in(tomllib.loads("\n".join(framing_lines(framing))), "here") == framing


def test_nothing_said_is_nothing() -> None:
    assert framing_in({}, "here") is None
