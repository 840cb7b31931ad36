"""What fields are about and what their values stand for: read, written, kept in Parquet."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.copybook.book import read_book
from etl_batch.layouts.labels import Values, as_lists, label_in, metadata_of, values_in
from etl_batch.layouts.reading import layout_of
from etl_batch.layouts.stata_dictionary import read_stata_dictionary
from etl_batch.layouts.toml_text import layout_text, values_text
from etl_batch.text.bounded_documents import toml_document

_TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=6)
VALUES = st.dictionaries(_TEXTS, st.lists(_TEXTS | st.tuples(_TEXTS, _TEXTS), max_size=3).map(tuple), max_size=3).map(
    lambda found: tuple(found.items())
)


@given(VALUES, _TEXTS)
def test_what_is_written_is_read_again(values: Values, label: str) -> None:
    entry: dict[str, Any] = {"name": "A", "type": "u8", "label": label, "values": as_lists(values)}
    layout = layout_of({"record_size": 1, "field": [entry]}, "x")
    (field,) = layout.fields
    assert (field.label, field.values) == (label, values)
    assert layout_of(toml_document(layout_text(layout)), "x") == layout
    written = values_text(field)
    assert (None if written is None else toml_document(f"v = {written}")["v"]) == (as_lists(values) or None)
    kept = metadata_of(label, values)
    assert (kept or {}).get("label", "") == label
    assert values_in({"values": json.loads((kept or {}).get("values", "{}"))}, "x") == values
    assert (kept is None) == (not label and not values)


def test_whole_numbers_are_texts() -> None:
    assert values_in({"values": {"a": [1, [2, 3]]}}, "x") == (("a", ("1", ("2", "3"))),)
    assert values_in({}, "x") == ()
    assert label_in({}, "x") == ""


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ("a", "x has values 'a'; give words with lists"),
        ({"a": "b"}, "x has values {'a': 'b'}; give words with lists"),
        ({"a": [1.5]}, "x has values for 'a' with 1.5; give texts, or two for a range"),
        ({"a": [["1", "2", "3"]]}, "x has values for 'a' with ['1', '2', '3']; give texts"),
        ({"a": [["1", True]]}, "x has values for 'a' with True; give texts"),
    ],
)
def test_what_is_no_table_of_values_is_refused(values: object, says: str) -> None:
    with pytest.raises(LayoutInvalid) as caught:
        values_in({"values": values}, "x")
    assert says in caught.value.message


@pytest.mark.parametrize("label", [1, "x" * 4_001])
def test_what_is_no_label_is_refused(label: object) -> None:
    with pytest.raises(LayoutInvalid, match=r"x has label .*; give a text of up to 4,000 letters"):
        label_in({"label": label}, "x")


def test_levels_88_name_values_and_ranges() -> None:
    book = """\
       01  R.
           05  A                   PIC X(3).
               88  IS-ON           VALUE 'Y'.
               88  IS-OFF      VALUES ARE 'N', 'O' THRU 'Q', ALL '-'.
               88  EMPTY           VALUE SPACES.
               88  LOWEST          VALUE LOW-VALUES.
               88  QUOTED          VALUE 'it''s'.
               88  IN-HEX          VALUE X'C1'.
           05  B                   PIC S9(3)V9.
               88  NOTHING         VALUE ZERO.
               88  SOME            VALUE 1 THRU 1.5, -2.
"""
    first, second = (column.entry.values for _, column in read_book(book, "x").columns)
    assert first == (
        ("IS-ON", ("Y",)), ("IS-OFF", ("N", ("O", "Q"), "-")), ("EMPTY", ("",)), ("LOWEST", ("LOW-VALUES",)),
        ("QUOTED", ("it's",)), ("IN-HEX", ("X'C1'",)),
    )  # fmt: skip
    assert second == (("NOTHING", ("0",)), ("SOME", (("1", "1.5"), "-2")))


def test_a_dictionary_of_stata_labels_its_variables() -> None:
    found = read_stata_dictionary('infile dictionary {\n  str3 name %3s "Who it is"\n  byte sex:sexlbl %1f\n}\n', "x")
    layout = found.settled({}).layout("utf-8")
    assert [field.label for field in layout.fields] == ["Who it is", ""]
    assert "its values have the labels of sexlbl" in found.columns[1].remarks
