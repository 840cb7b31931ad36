"""The table in which the fields of a layout are edited, and the widgets above it for what holds for all of them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from etl_batch.layouts.draft import LayoutDraft
from etl_batch.layouts.layout import SIGNS, TRIMS, TYPES, UNITS
from etl_batch.layouts.written_dates import STORED

_MOST_RECORD_BYTES = 1 << 20
_WHOLE_PX = 100  #: room for the digits of the largest offset
_NULL_HELP = 'The value that means "nothing": a number as stored, a text, or raw bytes as "0x...". Empty: never null.'


def head_widgets(key: str, before: LayoutDraft) -> dict[str, Any]:
    """What holds for all fields, as it is entered; the rest of it as it was."""
    first, second, third, fourth, fifth = st.columns(5)
    return {
        "record_size": first.number_input(
            "Record bytes", 1, _MOST_RECORD_BYTES, before.record_size, key=f"{key}_size", help="Length of each record."
        ),
        "header_bytes": second.number_input(
            "Header bytes", 0, value=before.header_bytes, key=f"{key}_head", help="Before the first record."
        ),
        "trailer_bytes": third.number_input(
            "Trailer bytes", 0, value=before.trailer_bytes, key=f"{key}_tail", help="Behind the last record."
        ),
        "byte_order": fourth.selectbox(
            "Byte order", ("little", "big"), ("little", "big").index(before.byte_order), key=f"{key}_order",
            help="Of numbers: little on PCs, big on mainframes.",
        ),
        "encoding": fifth.text_input(
            "Encoding", before.encoding, key=f"{key}_encoding", help="Of texts: utf-8, latin-1, cp037 (EBCDIC) ..."
        ),
        "floats": before.floats,
        "lines": before.lines,
        "columns": before.columns,
        "comp_digits": before.comp_digits,
        "kept": before.kept,
        "century": before.century,
    }  # fmt: skip


def frame_of(draft: LayoutDraft) -> Any:  # noqa: ANN401 - a pandas.DataFrame
    """The fields of a draft as the table shows them."""
    import pandas as pd

    fields = draft.fields
    texts = {name: pd.Series([getattr(field, name) for field in fields], dtype="object") for name in (*_TEXTS, *_RARE)}
    wholes = {name: pd.Series([getattr(field, name) for field in fields], dtype="Int64") for name in _WHOLES}
    both = texts | wholes
    rare = [name for name in _RARE if any(getattr(field, name) is not None for field in fields)]
    return pd.DataFrame({name: both[name] for name in (*_ORDER, *rare)})


_TEXTS = ("name", "type", "null", "unit")
_WHOLES = ("offset", "length", "scale")
#: shown where a field has it: what copybooks say
_RARE = (
    "nulls", "text", "sign", "signed", "byte_order", "encoding", "digits", "trim", "blank", "format", "stored", "label",
    "values",
)  # fmt: skip
_ORDER = ("name", "type", "offset", "length", "scale", "null", "unit")


def columns() -> dict[str, Any]:
    """How each column of the table is shown and edited."""
    column = st.column_config
    whole: dict[str, Any] = {"min_value": 0, "step": 1, "format": "%d", "width": _WHOLE_PX}
    return {
        "name": column.TextColumn("Name", required=True),
        "type": column.SelectboxColumn("Type", options=list(TYPES), required=True, width="small"),
        "offset": column.NumberColumn(
            "Offset", help="Bytes from the record's start; empty: after the field above.", **whole
        ),
        "length": column.NumberColumn("Length", help="Bytes; empty: what the type has.", **whole),
        "scale": column.NumberColumn("Scale", help="Digits after the point: decimal, packed, zoned.", **whole),
        "null": column.TextColumn("Null", help=_NULL_HELP),
        "unit": column.SelectboxColumn("Unit", options=list(UNITS), help="Of a timestamp.", width="small"),
        "nulls": column.TextColumn(
            "Further nulls", help='A list such as ["blank", "low", "zeros", -9], or of blank, low, high, zeros, stars.'
        ),
        "text": column.CheckboxColumn("Text", help="Of a number: it is there as characters, of any width."),
        "sign": column.SelectboxColumn("Sign", options=list(SIGNS), help="Of a zoned: where its sign stands."),
        "byte_order": column.SelectboxColumn("Byte order", options=["little", "big"], help="Empty: the layout's."),
        "signed": column.CheckboxColumn("Signed", help="Of a decimal: off, it is never below 0."),
        "encoding": column.TextColumn("Encoding", help="Empty: the layout's."),
        "digits": column.NumberColumn("Digits", help="Of its values, as a picture gives them.", **whole),
        "trim": column.SelectboxColumn("Trim", options=list(TRIMS), help="Of a text: what is taken off."),
        "blank": column.SelectboxColumn("Blank", options=["zero"], help="What blanks in a number stand for."),
        "format": column.TextColumn("Format", help="Of a date that is written: %Y%m%d, %d.%m.%y ..."),
        "stored": column.SelectboxColumn(
            "Stored", options=list(STORED), help="Of such a date: the number whose digits it is; empty: characters."
        ),
        "label": column.TextColumn("Label", help="What the field is about."),
        "values": column.TextColumn("Values", help='What its values stand for: {male = ["1"], child = [["0", "17"]]}.'),
    }
