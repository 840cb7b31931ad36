"""Dates, amounts and words as people write them: the kernel writes and refuses what the twin does."""

from __future__ import annotations

import datetime as dt

from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.formats.csv.cell_rules import CellRule, Notation
from etl_batch.kernels.cell_meaning import Meaning
from etl_batch.kernels.month_names import NAMES
from etl_batch.text.date_formats import DateFormat
from tests.helpers import twins_cells
from tests.helpers.cell_calls import read_cells
from tests.helpers.chance import examples

FORMATS = [
    "%d.%m.%Y", "%d/%m/%y", "%m/%d/%Y", "%Y/%m/%d", "%d-%b-%Y", "%d. %B %Y", "%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M:%S.%f",
    "%d.%m.%Y %H:%M:%S%z", "%m/%d/%Y %I:%M %p", "%d/%m/%Y %I:%M:%S %p %z",
]  # fmt: skip
COMMA, POINT = Notation(",", "."), Notation(".", ",")
spoiling = st.sampled_from(["", "0", "1", "9", " ", ".", "/", "-", ":", "x", "ä", "M", "Z", "%", "(", "+"])


@st.composite
def spoiled(draw: st.DrawFn, cell: str) -> str:
    """A cell, half of the time with a sign put in, or one taken away."""
    if draw(st.booleans()):
        return cell
    place = draw(st.integers(0, len(cell)))
    return cell[:place] + draw(spoiling) + cell[place + draw(st.integers(0, 1)) :]


@st.composite
def moments(draw: st.DrawFn, form: str) -> str:
    """A moment in a format; numbers may lack their nought in front."""
    at = draw(st.datetimes(dt.datetime(1000, 1, 1)))  # noqa: DTZ001 - as it is written
    if "%y" in form:
        at = at.replace(year=1969 + at.year % 100)
    thin = draw(st.booleans())

    def two(number: int) -> str:
        return str(number) if thin else f"{number:02}"

    name = draw(st.sampled_from(NAMES[at.month - 1]))
    cell = draw(st.sampled_from([str.lower, str.upper, str.title]))(name)
    parts = {
        "%d": two(at.day), "%m": two(at.month), "%Y": f"{at.year:04}", "%y": f"{at.year % 100:02}", "%b": cell,
        "%B": cell, "%H": two(at.hour), "%M": two(at.minute), "%S": two(at.second), "%f": f"{at.microsecond:06}",
        "%I": two(at.hour % 12 or 12), "%p": "PM" if at.hour >= 12 else "am",
        "%z": draw(st.sampled_from(["Z", "+0200", "-03:30", "+24:00", "+1:00"])),
    }  # fmt: skip
    for part, text in parts.items():
        form = form.replace(part, text)
    return draw(spoiled(form))


@st.composite
def columns_of_moments(draw: st.DrawFn) -> tuple[str, list[str]]:
    form = draw(st.sampled_from(FORMATS))
    return form, draw(st.lists(moments(form), min_size=1, max_size=8))


@settings(max_examples=examples(300))
@given(columns_of_moments())
@example(
    (
        "%d.%m.%Y",
        ["29.02.1900", "29.02.2000", "31.4.2025", "31.4.2024", "0.1.2025", "1.13.2025", "1.1.0000", "1.1.2025 "],
    )
)
@example(("%d-%b-%Y", ["1-MÄRZ-2024", "1-mä-2024", "1-Dez-2024", "1--2024", "1-janu-2024", "1-Ä-2024"]))
def test_moments(column: tuple[str, list[str]]) -> None:
    form, cells = column
    rule = CellRule(Meaning.MOMENT, formats=(DateFormat.parse(form, "--x"),))
    expected = [twins_cells.meant(rule, cell) if cell else None for cell in cells]
    read, _ = read_cells(rule, [cell.encode() for cell in cells])
    assert [None if text is None else text.decode() for text in read] == expected


@settings(max_examples=examples(200))
@given(st.lists(st.one_of(moments("%d/%m/%Y"), moments("%m/%d/%Y")), min_size=1, max_size=5))
def test_formats_survive_as_long_as_each_cell_keeps_to_them(cells: list[str]) -> None:
    forms = tuple(DateFormat.parse(form, "--x") for form in ("%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d"))
    _, met = read_cells(CellRule(Meaning.MOMENT, proposed=True, formats=forms), [cell.encode() for cell in cells])
    keep = [all(not cell or twins_cells.moment(cell, form.text) is not None for cell in cells) for form in forms]
    assert met.survivors == sum(kept << place for place, kept in enumerate(keep))


@st.composite
def amounts(draw: st.DrawFn) -> str:
    """Amounts in parts, in any order that people write, and some that they do not."""
    number = draw(st.sampled_from(["5", "12,50", "1.234,50", "0", "007", "1,234.5", ",5", "5,", "1e3", "12345678,9"]))
    front = draw(st.sampled_from(["", "", "-", "+", "- ", "EUR ", "$", "US$ ", "€", "(", "-$", "$-", "£", "\u20ba "]))
    behind = draw(st.sampled_from(["", "", "-", " %", "%", " EUR", "€", "\u00a0€", ")", " %%", "- EUR", "\u00a0%"]))
    return draw(spoiled(f"{front}{number}{behind}"))


@settings(max_examples=examples(400))
@given(
    st.sampled_from([Meaning.PERCENT, Meaning.MONEY]), st.sampled_from([COMMA, POINT]), st.lists(amounts(), max_size=9)
)
@example(Meaning.MONEY, COMMA, ["(12,50)", "12,50-", "-  5", "EUR 5", "$5", "(-5)", "--5", "()", "(", "€", "5 EUR EUR"])
@example(Meaning.PERCENT, COMMA, ["5 %", "100%", "-5 %", "+0,5 %", "%", "5", "1.234,5 %", "12,50 %", "-%", "- 5 %"])
def test_amounts(meaning: Meaning, notation: Notation, cells: list[str]) -> None:
    rule = CellRule(meaning, notations=(notation,))
    read, _ = read_cells(rule, [cell.encode() for cell in cells])
    assert [None if text is None else text.decode() for text in read] == [
        twins_cells.meant(rule, cell) for cell in cells
    ]


@given(st.lists(st.sampled_from(["ja", "nein", "Ja", "", "j", "jaja", "nein "]), max_size=6))
def test_words_for_true_and_false(cells: list[str]) -> None:
    read, _ = read_cells(CellRule(Meaning.BOOL, words=("ja", "nein")), [cell.encode() for cell in cells])
    assert read == [{"ja": b"true", "nein": b"false"}.get(cell) for cell in cells]
