"""The escaping of text cells, by example."""

from __future__ import annotations

import pytest

from etl_batch.cell_escape import (
    CONTROL_STARTS,
    FORMULA_STARTS,
    INVISIBLE,
    SEPARATORS,
    csv_cell,
    escape_csv_injection,
    is_formula,
    unescape_csv_injection,
)
from tests.data_makers.apostrophes import Added, added_to
from tests.helpers import kernel_calls

#: texts, and what they become; a tilde marks each apostrophe that is added
INSIDE = [
    *("a;~=1+1;b", "a\n~=1+1\nb", "a\t~@x", "a|~+x", "a\r~-x", "a\r\n~%0A", ";~=1", "a;~=1;~=2", "a;~ =1"),
    *("a;~'=1", "a;~''=1", "~'=1;~'=1", "a;'b", "a;'5", "a;~\uff1d1", "a;~\u00a0=1", "a;~\ufeff \u200b+x", "a;~\0"),
    *("~=1;b", "~-5;b", "~- a\n- b", "~\t~=1", "~|~=1", "~\r\n~=1"),
    *("a;-5", "a;-5;b", "a;   -3.00 ;b", "a;-5 \nb", "a|-5|+1e3|b", "a;~-5\u00a0", "a;~-1,5", "a;~- 5|b", "a;~-5%"),
    *("a\n- b", "a\n- b\n- c d", "a\n+ b", "a\n  - b", "a\n- ", "a\n- it's", "a;- 5", "a\n\t- b"),
    *("a\n~-b", "a\n~-", "a\n~--", "a\n~= b", "a\n~@ b", "a\n~-\u00a0b", "a\n~\uff0d b", "a\n- b\tc:=1"),
    *("a\n~- b(c)", "a\n~- b!", "a\n~- b|c", "a\n~- b: c", "a\n~- [b]", 'a\n~- "b"', "a\n- b\n~- c(d)\n- e"),
    *("a\n- b;(c)", "a\n- b\t[c]", "a\n- b\r\n(c)"),
    *('a;~"=1"', 'a;~""=1', 'a;~ " =1', 'a;"b"', "a;\"'=1", 'a;~"- b"', 'a;~"-5"'),
    *(
        "a;;b",
        "a||b",
        "a\n\nb",
        "a\r\n",
        "a;\tb",
        "a;\nb",
        "a| |b",
        "a;~|b",
        "a\n~ |b|c",
        "a;",
        "a; ",
        "a;'",
        "a;~|~=1",
    ),
    *("a,=1", "a =1", "a'=1", "a;b=1", "a;\u3000=1"),
]
FULL_WIDTH = ["\uff1d", "\uff0b", "\uff0d", "\uff20"]
TRIGGERS = ["=", "+", "-", "@", "%", "|", *FULL_WIDTH]
INVISIBLES = [" ", "\u00a0", "\ufeff", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2060"]
CONTROLS = ["\t", "\r", "\n", "\0"]
DANGEROUS = [
    *("=1+1", '=HYPERLINK("http://x","y")', "=cmd|' /C calc'!A0", "+cmd", "-2+5", "-cmd", "@SUM(A1)", "%0A=1", "|calc"),
    *("=", "+", "-", "@", "-e5", "+.", "--5", "- 5", "-5\u00a0", "-1e", "-1e+", "-0x10", "+1,5", "-1.2.3", "-\u0665"),
    *("\u00a0=1", "\ufeff-5", " \u200b\u2060 @x", "\uff0d5", "\uff1dA1", "\t", "\tx", "\r\n", "\0", "\0=1", "\nx"),
]
HARMLESS = [
    *("", "a", "1-2", "a=b", "1+1", "x@y.z", "5%", "a|b", " a", "  ", "\u200b", ".", "'", "''", "'a", "O'Neill", "''5"),
    *("   -3.00", "-5 ", "  +1e5  ", " .5", "' -5 "),
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
    assert escape_csv_injection(f"{prefix}{trigger}A1") == f"'{prefix}{trigger}A1"


@pytest.mark.parametrize("value", ["=1", " @x", "-2+5", "\tx", "\0"])
@pytest.mark.parametrize("apostrophes", ["'", "''", "'''''"])
def test_apostrophes_before_a_trigger_get_one_more(value: str, apostrophes: str) -> None:
    assert escape_csv_injection(apostrophes + value) == "'" + apostrophes + value
    assert unescape_csv_injection("'" + apostrophes + value) == apostrophes + value


@pytest.mark.parametrize("marked", INSIDE)
def test_behind_each_separator_the_rule_holds_for_whatever_can_be_a_formula_there(marked: str) -> None:
    value, escaped = marked.replace("~", ""), marked.replace("~", "'")
    assert escape_csv_injection(value) == escaped
    assert unescape_csv_injection(escaped) == value


def test_the_separators_are_the_ones_that_the_examples_cover() -> None:
    assert set(SEPARATORS) == set(";\t|\r\n")


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
    examples += [value.replace("~", "") for value in INSIDE]
    column = kernel_calls.texts(examples)
    written, escaped = kernel_calls.csv_bytes([column], len(examples))
    assert written.decode() == "".join(csv_cell(value) + "\n" for value in examples)
    assert escaped == added_to(examples)
    written, escaped = kernel_calls.csv_bytes([column], len(examples), escape=False)
    assert written.decode() == "".join(csv_cell(value, escape=False) + "\n" for value in examples)
    assert escaped == Added()


def test_apostrophes_before_cells_and_inside_are_counted_apart() -> None:
    assert added_to(["=1", "a;=1;=2", "-5;=1", "'x", None, ""]) == Added(cells=2, inside=3)
