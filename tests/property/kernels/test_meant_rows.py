"""Rows with cells as what they mean: the kernel writes what the twin of each cell says, and all else as it stands."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.formats.csv import meant_runs
from etl_batch.formats.csv.cell_rules import CellRule, Notation, RuleTable
from etl_batch.formats.csv.meant_runs import MeantRuns
from etl_batch.kernels.cell_meaning import Meaning
from etl_batch.text.date_formats import DateFormat
from tests.helpers import twins_cells
from tests.helpers.chance import examples
from tests.helpers.guarded_memory import guarded

GERMAN, TEXT = Notation(",", "."), CellRule(Meaning.TEXT, trim=True, nulls=("NA",))
DAY = CellRule(Meaning.MOMENT, formats=(DateFormat.parse("%d.%m.%Y", "--date-format"),))
RULES = (
    CellRule(),
    CellRule(),
    CellRule(Meaning.NUMBER, proposed=True, notations=(GERMAN,)),
    CellRule(Meaning.NUMBER, notations=(GERMAN,)),
    CellRule(Meaning.NUMBER, proposed=True, trim=True, nulls=("NA",), notations=(Notation(","),)),
    CellRule(Meaning.MONEY, notations=(GERMAN,)),
    TEXT,
    DAY,
)
CELLS = ("", "", "NA", "0,5", "-0,99", "1.234,50", "12345678,25", "5", "-7", "007", "1,", "x", " a ", "31.12.2025",
         "ä€", "1,5 EUR", "12345,67", "123456,78", "x" * 70, "1e3", "0,00001", "-0")  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[CellRule], str, bytes]:
    """Rules of columns, a delimiter, and sound rows."""
    rules = draw(st.lists(st.sampled_from(RULES), min_size=1, max_size=5))
    delimiter = draw(st.sampled_from(";|\t.:-"))
    cells = st.one_of(
        st.sampled_from(CELLS), st.decimals(-(10**6), 10**6, places=2).map(lambda x: f"{x}".replace(".", ","))
    )
    row = st.lists(cells, min_size=len(rules), max_size=len(rules))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    lines = []
    for texts in draw(st.lists(row, max_size=draw(st.sampled_from([3, 30])))):
        quoted = [
            f'"{text}"' if delimiter in text or draw(st.booleans()) else text
            for text in (text + draw(st.sampled_from(["", "", "", '""', "\n"])) * (text == "x") for text in texts)
        ]
        lines.append(
            delimiter.join(f'"{text}"' if set(text) & set('"\n') and text[0] != '"' else text for text in quoted)
        )
    return rules, delimiter, (end.join(lines) + end * draw(st.booleans()) if lines else "").encode()


def cells_of(text: bytes, delimiter: str) -> list[tuple[bytes, bytes]]:
    """Each cell as it stands, and what ends it."""
    mark = re.escape(delimiter.encode())
    found = re.findall(rb'("(?:[^"]|"")*"|[^"\r\n' + mark + rb"]*)(" + mark + rb"|\r?\n|\Z)", text)
    return found[:-1] if found and found[-1] == (b"", b"") and not text.endswith(delimiter.encode()) else found


def twin(rules: list[CellRule], delimiter: str, text: bytes) -> tuple[bytes, list[int]]:
    """What is written, and of each column the row of the first misfit."""
    out, misfits, row, column = b"", [0] * len(rules), 1, 0
    refuted: set[int] = set()  # by a cell with something in it; such a notation stays so
    for cell, end in cells_of(text, delimiter):
        new = _meant(rules[column], cell.decode(), delimiter, is_refuted=column in refuted)
        if new is None:
            misfits[column] = misfits[column] or row
            refuted |= {column} if cell != b'""' and rules[column].proposed else set()
        out += (_misfit(rules[column], cell) if new is None else new.encode()) + end
        row, column = (row, column + 1) if end == delimiter.encode() else (row + 1, 0)
    return out, misfits


def _meant(rule: CellRule, cell: str, delimiter: str, *, is_refuted: bool) -> str | None:
    is_quoted = cell.startswith('"')
    text = twins_cells.meant(rule, cell[1:-1] if is_quoted else cell)
    if not cell or rule.is_plain or (cell == '""' and rule.meaning is Meaning.TEXT):
        return cell
    if text is None or (is_refuted and text):
        return None
    quotes = is_quoted if rule.meaning is Meaning.TEXT else delimiter in ".-+:TZtruefalsNaiInfEe0123456789"
    return f'"{text}"' if text and quotes else text


def _misfit(rule: CellRule, cell: bytes) -> bytes:
    if rule.proposed:
        return cell
    return b'"\x1a' + cell[1:] if cell.startswith(b'"') else b"\x1a" + cell


def written(rules: list[CellRule], delimiter: str, text: bytes, step: int) -> tuple[bytes, list[int]]:
    """What the kernel writes, taken so many bytes at a time."""
    table = RuleTable.of(rules)
    runs = MeantRuns(table, ord(delimiter))
    source = guarded(text or b" ")
    base = source.ctypes.data
    at, stop, row, out = base, base + len(text), 1, b""
    while at < stop:
        found = runs.write(at, min(at + step, stop - 1), stop, row)
        assert not found.is_broken
        assert found.stop > at
        at, row, out = found.stop, row + found.rows, out + bytes(found.content)
    return out, [met.misfit_row for met in table.met()]


@settings(max_examples=examples(300), deadline=None)
@given(table=tables(), step=st.sampled_from([1, 40, 10**6]))
@example(table=([CellRule(), RULES[2]], ";", b"a;0,5\nb;"), step=1)
@example(table=([RULES[2]], "|", b'"1,5"\r\n-2,25\r\n\r\n"3"'), step=10**6)
@example(table=([TEXT, RULES[2]], ";", b'"";"x"\n" a ";2,5\n'), step=10**6)
def test_each_row_stands_there_with_cells_as_what_they_mean(
    table: tuple[list[CellRule], str, bytes], step: int
) -> None:
    assert written(*table, step) == twin(*table)


@pytest.mark.parametrize("count", [3, 5000])
def test_long_rows_find_room(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(meant_runs, "_ROOM_BYTES", 100)
    text = (b'"' + b"x\ny" * count + b'";1,5\n') * 3
    rules = [CellRule(), RULES[2]]
    assert written(rules, ";", text, 10**6) == twin(rules, ";", text)


@pytest.mark.parametrize("sound", [0, 1, 2000])
def test_the_row_of_a_misfit_is_told_however_far_behind_it_is(sound: int) -> None:
    text = b"a;1,5\n" * sound + b"a;1x\n" + b"a;1,5\n" * 3
    rules = [CellRule(), RULES[3]]
    assert written(rules, ";", text, 10**6) == twin(rules, ";", text)
    assert written(rules, ";", text, 10**6)[1] == [0, sound + 1]


def test_a_broken_row_ends_what_is_written() -> None:
    table = RuleTable.of([CellRule(), RULES[2]])
    text = b"a;1,5\n" * 2000 + b"a;b;c\n" + b"a;1,5\n" * 10
    source = guarded(text)
    base = source.ctypes.data
    found = MeantRuns(table, ord(";")).write(base, base + len(text) - 1, base + len(text), 1)
    assert found.is_broken
    assert 0 <= base + 12_000 - found.stop <= 5000
    assert found.content == b"a;1.5\n" * found.rows
    assert found.stop == base + 6 * found.rows
