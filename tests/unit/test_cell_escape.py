"""The escaping of text cells, by example."""

from __future__ import annotations

import pytest

from etl_batch.cell_escape import (
    CONTROL_STARTS,
    FORMULA_STARTS,
    INVISIBLE,
    csv_cell,
    escape_csv_injection,
    is_formula,
    unescape_csv_injection,
)
from tests import kernel_doors

FULL_WIDTH = ["\uff1d", "\uff0b", "\uff0d", "\uff20"]
TRIGGERS = ["=", "+", "-", "@", "%", "|", *FULL_WIDTH]
INVISIBLES = [" ", "\u00a0", "\ufeff", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2060"]
CONTROLS = ["\t", "\r", "\n", "\0"]
DANGEROUS = [
    *("=1+1", '=HYPERLINK("http://x","y")', "=cmd|' /C calc'!A0", "+cmd", "-2+5", "-cmd", "@SUM(A1)", "%0A=1", "|calc"),
    *("=", "+", "-", "@", "-e5", "+.", "--5", "-5 ", " -5", "-1e", "-1e+", "-0x10", "+1,5", "-1.2.3", "-\u0665"),
    *("\u00a0=1", "\ufeff-5", " \u200b\u2060 @x", "\uff0d5", "\uff1dA1", "\t", "\tx", "\r\n", "\0", "\0=1", "\nx"),
]
HARMLESS = [
    *("", "a", "1-2", "a=b", "1+1", "x@y.z", "5%", "a|b", " a", "  ", "\u200b", ".", "'", "''", "'a", "O'Neill", "''5"),
    *("-5", "+5", "5", "+1e5", ".5", "-.5", "+.5E-3", "-5.", "-0", "-1.25e+10", "1e5", "00", "'-5", "''+1e5"),
    *("\u2212" + "5", "\u00e9=", " \tx", "a\tb", "\u200ax", "\uff1c", "\u3000=1"),
]


def test_the_lists_are_the_ones_that_the_examples_cover() -> None:
    assert set(FORMULA_STARTS) == set(TRIGGERS)
    assert set(INVISIBLE) == set(INVISIBLES)
    assert set(CONTROL_STARTS) == set(CONTROLS)


@pytest.mark.parametrize("value", DANGEROUS)
def test_what_a_spreadsheet_may_run_gets_an_apostrophe(value: str) -> None:
    assert is_formula(value)
    assert escape_csv_injection(value) == "'" + value
    assert unescape_csv_injection("'" + value) == value


@pytest.mark.parametrize("value", HARMLESS)
def test_plain_text_and_plain_numbers_are_left_alone(value: str) -> None:
    assert escape_csv_injection(value) == value
    assert unescape_csv_injection(value) == value


@pytest.mark.parametrize("trigger", TRIGGERS + CONTROLS)
@pytest.mark.parametrize("rest", ["", "A1", "1+1"])
def test_every_trigger_is_escaped(trigger: str, rest: str) -> None:
    value = trigger + rest
    assert escape_csv_injection(value) == "'" + value


@pytest.mark.parametrize("trigger", TRIGGERS)
@pytest.mark.parametrize("prefix", [*INVISIBLES, "".join(INVISIBLES), "  \u00a0"])
def test_invisible_characters_do_not_hide_a_trigger(trigger: str, prefix: str) -> None:
    assert escape_csv_injection(f"{prefix}{trigger}5") == f"'{prefix}{trigger}5"


@pytest.mark.parametrize("value", ["=1", " @x", "-2+5", "\tx", "\0"])
@pytest.mark.parametrize("apostrophes", ["'", "''", "'''''"])
def test_apostrophes_before_a_trigger_get_one_more(value: str, apostrophes: str) -> None:
    assert escape_csv_injection(apostrophes + value) == "'" + apostrophes + value
    assert unescape_csv_injection("'" + apostrophes + value) == apostrophes + value


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        ("", '""'),
        ("plain", "plain"),
        (" padded ", " padded "),
        ("-5", "-5"),
        ("a,b", '"a,b"'),
        ("a;b", '"a;b"'),
        ("a\tb", '"a\tb"'),
        ("a|b", '"a|b"'),
        ("a\rb", '"a\rb"'),
        ("a\nb", '"a\nb"'),
        ('say "hi"', '"say ""hi"""'),
        ("O'Neill", '"O\'Neill"'),
        ("=1+1", '"\'=1+1"'),
        ('="x"', '"\'=""x"""'),
        ("'=1", "\"''=1\""),
        ("\0", '"\'\0"'),
        ("\uff1d1", '"\'\uff1d1"'),
        ("caf\u00e9 \U0001f600", "caf\u00e9 \U0001f600"),
    ],
)
def test_cells(value: str | None, cell: str) -> None:
    assert csv_cell(value) == cell


def test_the_kernel_writes_every_example_as_the_twin_does() -> None:
    examples = DANGEROUS + HARMLESS + [apostrophe + value for apostrophe in ("'", "''") for value in DANGEROUS]
    written, escaped = kernel_doors.csv_bytes([kernel_doors.texts(examples)], len(examples))
    assert written.decode() == "".join(csv_cell(value) + "\n" for value in examples)
    assert escaped == sum(escape_csv_injection(value) != value for value in examples)
