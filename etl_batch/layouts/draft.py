"""A layout while it is edited: texts and numbers as a person leaves them, sound or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field as member
from typing import Any

from etl_batch.layouts.counted_toml import COUNTED_KEYS
from etl_batch.layouts.framing_toml import FRAMING_KEYS
from etl_batch.layouts.layout import TRAILING, TRIMS, Layout
from etl_batch.layouts.lines import CHARACTERS
from etl_batch.layouts.reading import layout_of
from etl_batch.layouts.toml_text import (
    layout_text,
    most_are_big_endian,
    most_common_encoding,
    null_text,
    nulls_text,
    values_text,
)
from etl_batch.layouts.written_dates import has_short_year
from etl_batch.light_dataclass import dataclass
from etl_batch.text.bounded_documents import toml_document

NEW_RECORD_BYTES = 16  #: of a layout that begins from nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDraft:
    """One row of the editor. None: left empty, the default."""

    name: str | None = None
    type: str | None = None
    offset: int | None = None  #: None: after the previous field
    length: int | None = None
    scale: int | None = None
    null: str | None = None  #: a TOML value; of a str field also the text as it is
    nulls: str | None = None  #: a TOML list of further ones
    unit: str | None = None
    text: bool | None = None  #: of a number: it is there as characters
    sign: str | None = None  #: of a zoned
    signed: bool | None = None  #: of a decimal
    byte_order: str | None = None  #: None: that of the layout
    encoding: str | None = None  #: as well
    digits: int | None = None  #: of its values, as a picture gives them
    trim: str | None = None  #: of a text
    blank: str | None = None  #: what blanks stand for, of characters
    format: str | None = None  #: of a date, as it is written
    stored: str | None = None  #: of such a date: the type of the number whose digits it is
    label: str | None = None  #: what it is about
    values: str | None = None  #: a TOML table: what its values stand for

    @property
    def is_blank(self) -> bool:
        """Whether nothing was entered yet."""
        return self == FieldDraft()

    def _entry(self) -> dict[str, Any]:
        given = {key: getattr(self, key) for key in _KEYS if key not in {"null", "nulls", "values"}}
        entry = {key: value for key, value in given.items() if value not in (None, "")}
        if self.null not in (None, ""):
            entry["null"] = _null_value(str(self.null), is_text=self.type == "str")
        if self.nulls not in (None, ""):
            entry["nulls"] = _toml_value(str(self.nulls))
        if self.values not in (None, ""):
            entry["values"] = _toml_value(str(self.values))
        return entry


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutDraft:
    """A whole layout, as edited."""

    record_size: int
    header_bytes: int = 0
    trailer_bytes: int = 0
    byte_order: str = "little"
    encoding: str = "utf-8"
    floats: str = "ieee"
    lines: bool = False  #: records are lines of text
    columns: str = CHARACTERS  #: of lines: what is counted
    comp_digits: str = "keep"
    century: int | None = None  #: the first year that years of two digits may stand for
    fields: tuple[FieldDraft, ...] = ()
    kept: Mapping[str, Any] = member(default_factory=dict)  #: what no editor shows, as TOML has it

    def layout(self, where: str) -> Layout:
        """What it says, checked as a layout file is.

        Args:
            where: its path, for messages.

        Raises:
            LayoutInvalid: naming the field and the key that is wrong.
        """
        of_lines: dict[str, Any] = {"lines": True, "columns": self.columns}
        of_records = {
            "header_bytes": self.header_bytes,
            "trailer_bytes": self.trailer_bytes,
            "byte_order": self.byte_order,
            "floats": self.floats,
            "comp_digits": self.comp_digits,
        }
        document: dict[str, Any] = {
            **(of_lines if self.lines else of_records),
            **({} if self.century is None else {"century": self.century}),
            "record_size": self.record_size,
            "encoding": self.encoding,
            "field": [field._entry() for field in self.fields if not field.is_blank],
            **self.kept,
        }
        return layout_of(document, where)


def draft_of(layout: Layout) -> LayoutDraft:
    """A layout to be edited. Where a field follows the one before, its offset is left empty and so moves with it."""
    fields: list[FieldDraft] = []
    end, big_endian, encoding = 0, most_are_big_endian(layout), most_common_encoding(layout)
    for field in layout.fields:
        fields.append(
            FieldDraft(
                name=field.name,
                type=field.type,
                offset=None if field.offset == end else field.offset,
                length=field.length,
                scale=field.scale or None,
                null=null_text(field),
                nulls=nulls_text(field),
                text=(field.text and layout.lines is None and field.written is None) or None,
                unit=field.unit if field.type == "timestamp" and field.written is None else None,
                sign=field.sign if field.sign != TRAILING else None,
                signed=None if field.signed else False,
                byte_order=None if field.big_endian == big_endian else "big" if field.big_endian else "little",
                encoding=None if field.encoding == encoding else field.encoding,
                digits=field.whole_digits,
                trim=None if field.trim == TRIMS[0] else field.trim,
                blank="zero" if field.blank_is_zero else None,
                format=field.written.form.text if field.written is not None else None,
                stored=field.written.stored or None if field.written is not None else None,
                label=field.label or None,
                values=values_text(field),
            )
        )
        end = field.offset + field.length
    return LayoutDraft(
        record_size=layout.record_size,
        header_bytes=layout.header_bytes,
        trailer_bytes=layout.trailer_bytes,
        byte_order="big" if big_endian else "little",
        encoding=encoding,
        floats="ibm" if any(field.ibm for field in layout.fields) else "ieee",
        lines=layout.lines is not None,
        columns=layout.lines.columns if layout.lines is not None else CHARACTERS,
        century=next((one.written.form.century for one in layout.fields if has_short_year(one) and one.written), None),
        comp_digits="strict" if any(field.within_digits for field in layout.fields) else "keep",
        fields=tuple(fields),
        kept={key: value for key, value in toml_document(layout_text(layout)).items() if _is_kept(key, value)},
    )


def new_draft(size: int) -> LayoutDraft:
    """Where a file of `size` bytes has no layout: one field of raw bytes, of a record size that divides the file."""
    fitting = (step for step in (64, 128, 100, 80, 32, 48, 24, NEW_RECORD_BYTES) if size and size % step == 0)
    record = next(fitting, NEW_RECORD_BYTES)
    return LayoutDraft(record_size=record, fields=(FieldDraft(name="record", type="bytes", length=record),))


def draft_of_rows(head: Mapping[str, Any], rows: list[Mapping[str, Any]]) -> LayoutDraft:
    """From what a table editor holds: rows with cells that may be missing, None or NaN."""
    fields = tuple(FieldDraft(**{key: _cell(row.get(key), key) for key in _KEYS}) for row in rows)
    return LayoutDraft(**head, fields=fields)


_KEYS = (
    "name", "type", "offset", "length", "scale", "null", "nulls", "unit", "text", "sign", "signed", "byte_order",
    "encoding", "digits", "trim", "blank", "format", "stored", "label", "values",
)  # fmt: skip
_KEPT = FRAMING_KEYS | COUNTED_KEYS | {"variant"}
_WHOLE = {"offset", "length", "scale", "digits"}
_YES_OR_NO = {"signed", "text"}


def _is_kept(key: str, value: Any) -> bool:  # noqa: ANN401 - any TOML value
    """Whether no editor shows a key of a layout: of lines, those of one record."""
    return key in _KEPT or (key == "lines" and isinstance(value, list))


def _cell(value: Any, key: str) -> Any:  # noqa: ANN401 - whatever a table's cell holds
    if value is None or value == "" or value != value:  # noqa: PLR0124 - NaN is how pandas says missing
        return None
    if key in _WHOLE:
        return int(value) if float(value).is_integer() else value
    return bool(value) if key in _YES_OR_NO else str(value)


def _null_value(text: str, *, is_text: bool) -> Any:  # noqa: ANN401 - any TOML value
    """A null as it was typed: a TOML value where it is one; in a str field only with its quotes."""
    if is_text and not text.startswith('"'):
        return text
    return _toml_value(text)


def _toml_value(text: str) -> Any:  # noqa: ANN401 - any TOML value
    try:
        return toml_document(f"null = {text}")["null"]
    except ValueError:
        return text
