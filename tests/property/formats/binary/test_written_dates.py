"""Dates that are written in fields of records: each value as a plain twin reads it, bad ones and nulls among them."""

from __future__ import annotations

import datetime as dt
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.formats.binary.arrow_types import arrow_type
from etl_batch.formats.binary.record_fields import arrow_array, decode_field
from etl_batch.formats.binary.records import Records
from etl_batch.layouts.layout import Field, Layout
from etl_batch.layouts.padding import padding_of
from etl_batch.layouts.reading import parse_layout
from etl_batch.layouts.toml_text import layout_text
from tests.helpers import twins_cells
from tests.helpers.chance import examples

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
ENCODINGS = ("ascii", "utf-8", "cp037", "cp1252", "cp1047", "cp273")
DIGITS = ("%Y%m%d", "%y%m%d", "%d%m%Y", "%d%m%y", "%m%d%Y", "%Y%m%d%H%M%S", "%y%m%d%H%M")
SIGNED = ("%d.%m.%Y", "%d/%m/%y", "%Y-%m-%d", "%Y-%m-%d-%H.%M.%S.%f", "%d %b %Y", "%Y%m%d %H:%M", "%Y-%m-%dT%H:%M:%S%z",
          "%I:%M %p, %d.%m.%y", "%H%M%S%f/%d%m%Y")  # fmt: skip
NULLS = ("blank", "zeros", "low", "high", "stars")
WIDTHS = {"%Y": 4, "%y": 2}


def twin(field: Field, century: int, raw: bytes) -> int | str | None:
    """Days or microseconds since 1970, None for a null, or why it is bad."""
    cell = characters(field, raw)
    if cell is None or isinstance(cell, list):
        return None if isinstance(cell, list) else "bad"
    form = field.written.form.text if field.written else ""
    if form in DIGITS and len(cell) != sum(WIDTHS.get(form[at : at + 2], 2) for at in range(0, len(form), 2)):
        return "bad"
    iso = twins_cells.moment(cell, form, century)
    if iso is None:
        return "bad"
    if field.type == "date":
        return (dt.date.fromisoformat(iso) - EPOCH.date()).days
    if iso.endswith("Z") or "+" in iso or "T" not in iso or iso[-6:-5] == "-":
        moment = dt.datetime.fromisoformat(iso)
    else:
        moment = dt.datetime.fromisoformat(iso + "Z")
    moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    try:
        since = moment.astimezone(dt.UTC) - EPOCH
    except OverflowError:
        return "bad"
    return (since.days * 86_400 + since.seconds) * 10**6 + since.microseconds


def characters(field: Field, raw: bytes) -> str | list[str] | None:
    """What is written; a list: a null; None: it has no digits."""
    units = {"blank": " ".encode(field.encoding), "zeros": "0".encode(field.encoding), "low": b"\0", "high": b"\xff",
             "stars": "*".encode(field.encoding)}  # fmt: skip
    if any(isinstance(null, str) and null in units and raw == units[null] * len(raw) for null in field.nulls):
        return []
    assert field.written is not None
    stored = field.written.stored
    if not stored:
        try:
            text = raw.decode(field.encoding)
        except UnicodeError:
            return None
        return [] if text.strip(" ") == field.null else text.strip(" ")
    number = whole(field, stored, raw)
    if number is None or number < 0:
        return None
    if number == field.null:
        return []
    text = str(number)
    return text.zfill(field.written.form.digits or 0)


def whole(field: Field, stored: str, raw: bytes) -> int | None:
    """The number whose digits are a date."""
    if stored == "packed":
        digits, sign = raw.hex()[:-1], raw.hex()[-1]
        return None if not digits.isdecimal() or sign in "0123456789" else int(digits) * (-1 if sign in "bd" else 1)
    if stored == "zoned":
        front = raw[:-1].decode(field.encoding, "replace") + "0"
        last = last_digit(raw[-1], is_ebcdic="0".encode(field.encoding) == b"\xf0")
        if not front.isdecimal() or not front.isascii() or last is None:
            return None
        return (int(front) + last[0]) * last[1]
    return int.from_bytes(raw, "big" if field.big_endian else "little", signed=stored[0] == "i")


def last_digit(byte: int, *, is_ebcdic: bool) -> tuple[int, int] | None:
    """The last digit of a zoned number, and its sign."""
    if is_ebcdic:
        return None if byte >> 4 < 10 or byte & 15 > 9 else (byte & 15, -1 if byte >> 4 in (0xB, 0xD) else 1)
    places = {"0123456789": 1, "{ABCDEFGHI": 1, "}JKLMNOPQR": -1, "pqrstuvwxy": -1}
    return next(((one.index(chr(byte)), sign) for one, sign in places.items() if chr(byte) in one), None)


@st.composite
def layouts(draw: st.DrawFn) -> tuple[Layout, int]:
    """A record with one date."""
    stored = draw(st.sampled_from(("", "", "packed", "zoned", "i32", "u32", "i64")))
    form = draw(st.sampled_from(DIGITS if stored else DIGITS + SIGNED))
    takes = sum(WIDTHS.get(form[at : at + 2], 2) for at in range(0, len(form), 2)) if form in DIGITS else 26
    length = {"": takes + draw(st.integers(0, 3)), "packed": takes // 2 + draw(st.integers(1, 2)),
              "zoned": takes + draw(st.integers(0, 2)), "i32": 4, "u32": 4, "i64": 8}[stored]  # fmt: skip
    has_time = "%H" in form or "%I" in form
    kind = "timestamp" if has_time or draw(st.integers(0, 3)) == 0 else "date"
    nulls = draw(st.lists(st.sampled_from(NULLS), max_size=2, unique=True))
    null = draw(st.sampled_from(("", "null = 0", "null = 9") if stored else ("", 'null = "n/a"', 'null = "0"')))
    century = draw(st.sampled_from((1, 1900, 1949, 1950, 1969, 1999, 9900)))
    text = f"""
record_size = {length + 3}
encoding = "{draw(st.sampled_from(ENCODINGS))}"
byte_order = "{draw(st.sampled_from(("little", "big")))}"
century = {century}
[[field]]
name = "when"
type = "{kind}"
offset = 2
length = {length}
format = "{form}"
nulls = {nulls}
{f'stored = "{stored}"' if stored else ""}
{null}
"""
    return parse_layout(text, "drawn.toml"), century


def written(field: Field, chance: random.Random) -> bytes:
    """A date as the field has it; at times nothing of the kind."""
    assert field.written is not None
    luck = chance.random()
    if luck < 0.1:
        return chance.choice([b"\0", b"\xff", b" ", b"@", b"0", b"\xf0", b"*", b"\\"]) * field.length
    year = chance.choice([1, 1900, 1950, 1969, 1970, 1999, 2000, 2024, 2049, 9999])
    month, of_month = chance.choice(
        [(1, 31), (2, 28), (2, 29), (2, 30), (12, 31), (4, 31), (0, 1), (13, 1), (7, 0), (7, 4)]
    )
    parts = {
        "%Y": f"{year:04}", "%y": f"{year % 100:02}", "%m": f"{month:02}", "%d": f"{of_month:02}",
        "%b": chance.choice(["Jan", "feb", "MÄRZ", "Okt", "xyz"]), "%H": f"{chance.choice([0, 12, 23, 24]):02}",
        "%M": f"{chance.choice([0, 59, 60]):02}", "%S": f"{chance.choice([0, 59, 60]):02}",
        "%f": "123456"[: chance.randint(1, 6)], "%I": f"{chance.choice([1, 12, 13]):02}",
        "%p": chance.choice(["AM", "pm"]), "%z": chance.choice(["Z", "+01:30", "-0200", "+2400"]),
    }  # fmt: skip
    text = "".join(parts.get(part, part) for part in field.written.form.parts)
    if field.written.stored:
        return stored_digits(field, field.written.stored, int(text) + 10 ** len(text) * (luck > 0.95), chance)
    text = text if luck > 0.2 else chance.choice(["n/a", "0", text[1:], text + "x", "x" + text])
    text = chance.choice(["", " "]) * (field.length > len(text)) + text
    return text.ljust(field.length).encode(field.encoding, "replace")[: field.length]


def stored_digits(field: Field, stored: str, number: int, chance: random.Random) -> bytes:
    """A number as the field has it, cut to what it holds."""
    if stored == "packed":
        return bytes.fromhex(f"{number:0{2 * field.length - 1}}"[-2 * field.length + 1 :] + chance.choice("cfcfcd1"))
    if stored == "zoned":
        digits = f"{number:0{field.length}}"[-field.length :]
        stored_as = bytearray(digits.encode(field.encoding))
        if stored_as[-1] >= 0xF0 and chance.random() < 0.3:
            stored_as[-1] -= chance.choice([0x10, 0x30, 0x20])  # no sign, a plus, a minus
        return bytes(stored_as)
    bits = 8 * field.length - (stored[0] == "i")
    return int(number % 2**bits).to_bytes(field.length, "big" if field.big_endian else "little")


@given(layouts(), st.integers(0, 2**32))
@settings(max_examples=examples(400), deadline=None)
def test_dates_are_read_as_they_are_written(drawn: tuple[Layout, int], seed: int) -> None:
    layout, century = drawn
    assert parse_layout(layout_text(layout), "again.toml") == layout
    (field,) = layout.fields
    chance = random.Random(seed)
    cells = [written(field, chance) for _ in range(20)]
    content = b"".join(b"xx" + cell + b"x" for cell in cells)
    records = Records(np.frombuffer(content, np.uint8).reshape(len(cells), layout.record_size))
    found = decode_field(field, records)
    bad = np.zeros(len(cells), np.uint8) if found.bad is None else found.bad
    expected = [twin(field, century, cell) for cell in cells]
    assert [bool(one) for one in bad] == [isinstance(value, str) for value in expected], cells
    array = arrow_array(found, records)
    array.validate(full=True)
    assert array.type == arrow_type(field)
    values = array.cast("int32" if field.type == "date" else "int64").to_pylist()
    good = [number for number, value in enumerate(expected) if not isinstance(value, str)]
    assert [values[number] for number in good] == [expected[number] for number in good], cells


@given(layouts())
@settings(max_examples=examples(100), deadline=None)
def test_what_stands_where_a_record_has_ended_is_a_date(drawn: tuple[Layout, int]) -> None:
    layout, _ = drawn
    (field,) = layout.fields
    records = Records(np.frombuffer(padding_of(layout), np.uint8).reshape(1, -1))
    assert decode_field(field, records).bad is None


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "cp273"])
def test_names_of_months_have_letters_of_their_encoding(encoding: str) -> None:
    text = f"""
record_size = 12
encoding = "{encoding}"
[[field]]
name = "when"
type = "date"
length = 12
format = "%d. %B %Y"
"""
    (field,) = parse_layout(text, "x.toml").fields
    raw = "1. Mär 2024".encode(encoding).ljust(12, " ".encode(encoding))
    found = decode_field(field, Records(np.frombuffer(raw, np.uint8).reshape(1, -1)))
    assert found.bad is None
    assert arrow_array(found, Records(np.frombuffer(raw, np.uint8).reshape(1, -1))).to_pylist() == [dt.date(2024, 3, 1)]


@pytest.mark.parametrize(("encoding", "behind"), [("cp1252", b"\x81"), ("ascii", b"\x80"), ("utf-8", b"\xc3")])
def test_a_byte_that_is_no_character_is_no_blank(encoding: str, behind: bytes) -> None:
    text = f'record_size = 9\nencoding = "{encoding}"\n[[field]]\nname = "when"\ntype = "date"\nlength = 9\n'
    (field,) = parse_layout(text + 'format = "%Y%m%d"', "x.toml").fields
    raw = b"20240131" + behind + b"20240131 "
    found = decode_field(field, Records(np.frombuffer(raw, np.uint8).reshape(2, -1)))
    assert found.bad is not None
    assert found.bad.tolist() == [1, 0]
