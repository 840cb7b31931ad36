"""Record layouts: what they default to, and one test for each way to get one wrong."""

from __future__ import annotations

import json
import math
from datetime import date, datetime, time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.layout import MAX_RECORD_BYTES, TYPES, Field, Layout
from etl_batch.layouts.reading import parse_layout
from tests.helpers.chance import examples

WHERE = "data/sales.toml"
DIGITS_38 = "12345678901234567890123456789012345678"


def one_field(keys: str, *, top: str = "", record_size: int = 64) -> Layout:
    return parse_layout(f'record_size = {record_size}\n{top}\n[[field]]\nname = "price"\n{keys}', WHERE)


def refusal(text: str) -> str:
    with pytest.raises(LayoutInvalid) as caught:
        parse_layout(text, WHERE)
    assert caught.value.code == "E_LAYOUT"
    assert caught.value.message.startswith(WHERE)
    return caught.value.message


def test_a_whole_layout() -> None:
    layout = parse_layout(
        """
        record_size = 32
        header_bytes = 5
        trailer_bytes = 6
        byte_order = "big"
        encoding = "CP037"
        [[field]]
        name = "id"
        type = "u32"
        null = 0
        [[field]]
        name = "name"
        type = "str"
        length = 8
        null = ""
        [[field]]
        name = "amount"
        type = "packed"
        offset = 14
        length = 5
        scale = 2
        null = -1.25
        [[field]]
        name = "at"
        type = "timestamp"
        unit = "ms"
        null = "0xffffffffffffffff"
        """,
        WHERE,
    )
    common = {"big_endian": True, "encoding": "cp037"}
    assert layout == Layout(
        record_size=32,
        header_bytes=5,
        trailer_bytes=6,
        fields=(
            Field(name="id", type="u32", offset=0, length=4, null=0, **common),  # type: ignore[arg-type]
            Field(name="name", type="str", offset=4, length=8, null="", **common),  # type: ignore[arg-type]
            Field(name="amount", type="packed", offset=14, length=5, scale=2, null=-125, **common),  # type: ignore[arg-type]
            Field(name="at", type="timestamp", offset=19, length=8, unit="ms", null=b"\xff" * 8, **common),  # type: ignore[arg-type]
        ),
    )
    assert layout.names == ("id", "name", "amount", "at")


def test_defaults() -> None:
    layout = one_field('type = "timestamp"')
    assert layout.header_bytes == layout.trailer_bytes == 0
    assert layout.fields == (Field(name="price", type="timestamp", offset=0, length=8),)
    field = layout.fields[0]
    assert (field.scale, field.unit, field.big_endian, field.encoding, field.null) == (0, "us", False, "utf-8", None)


@pytest.mark.parametrize(
    ("kind", "length"),
    [
        *(("i8", 1), ("i16", 2), ("i32", 4), ("i64", 8), ("u8", 1), ("u16", 2), ("u32", 4), ("u64", 8)),
        *(("f32", 4), ("f64", 8), ("bool", 1), ("timestamp", 8), ("date", 4), ("decimal", 8)),
    ],
)
def test_lengths_that_need_not_be_said(kind: str, length: int) -> None:
    assert one_field(f'type = "{kind}"').fields[0].length == length
    assert one_field(f'type = "{kind}"\nlength = {length}').fields[0].length == length


@pytest.mark.parametrize("kind", ["str", "bytes", "packed", "zoned"])
def test_lengths_that_must_be_said(kind: str) -> None:
    assert (
        refusal(f'record_size = 9\n[[field]]\nname = "price"\ntype = "{kind}"')
        == f"{WHERE}: field 'price' has no length"
    )


@pytest.mark.parametrize(
    ("kind", "length", "digits"),
    [
        ("packed", 1, 1),
        ("packed", 19, 37),
        ("zoned", 38, 38),
        ("decimal", 1, 3),
        ("decimal", 4, 10),
        ("decimal", 8, 19),
    ],
)
def test_digits(kind: str, length: int, digits: int) -> None:
    assert one_field(f'type = "{kind}"\nlength = {length}\nscale = {digits}').fields[0].digits == digits
    with pytest.raises(LayoutInvalid, match=f"field 'price' has scale {digits + 1}, but only {digits} digits|scale 39"):
        one_field(f'type = "{kind}"\nlength = {length}\nscale = {digits + 1}')


@pytest.mark.parametrize("kind", ["str", "bytes"])
@pytest.mark.parametrize("length", [1, 1000, 2000, MAX_RECORD_BYTES])
def test_texts_and_bytes_of_every_length(kind: str, length: int) -> None:
    field = one_field(f'type = "{kind}"\nlength = {length}', record_size=MAX_RECORD_BYTES).fields[0]
    assert field.length == length


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("record_size", "is not TOML"),
        ("record_size = ", "is not TOML"),
        ("[[field]", "is not TOML"),
        ("a = 1\na = 2", "is not TOML"),
        ('[[field]]\nname = "a"\ntype = "u8"', "has no record_size"),
        ("record_size = 0", "record_size 0; give a whole number from 1 to 1048576"),
        ("record_size = -1", "record_size -1"),
        (f"record_size = {MAX_RECORD_BYTES + 1}", f"record_size {MAX_RECORD_BYTES + 1}"),
        ("record_size = 1.5", "record_size 1.5"),
        ("record_size = true", "record_size True"),
        ('record_size = "12"', "record_size '12'"),
        ("record_size = []", "record_size []"),
        ("record_size = 12", "has no [[field]]"),
        ("record_size = 12\nfield = []", "has no [[field]]"),
        ("record_size = 12\nfield = 3", "has no [[field]]"),
        ("record_size = 12\nfield = [1]", "has no [[field]]"),
        ('record_size = 12\n[field]\nname = "a"', "has no [[field]]"),
        (
            "record_size = 12\nrecord_length = 12",
            "unknown key 'record_length'; the keys are byte_order, century, columns, comp_digits, counted,",
        ),
        ('record_size = 12\nbyte_order = "middle"', "byte_order is 'middle'; give 'little' or 'big'"),
        ("record_size = 12\nbyte_order = 1", "byte_order is 1"),
        ("record_size = 12\nbyte_order = []", "byte_order is []"),
        ("record_size = 12\nbyte_order = {}", "byte_order is {}"),
        ('record_size = 12\nencoding = "klingon"', "encoding 'klingon' is not a text codec"),
        ('record_size = 12\nencoding = "hex"', "encoding 'hex' is not a text codec"),
        ('record_size = 12\nencoding = "rot13"', "encoding 'rot13' is not a text codec"),
        ('record_size = 12\nencoding = "undefined"', "encoding 'undefined' is not a text codec"),
        ('record_size = 12\nencoding = ""', "encoding '' is not a text codec"),
        ('record_size = 12\nencoding = "utf\\u0000"', "is not a text codec"),
        ("record_size = 12\nencoding = 37", "encoding 37 is not a text codec"),
        ("record_size = 12\nencoding = []", "encoding [] is not a text codec"),
        ('record_size = 12\n[[field]]\ntype = "u8"', "field 1 has no name"),
        ('record_size = 12\n[[field]]\nname = " "', "field 1 has no name"),
        ("record_size = 12\n[[field]]\nname = 5", "field 1 has no name"),
        ('record_size = 12\n[[field]]\nname = "a"\ntype = "u8"\n[[field]]\ntype = "u8"', "field 2 has no name"),
        ('record_size = 12\n[[field]]\nname = "a\\nb"', "field 1 has a control character in its name 'a\\nb'"),
        ('record_size = 12\n[[field]]\nname = "a\\u202eb"', "field 1 has a control character in its name 'a\\u202eb'"),
        ('record_size = 12\nheader_bytes = -1\n[[field]]\nname = "a"\ntype = "u8"', "header_bytes -1"),
        ('record_size = 12\ntrailer_bytes = 0.5\n[[field]]\nname = "a"\ntype = "u8"', "trailer_bytes 0.5"),
    ],
)
def test_errors_of_the_layout(text: str, said: str) -> None:
    assert said in refusal(text)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("", f"has type None; the types are {', '.join(TYPES)}"),
        ('type = "int"', "has type 'int'"),
        ("type = 8", "has type 8"),
        ("type = []", "has type []"),
        ("type = {}", "has type {}"),
        (
            'type = "u8"\nsize = 1',
            "has an unknown key 'size'; the keys are blank, byte_order, digits, encoding, format, label, length, ",
        ),
        ('type = "i32"\nlength = 5', "has length 5; i32 takes 3 or 4 bytes"),
        ('type = "date"\nlength = 3', "has length 3; date takes 2 or 4 or 8 bytes"),
        ('type = "timestamp"\nlength = 2', "has length 2; timestamp takes 4 or 8 bytes"),
        ('type = "decimal"\nlength = 16', "has length 16; decimal takes 1 to 8 bytes"),
        ('type = "packed"\nlength = 20', "has length 20; packed takes 1 to 19 bytes"),
        ('type = "zoned"\nlength = 40', "has length 40; zoned takes 1 to 39 bytes"),
        ('type = "zoned"\nlength = 1\nsign = "leading separate"', "has 0 digits; zoned takes 1 to 38"),
        ('type = "zoned"\nlength = 2\nsign = "none"', "has sign 'none'; the choices are trailing, leading"),
        ('type = "zoned"\nlength = 2\nsign = 1', "has sign 1; the choices are"),
        ('type = "packed"\nlength = 2\nsign = "leading"', "has the key sign, which only a zoned takes"),
        ('type = "decimal"\nsigned = 0', "has signed 0; the choices are true, false"),
        ('type = "u32"\nsigned = false', "has the key signed, which only a decimal or a packed takes"),
        ('type = "u32"\nbyte_order = "middle"', "byte_order is 'middle'; give 'little' or 'big'"),
        ('type = "decimal"\nsigned = false\nnull = -1', "has null -1"),
        ('type = "zoned"\nlength = 39', "has 39 digits; zoned takes 1 to 38"),
        ('type = "str"\nlength = 0', "has length 0"),
        ('type = "str"\nlength = -4', "has length -4"),
        ('type = "str"\nlength = true', "has length True"),
        ('type = "str"\nlength = 4.0', "has length 4.0"),
        (f'type = "str"\nlength = {MAX_RECORD_BYTES + 1}', f"str takes 1 to {MAX_RECORD_BYTES} bytes"),
        ('type = "i64"\nunit = "s"', "has a unit, which only a timestamp takes"),
        ('type = "timestamp"\nunit = "min"', "has unit 'min'; the units are s, ms, us, ns"),
        ('type = "timestamp"\nunit = []', "has unit []"),
        ('type = "f64"\nscale = 2', "has a scale, which only decimal, packed, zoned take"),
        ('type = "packed"\nlength = 2\nscale = 4', "has scale 4, but only 3 digits"),
        ('type = "packed"\nlength = 19\nscale = 39', "has scale 39; give a whole number from -37 to 38"),
        ('type = "packed"\nlength = 2\nscale = -38', "has scale -38"),
        ('type = "u8"\noffset = -1', "has offset -1"),
        ('type = "u8"\noffset = "0"', "has offset '0'"),
        ('type = "u8"\noffset = 64', "ends at byte 65, past the record's end at 64"),
        ('type = "str"\nlength = 65', "ends at byte 65, past the record's end at 64"),
        ('type = "str"\nlength = 4\nnull = 0', "has null 0; a str field takes a text"),
        ('type = "i8"\nnull = 128', "has null 128, which does not fit into 1 bytes"),
        ('type = "u8"\nnull = -1', "has null -1, which does not fit into 1 bytes"),
        ('type = "date"\nnull = 2147483648', "has null 2147483648, which does not fit into 4 bytes"),
        ('type = "i32"\nnull = 1.0', "has null 1.0; give the stored number"),
        ('type = "i32"\nnull = true', "has null True; give the stored number"),
        ('type = "i32"\nnull = "none"', "has null 'none'; give the stored number"),
        ('type = "bool"\nnull = false', "has null False; give the stored number"),
        ('type = "i32"\nnull = "0xzz"', "has null '0xzz', which is not hexadecimal"),
        ('type = "i32"\nnull = "0xffff"', "has a null of 2 bytes; the field has 4"),
        ('type = "bytes"\nlength = 2\nnull = "ffffff"', "has a null of 3 bytes; the field has 2"),
        ('type = "bytes"\nlength = 2\nnull = 5', "has null 5"),
        ('type = "f32"\nnull = 1e39', "has null 1e+39, which is beyond a 32-bit float"),
        ('type = "f32"\nnull = 3.4028235677973366e38', "beyond a 32-bit float"),
        ('type = "f64"\nnull = "NaN"', "has null 'NaN'"),
        ('type = "f64"\nnull = true', "has null True"),
        ('type = "packed"\nlength = 2\nnull = 1000', "has null 1000; give a number of 3 digits, 0 after the point"),
        (
            'type = "packed"\nlength = 2\nscale = 1\nnull = 1.25',
            "has null 1.25; give a number of 3 digits, 1 after the point",
        ),
        ('type = "zoned"\nlength = 2\nnull = nan', "has null nan"),
        ('type = "zoned"\nlength = 2\nnull = "inf"', "has null 'inf'"),
        ('type = "zoned"\nlength = 2\nnull = "sNaN"', "has null 'sNaN'"),
        ('type = "zoned"\nlength = 2\nnull = "none"', "has null 'none'"),
        ('type = "zoned"\nlength = 2\nnull = true', "has null True"),
        ('type = "zoned"\nlength = 2\nnull = []', "has null []"),
        ('type = "zoned"\nlength = 2\nnull = "1e9999999"', "has null '1e9999999'"),
        ('type = "decimal"\nlength = 1\nnull = 128', "has null 128"),
        ('type = "decimal"\nlength = 8\nnull = 9223372036854775808', "has null 9223372036854775808"),
    ],
)
def test_errors_of_a_field_name_it(keys: str, said: str) -> None:
    message = refusal(f'record_size = 64\n[[field]]\nname = "price"\n{keys}')
    assert message.startswith(f"{WHERE}: field 'price'")
    assert said in message


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "cp037", "shift_jis"])
def test_a_null_text_that_the_encoding_cannot_write_is_refused(encoding: str) -> None:
    entry = '[[field]]\nname = "price"\ntype = "str"\nlength = 8\nnull = "\U0001f600"'
    assert "field 'price' has null" in refusal(f'record_size = 8\nencoding = "{encoding}"\n{entry}')


@pytest.mark.parametrize(
    ("offsets", "said"),
    [
        ((0, 3), "field 'b' at byte 3 overlaps field 'a', which ends at 4"),
        ((0, 0), "field 'b' at byte 0 overlaps field 'a', which ends at 4"),
        ((5, 2), "field 'a' at byte 5 overlaps field 'b', which ends at 6"),
    ],
)
def test_overlaps(offsets: tuple[int, int], said: str) -> None:
    fields = [
        f'[[field]]\nname = "{name}"\ntype = "u32"\noffset = {at}' for name, at in zip("ab", offsets, strict=True)
    ]
    assert said in refusal("\n".join(["record_size = 12", *fields]))


def test_a_name_that_is_there_twice() -> None:
    field = '[[field]]\nname = "price"\ntype = "u8"\n'
    assert refusal("record_size = 9\n" + 2 * field) == f"{WHERE}: field 'price' is there twice"


def test_fields_may_lie_in_any_order_side_by_side_and_fill_the_record() -> None:
    fields = [f'[[field]]\nname = "{name}"\ntype = "u32"\noffset = {at}' for name, at in (("b", 4), ("a", 0))]
    assert parse_layout("\n".join(["record_size = 8", *fields]), WHERE).names == ("b", "a")


@pytest.mark.parametrize(
    ("keys", "null"),
    [
        ('type = "i8"\nnull = -128', -128),
        ('type = "u64"\nnull = 18446744073709551615', 2**64 - 1),
        ('type = "bool"\nnull = 255', 255),
        ('type = "f64"\nnull = 5', 5.0),
        ('type = "f32"\nnull = -inf', -math.inf),
        ('type = "i16"\nnull = "0x8000"', b"\x80\x00"),
        ('type = "bytes"\nlength = 2\nnull = "00ff"', b"\x00\xff"),
        ('type = "str"\nlength = 4\nnull = "0x00"', "0x00"),
        ('type = "decimal"\nscale = 2\nnull = 9.99', 999),
        ('type = "decimal"\nscale = 2\nnull = "-0.10"', -10),
        ('type = "decimal"\nlength = 1\nnull = -128', -128),
        ('type = "packed"\nlength = 15\nnull = 12345678901234567890123456789', 12345678901234567890123456789),
        ('type = "packed"\nlength = 19\nnull = 9999999999999999999999999999999999999', 10**37 - 1),
        (f'type = "zoned"\nlength = 38\nscale = 38\nnull = "0.{DIGITS_38}"', int(DIGITS_38)),
    ],
)
def test_nulls(keys: str, null: str | float | bytes) -> None:
    field = one_field(keys).fields[0]
    assert field.null == null
    assert type(field.null) is type(null)


def test_a_null_that_is_no_number() -> None:
    null = one_field('type = "f32"\nnull = nan').fields[0].null
    assert isinstance(null, float)
    assert math.isnan(null)


KEYS = ["record_size", "header_bytes", "trailer_bytes", "byte_order", "encoding", "floats", "field"]
FIELD_KEYS = ["name", "type", "offset", "length", "scale", "null", "unit"]
scalars = st.one_of(
    st.integers(-(2**70), 2**70),
    st.integers(-3, 40),
    st.floats(),
    st.booleans(),
    st.text(st.characters(codec="utf-8"), max_size=6),
    st.sampled_from(
        [*TYPES, "little", "big", "cp037", "utf-16", "s", "ns", "0x00", "0xzz", "1e999999999", "sNaN", "-1.5"]
    ),
    st.sampled_from([date(2020, 1, 1), datetime(2020, 1, 1, 1, 1), time(1, 1)]),  # noqa: DTZ001 - as TOML has them
)
anything = st.recursive(
    scalars,
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(st.sampled_from("abc"), below, max_size=2)),
    max_leaves=4,
)
right = {
    "record_size": st.integers(1, 64),
    "header_bytes": st.integers(0, 9),
    "trailer_bytes": st.integers(0, 9),
    "byte_order": st.sampled_from(["little", "big"]),
    "encoding": st.sampled_from(["utf-8", "latin-1", "cp037", "utf-16-le"]),
    "name": st.sampled_from("abcdefgh"),
    "type": st.sampled_from(TYPES),
    "offset": st.integers(0, 40),
    "length": st.integers(1, 20),
    "scale": st.integers(0, 9),
    "unit": st.sampled_from(["s", "ms", "us", "ns"]),
    "null": scalars,
}


def tables(keys: list[str], mostly: list[str]) -> st.SearchStrategy[dict[str, object]]:
    """Tables whose values are mostly of the right kind."""
    value = {key: st.one_of(right.get(key, anything), right.get(key, anything), anything) for key in keys}
    optional = {key: value[key] for key in keys if key not in mostly}
    return st.fixed_dictionaries({key: value[key] for key in mostly}, optional=optional)


documents = st.builds(
    lambda head, fields: head | {"field": fields},
    tables(KEYS[:5], ["record_size"]),
    st.lists(tables(FIELD_KEYS, ["name", "type"]), min_size=1, max_size=4),
) | st.dictionaries(st.sampled_from([*KEYS, "other"]), anything)


def toml(value: object) -> str:
    """A value as TOML writes it inline."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(below)}" for key, below in value.items()) + "}"
    if isinstance(value, date | time):
        return value.isoformat()
    return repr(value)


def check_layout_or_refusal(text: str) -> None:
    """A layout whose fields lie within the record, or LayoutInvalid; nothing else, ever."""
    try:
        layout = parse_layout(text, WHERE)
    except LayoutInvalid as error:
        said = error.message
    else:
        said = WHERE
        check_arrangement(layout)
    assert said.startswith(WHERE)


def check_arrangement(layout: Layout) -> None:
    taken = [place for field in layout.fields for place in range(field.offset, field.offset + field.length)]
    assert len(set(taken)) == len(taken)
    assert max(taken) < layout.record_size
    assert len(set(layout.names)) == len(layout.names)


@settings(max_examples=examples(400), deadline=None)
@given(documents)
def test_any_document_is_a_layout_or_refused(document: dict[str, object]) -> None:
    check_layout_or_refusal("\n".join(f"{key} = {toml(value)}" for key, value in document.items()))


@settings(max_examples=examples(200), deadline=None)
@given(
    st.text() | st.lists(st.sampled_from([*KEYS, *FIELD_KEYS, "[[field]]", "\n", "=", '"', "1", "[", "]"])).map("".join)
)
@example("\ufeffrecord_size = 1")
def test_any_text_is_a_layout_or_refused(text: str) -> None:
    check_layout_or_refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a = " + "[" * 50_000, id="nested lists"),
        pytest.param("a = " + "{a = " * 50_000, id="nested tables"),
        pytest.param("record_size = " + "1" * 5000, id="a number of 5000 digits"),
        pytest.param("record_size = 0x" + "f" * 5000, id="a number of 5000 hexadecimal digits"),
        pytest.param(
            'record_size = 8\n[[field]]\nname = "a"\ntype = "f64"\nnull = 1' + "0" * 400, id="a null beyond floats"
        ),
        pytest.param('record_size = 8\n[[field]]\nname = "a"\ntype = "i64"\nnull = 0x' + "f" * 5000, id="a giant null"),
        pytest.param(
            'record_size = 8\n[[field]]\nname = "a"\ntype = "decimal"\nnull = 0x' + "f" * 5000, id="a giant decimal"
        ),
    ],
)
def test_attacks_on_the_parser_are_refused(text: str) -> None:
    refusal(text)
