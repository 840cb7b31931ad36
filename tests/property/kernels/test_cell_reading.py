"""What cells mean: the kernel writes what the twin writes, and refuses what it refuses."""

from __future__ import annotations

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.formats.csv.cell_rules import CellRule, Notation
from etl_batch.kernels.cell_meaning import Meaning, Seen
from tests.helpers import twins_cells
from tests.helpers.cell_calls import read_cells
from tests.helpers.chance import examples

BLANKS = (" ", "\u00a0", "\u202f")
notations = st.builds(Notation, st.sampled_from(",."), st.sampled_from(["", ".", ",", "'", " "])).filter(
    lambda one: one.decimal != one.thousands
)
#: any signs that numbers are written with, in any order
signs = st.text(st.sampled_from("0123456789000,,..''-+eE %NaA\u00a0\u202f\t"), max_size=14)


@st.composite
def numbers(draw: st.DrawFn, notation: Notation) -> str:
    """A number in a notation."""
    whole = str(draw(st.integers(0, 10 ** draw(st.integers(0, 20)))))
    if notation.thousands and draw(st.booleans()):
        between = draw(st.sampled_from(BLANKS)) if notation.thousands == " " else notation.thousands
        whole = re.sub(r"(?<=[0-9])(?=(?:[0-9]{3})+$)", between, whole)
    fraction = draw(st.text("0123456789", max_size=6))
    return draw(st.sampled_from(["", "-"])) + whole + (notation.decimal + fraction if fraction else "")


@st.composite
def columns(draw: st.DrawFn) -> tuple[CellRule, list[str]]:
    """A rule for numbers and cells, most of which keep to it."""
    notation = draw(notations)
    rule = CellRule(
        draw(st.sampled_from([Meaning.NUMBER, Meaning.NUMBER, Meaning.TEXT])),
        draw(st.booleans()),
        trim=draw(st.booleans()),
        nulls=tuple(draw(st.lists(st.sampled_from(["NA", "-", "n/a", "keine Angabe", "0", "a" * 30]), max_size=2))),
        notations=(notation,),
    )
    cell = numbers(notation) | numbers(notation) | signs | st.sampled_from(["NA", "-", " NA ", "keine Angabe"])
    padded = st.builds(lambda a, text, b: a + text + b, st.sampled_from(["", "", " \t"]), cell,
                       st.sampled_from(["", "", "\u00a0", "\u202f "]))  # fmt: skip
    return rule, draw(st.lists(padded, min_size=1, max_size=12))


@settings(max_examples=examples(300))
@given(columns())
@example((CellRule(Meaning.NUMBER, notations=(Notation(","),)), ["1.5", ",5", "5,", ",", "+5", "1e3", "e3", "NaN"]))
@example((CellRule(Meaning.NUMBER, proposed=True, notations=(Notation(",", "."),)), ["-1.234.567,80"]))
@example((CellRule(Meaning.NUMBER, proposed=True, notations=(Notation(","),)), ["0,5", "-0", "00,5"]))
@example((CellRule(Meaning.NUMBER, proposed=True, notations=(Notation(","),)), ["-12345,6", "12345678", "5,"]))
def test_each_cell_becomes_what_it_means(column: tuple[CellRule, list[str]]) -> None:
    rule, cells = column
    expected = [twins_cells.meant(rule, cell) for cell in cells]
    if rule.proposed and rule.meaning is Meaning.NUMBER and None in expected:  # a notation that is refuted stays so
        first = next((n for n, (cell, text) in enumerate(zip(cells, expected, strict=True)) if cell and text is None),
                     len(cells))  # fmt: skip
        expected = [text if number < first or text == "" else None for number, text in enumerate(expected)]
    read, met = read_cells(rule, [cell.encode() for cell in cells])
    assert [None if text is None else text.decode() for text in read] == expected
    misfit = next((number for number, text in enumerate(expected, 1) if text is None), 0)
    assert met.misfit_row == misfit
    assert met.misfit == (cells[misfit - 1] if misfit else "")


@settings(max_examples=examples(200))
@given(st.lists(numbers(Notation(",", "."))))
@example(["0,00001"])
@example(["1,00001"])
@example(["0,0000"])
@example(["0,50"])
@example(["-0,5"])
@example(["-0"])
@example(["-1"])
def test_what_numbers_look_like_is_kept(cells: list[str]) -> None:
    read, met = read_cells(
        CellRule(Meaning.NUMBER, proposed=True, notations=(Notation(",", "."),)), [cell.encode() for cell in cells]
    )
    parts = [text.decode().lstrip("-").partition(".") for text in read if text]
    assert met.whole_digits == max((len(whole) for whole, _, _ in parts), default=0)
    assert met.scale == max((len(behind) for _, _, behind in parts), default=0)
    seen = 0
    for text in (text.decode() for text in read if text):
        if "." not in text and text != "-0":
            seen |= Seen.WHOLE
        else:
            is_short = len(re.sub("[^0-9]", "", text)) <= 15
            seen |= Seen.FRACTION if is_short and "." in text and repr(float(text)) == text else Seen.ODD
    assert met.seen == seen


@settings(max_examples=examples(100))
@given(st.lists(st.sampled_from(["1,234", "12,345", "-7", "99", "1,23", "1,234,567", "1,234.5", "0,123", "1.5"])))
def test_notations_survive_as_long_as_each_cell_keeps_to_them(cells: list[str]) -> None:
    both = (Notation(","), Notation(".", ","))
    _, met = read_cells(CellRule(Meaning.NUMBER, proposed=True, notations=both), [cell.encode() for cell in cells])
    survivors = [all(twins_cells.number(cell, one, strict=True) is not None for cell in cells) for one in both]
    assert met.survivors == survivors[0] + 2 * survivors[1]
