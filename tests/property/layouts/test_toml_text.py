"""Layouts written as TOML and read again: the same layout, whatever its names and nulls hold."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from etl_batch.layouts.draft import FieldDraft, draft_of, draft_of_rows
from etl_batch.layouts.layout import (
    FILLS,
    FLOATS,
    SCALED,
    SIGNS,
    TEXT_NUMBERS,
    TRAILING,
    TRIMS,
    UNITS,
    WHOLE,
    Field,
    Layout,
)
from etl_batch.layouts.reading import parse_layout
from etl_batch.layouts.toml_text import layout_text

_INTEGERS = {"i8": 1, "i16": 2, "i32": 4, "i64": 8, "u8": 1, "u16": 2, "u32": 4, "u64": 8}
_LENGTHS: dict[str, st.SearchStrategy[int]] = {
    **{name: st.integers(length // 2 + 1, length) for name, length in _INTEGERS.items()},
    "f32": st.just(4),
    "f64": st.just(8),
    "bool": st.just(1),
    "timestamp": st.sampled_from((4, 8)),
    "date": st.sampled_from((2, 4, 8)),
    "decimal": st.integers(1, 8),
    "packed": st.integers(1, 19),
    "zoned": st.integers(1, 38),
    "str": st.integers(1, 40),
    "bytes": st.integers(1, 40),
}
_TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12)
_NAMES = st.text(st.characters(blacklist_categories=["Cs"], min_codepoint=32), min_size=1, max_size=8).filter(str.strip)


@st.composite
def _fields(draw: st.DrawFn, name: str, offset: int, surroundings: tuple[bool, str]) -> Field:
    kind = draw(st.sampled_from(sorted(_LENGTHS)))
    ibm, encoding = surroundings
    encoding = draw(st.sampled_from((encoding, encoding, "cp500")))
    big_endian = draw(st.booleans())
    bare = Field(
        name=name,
        type=kind,
        offset=offset,
        length=draw(_LENGTHS[kind]),
        unit=draw(st.sampled_from(UNITS)) if kind == "timestamp" else "us",
        big_endian=big_endian,
        encoding=encoding,
        ibm=ibm and kind in FLOATS,
        sign=draw(st.sampled_from(SIGNS)) if kind == "zoned" else TRAILING,
        signed=draw(st.booleans()) if kind in {"decimal", "packed"} else True,
    )
    bare = replace(bare, length=bare.length + bare.has_own_sign)
    if kind in TEXT_NUMBERS and encoding != "utf-16" and draw(st.booleans()):
        bare = replace(bare, text=True, signed=True, ibm=False, length=draw(st.integers(1, 256)))
    scale = draw(st.integers(0, min(bare.digits, 38))) if kind in SCALED else 0
    more = draw(_more(bare))
    if more.get("whole_digits") and kind in SCALED and scale == 0 and bare.digits <= 9:
        scale = draw(st.integers(-9, 0))
    bare = replace(bare, **more)
    values = {name: getattr(bare, name) for name in Field.__slots__}
    return Field(**{**values, "scale": scale, "null": draw(st.none() | _nulls(bare)), "nulls": _further(draw, bare)})


@st.composite
def _more(draw: st.DrawFn, field: Field) -> dict[str, Any]:
    """What is rarely said of a field's values."""
    more: dict[str, Any] = {"label": draw(_TEXT)}
    words = st.lists(_TEXT | st.tuples(_TEXT, _TEXT), max_size=2).map(tuple)
    more["values"] = tuple(draw(st.dictionaries(_TEXT, words, max_size=2)).items())
    if field.type in WHOLE and not field.text:
        more["whole_digits"] = draw(st.none() | st.integers(1, 38))
    if field.type == "str":
        more["trim"] = draw(st.sampled_from(TRIMS))
    if field.text or field.type == "zoned":
        more["blank_is_zero"] = draw(st.booleans())
    return more


def _further(draw: st.DrawFn, field: Field) -> tuple[Any, ...]:
    others = _nulls(field).filter(lambda null: not isinstance(null, str) or bool(null.strip(" ")))
    return tuple(draw(st.lists(others | st.sampled_from(sorted(FILLS)), max_size=3)))


def _nulls(field: Field) -> st.SearchStrategy[Any]:
    raw = st.binary(min_size=field.length, max_size=field.length)
    if field.text:
        return raw | st.sampled_from([word for word in (".", "N/A", "--", "x") if len(word) <= field.length])
    if field.type == "str":
        return _TEXT.filter(lambda text: _fits(text, field.encoding))
    if field.type == "bytes":
        return raw
    if field.type in {"f32", "f64"}:
        return st.floats(width=32 if field.type == "f32" else 64, allow_nan=False) | raw
    if field.type in SCALED:
        top = 10**field.digits - 1
        if field.type == "decimal":
            top = min(top, 256**field.length // 2 - 1 if field.signed else 256**field.length - 1)
        return st.integers(-top if field.signed else 0, top) | raw
    signed = field.type.startswith("i") or field.type in {"timestamp", "date"}
    low, high = (-(256**field.length) // 2, 256**field.length // 2 - 1) if signed else (0, 256**field.length - 1)
    return st.integers(low, high) | raw


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeError:
        return False
    return True


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    surroundings = (draw(st.booleans()), draw(st.sampled_from(("utf-8", "latin-1", "cp037", "utf-16"))))
    names = draw(st.lists(_NAMES, min_size=1, max_size=5, unique=True))
    fields: list[Field] = []
    end = 0
    for name in names:
        field = draw(_fields(name, end + draw(st.integers(0, 3)), surroundings))
        fields.append(field)
        end = field.offset + field.length
    return Layout(
        record_size=end + draw(st.integers(0, 9)),
        header_bytes=draw(st.integers(0, 100)),
        trailer_bytes=draw(st.integers(0, 100)),
        fields=tuple(draw(st.permutations(fields))),
    )


def _canonical(layout: Layout) -> Layout:
    """With the encoding as the parser names it."""
    return parse_layout(layout_text(layout), "here")


@given(layouts())
def test_what_is_written_is_read_again(layout: Layout) -> None:
    again = parse_layout(layout_text(layout), "here")
    canonical = {"latin-1": "iso8859-1"}
    assert again.record_size == layout.record_size
    assert (again.header_bytes, again.trailer_bytes) == (layout.header_bytes, layout.trailer_bytes)
    for field, other in zip(again.fields, layout.fields, strict=True):
        for key in Field.__slots__:
            got, wanted = getattr(field, key), getattr(other, key)
            if key == "encoding":
                assert got == canonical.get(wanted, wanted)
            else:
                assert got == wanted
                assert type(got) is type(wanted)
                if isinstance(got, float):
                    assert math.copysign(1, got) == math.copysign(1, wanted)


@given(layouts())
def test_writing_is_stable(layout: Layout) -> None:
    assert layout_text(_canonical(layout)) == layout_text(parse_layout(layout_text(_canonical(layout)), "there"))


@given(layouts())
def test_an_unedited_draft_is_the_layout(layout: Layout) -> None:
    sound = _canonical(layout)
    assert draft_of(sound).layout("here") == sound


@given(layouts())
def test_a_table_editor_keeps_the_draft(layout: Layout) -> None:
    """Also where the editor turns missing cells into NaN and whole numbers into floats."""
    sound = _canonical(layout)
    draft = draft_of(sound)
    keys = tuple(FieldDraft.__slots__)
    rows: list[Any] = [{key: _as_a_table_has_it(getattr(field, key)) for key in keys} for field in draft.fields]
    head = {
        key: getattr(draft, key)
        for key in (
            "record_size",
            "header_bytes",
            "trailer_bytes",
            "byte_order",
            "encoding",
            "floats",
            "comp_digits",
            "kept",
        )
    }
    assert draft_of_rows(head, rows).layout("here") == sound


def _as_a_table_has_it(value: object) -> object:
    if value is None:
        return math.nan
    return float(value) if isinstance(value, int) else value
