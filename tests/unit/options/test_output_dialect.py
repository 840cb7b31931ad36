"""Which dialects a CSV can be written in."""

from __future__ import annotations

import pytest

from etl_batch.errors import ConfigError
from etl_batch.options.output_dialect import LineEnd, OutputDialect, read_out_delimiter


def test_by_default_nothing_is_changed() -> None:
    assert OutputDialect().other_dialect is None


@pytest.mark.parametrize(
    "given",
    [
        {"out_delimiter": ";"},
        {"out_delimiter": ";", "out_decimal": ","},
        {"out_line_end": LineEnd.CRLF},
        {"out_encoding": "cp1252"},
        {"out_encoding": "utf-16"},
    ],
)
def test_what_is_said_is_another_dialect(given: dict[str, str]) -> None:
    options = OutputDialect(**given)  # type: ignore[arg-type]
    options.refuse_unwritable(bom=False)
    assert options.other_dialect == options.written_dialect


@pytest.mark.parametrize(
    ("given", "bom"),
    [
        ({"out_decimal": ","}, False),  # the delimiter is a comma, too
        ({"out_decimal": "·"}, False),
        ({"out_delimiter": "'"}, False),
        ({"out_delimiter": "="}, False),
        ({"out_delimiter": "1"}, False),
        ({"out_delimiter": ";;"}, False),
        ({"out_delimiter": ""}, False),
        ({"out_delimiter": "§"}, False),
        ({"out_delimiter": "\x1f"}, False),  # as which `none` is known
        ({"out_delimiter": "none"}, False),
        ({"out_encoding": "shift_jis"}, False),
        ({"out_encoding": "utf-7"}, False),
        ({"out_encoding": "cp1252"}, True),
    ],
)
def test_what_could_not_be_read_back_is_refused(given: dict[str, str], bom: bool) -> None:
    with pytest.raises(ConfigError, match=next(iter(given)).replace("_", "-")):
        OutputDialect(**given).refuse_unwritable(bom=bom)  # type: ignore[arg-type]


def test_a_tab_can_be_typed_and_none_is_told_as_it_was_given() -> None:
    assert [read_out_delimiter(given) for given in ("\\t", "TAB", "none", ";")] == ["\t", "\t", "none", ";"]
