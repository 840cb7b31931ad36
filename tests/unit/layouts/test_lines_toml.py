"""Lines of text have one encoding, whichever field says it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.layout import Field, Layout
from etl_batch.layouts.lines_toml import refuse_mixed, said_lines
from etl_batch.options.record_framing import RecordFormat

ONE = Field(name="one", type="str", offset=0, length=2)
OTHER = replace(ONE, name="other", offset=2, encoding="cp037")


def test_fields_in_two_encodings_are_no_lines() -> None:
    refuse_mixed([ONE, replace(OTHER, encoding="utf-8")], "x.toml")
    refuse_mixed([OTHER], "x.toml")
    said = "field 'other' is in cp037, and field 'one' in utf-8; lines of text have one encoding"
    with pytest.raises(LayoutInvalid, match=f"x.toml: {said}"):
        refuse_mixed([ONE, replace(ONE, name="two"), OTHER], "x.toml")
    with pytest.raises(LayoutInvalid, match=f"--record-format text: {said}"):
        said_lines(Layout(record_size=4, fields=(ONE, OTHER)), RecordFormat.TEXT)
